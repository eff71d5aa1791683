import Engines
import Foundation
import Foundations

/// Measures one local model: how long it takes to load, to read a prompt and to write, with one and with several streams.
public struct ModelBench: Sendable {
    public struct Options: Sendable {
        /// Streams at once, one measurement each.
        public var streams = [1, 2]
        /// Words of each prompt; about as many tokens.
        public var promptWords = 256
        /// Tokens written in each stream.
        public var tokens = 64
        /// The longest that one measurement may take.
        public var timeout: Duration = .seconds(600)

        public init() {}
    }

    /// What one number of streams gave. Times in seconds.
    public struct Measurement: Sendable, Codable, Equatable {
        public var streams: Int
        public var promptTokens: Int
        public var completionTokens: Int
        /// Until the first token, over the streams.
        public var firstTokenMedian: Double
        public var firstTokenLargest: Double
        /// Prompt tokens of all streams, over the time until the last of them had its first token.
        public var promptTokensPerSecond: Double
        /// Tokens that all streams wrote, over the time from the first token of any to the last of all.
        public var tokensPerSecond: Double
        public var seconds: Double
    }

    public struct Report: Sendable, Codable, Equatable {
        public var model: String
        public var loadSeconds: Double
        /// Bytes that the engine held after the last measurement.
        public var memoryBytes: Int?
        public var measurements: [Measurement]
    }

    private let hub: ModelHub
    private let options: Options

    /// - Parameter hub: configured for as many requests at once as the largest number of streams.
    public init(hub: ModelHub, options: Options) {
        self.hub = hub
        self.options = options
    }

    /// Loads the model and measures. The model stays loaded.
    /// - Throws: what loading or answering throws.
    public func run(_ id: String, progress: ProgressHandler? = nil) async throws -> Report {
        progress?(ProgressUpdate(stage: "load", done: 0))
        let started = ContinuousClock.now
        _ = try await hub.load(id, by: .after(options.timeout))
        var report = Report(model: id, loadSeconds: (ContinuousClock.now - started) / .seconds(1), measurements: [])
        // The first answer pays for what the engine only then makes.
        _ = try await stream(id, number: 0, words: 8, tokens: 2)
        for (index, streams) in options.streams.enumerated() {
            progress?(
                ProgressUpdate(
                    stage: "measure", done: Double(index), total: Double(options.streams.count), note: "\(streams) streams"))
            report.measurements.append(try await measure(id, streams: streams, round: index + 1))
        }
        report.memoryBytes = await hub.models().first { $0.id == id }?.memoryBytes
        return report
    }

    private struct Run: Sendable {
        var firstToken: ContinuousClock.Instant
        var end: ContinuousClock.Instant
        var promptTokens: Int
        var completionTokens: Int
    }

    private func measure(_ id: String, streams: Int, round: Int) async throws -> Measurement {
        let started = ContinuousClock.now
        let runs = try await withThrowingTaskGroup(of: Run.self) { group in
            for number in 0..<streams {
                group.addTask {
                    try await stream(id, number: round * 1000 + number, words: options.promptWords, tokens: options.tokens)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        func seconds(_ from: ContinuousClock.Instant, _ to: ContinuousClock.Instant) -> Double {
            max(1e-9, (to - from) / .seconds(1))
        }
        let firsts = runs.map { seconds(started, $0.firstToken) }.sorted()
        let end = runs.map(\.end).max() ?? started
        let firstOfAll = runs.map(\.firstToken).min() ?? started
        let prompt = runs.reduce(0) { $0 + $1.promptTokens }
        let written = runs.reduce(0) { $0 + $1.completionTokens }
        return Measurement(
            streams: streams, promptTokens: prompt, completionTokens: written, firstTokenMedian: firsts[firsts.count / 2],
            firstTokenLargest: firsts.last ?? 0, promptTokensPerSecond: Double(prompt) / (firsts.last ?? 1),
            tokensPerSecond: Double(max(0, written - 1)) / seconds(firstOfAll, end), seconds: seconds(started, end))
    }

    private func stream(_ id: String, number: Int, words: Int, tokens: Int) async throws -> Run {
        let context = RequestContext(deadline: .after(options.timeout))
        var request = ChatRequest(messages: [ChatMessage(.user, Self.prompt(number: number, words: words))])
        request.maxTokens = tokens
        request.temperature = 0
        // So that every stream writes as much as every other.
        request.extra = ["ignore_eos": true]
        var first: ContinuousClock.Instant?
        for try await event in try await hub.chatModel(id: id, context: context).stream(request, context: context).events {
            switch event {
            case .text, .delta: first = first ?? .now
            case .promptProgress: break
            case .finished(let finish):
                let now = ContinuousClock.now
                return Run(
                    firstToken: first ?? now, end: now,
                    promptTokens: (finish.promptTokens ?? 0) - (finish.cachedTokens ?? 0),
                    completionTokens: finish.completionTokens ?? 0)
            }
        }
        try Task.checkCancellation()
        throw ModelFailure.notLoaded(id)
    }

    /// A prompt that shares its beginning with no other, so that no cache has read it before.
    private static func prompt(number: Int, words: Int) -> String {
        let list = ["river", "house", "stone", "green", "walks", "seven", "paper", "light", "north", "bread", "quiet", "wheel"]
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1
        return (0..<max(1, words)).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return list[Int(state >> 33) % list.count]
        }.joined(separator: " ")
    }
}
