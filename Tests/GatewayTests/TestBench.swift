import Engines
import Foundation
import Foundations
import Gateway
import Hummingbird
import HummingbirdTesting
import Logging
import Media
import ModelHub
import Synchronization
import VideoAnalysis

/// Plays the video pipeline: each question gets the events that a script makes of it.
struct ScriptedQuestions: VideoQuestionAnswering {
    typealias Script = @Sendable (VideoQuestion, AsyncThrowingStream<AnswerEvent, any Error>.Continuation) async throws -> Void

    var script: Script = { question, events in
        events.yield(.progress(ProgressUpdate(stage: "decode", done: 1, total: 2, unit: .frames)))
        events.yield(.notice("No vision model is at hand."))
        events.yield(
            .plan(
                VideoSamplingPlan(
                    indices: [0, 4], size: PixelSize(width: 64, height: 32), sampleRate: 2, sourceFrameRate: 25,
                    rangeFrameCount: 5, tokens: 2)))
        events.yield(.evidence(EvidenceSummary(duration: 1)))
        events.yield(.token("A "))
        events.yield(.token("cat."))
        events.yield(.done(ScriptedQuestions.result("A cat.")))
    }

    static func result(_ text: String) -> AnswerResult {
        AnswerResult(
            text: text, model: "scripted", backend: "llama", usedFrames: 2, frameSize: PixelSize(width: 64, height: 32),
            usedEvidence: true, finishReason: "stop", promptTokens: 11, completionTokens: 3, cachedTokens: 5,
            timings: ["total": 0.25])
    }

    func preview(
        _ question: VideoQuestion, thumbnails: ThumbnailOptions?, context: Foundations.RequestContext
    ) async throws -> VideoPreview {
        throw VideoQuestionError.noVideoTrack
    }

    func ask(_ question: VideoQuestion, context: Foundations.RequestContext) -> AsyncThrowingStream<AnswerEvent, any Error> {
        AsyncThrowingStream { continuation in
            let task = Task {
                do {
                    try await script(question, continuation)
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

/// Plays a chat model and keeps the requests it got.
final class ScriptedChat: ChatModel {
    let id: String
    let backend = "llama"
    let seesImages: Bool
    let contextTokens: Int? = nil
    let patchSize: Int? = nil
    let hearsSound: Bool
    let events: [ChatEvent]
    let requests = Mutex([ChatRequest]())

    init(id: String = "scripted", seesImages: Bool = true, hearsSound: Bool = true, events: [ChatEvent]) {
        self.id = id
        self.seesImages = seesImages
        self.hearsSound = hearsSound
        self.events = events
    }

    func stream(_ request: ChatRequest, context: Foundations.RequestContext) async throws -> ChatStream {
        requests.withLock { $0.append(request) }
        let events = events
        return ChatStream { continuation in
            for event in events { continuation.yield([event]) }
            continuation.finish()
        }
    }
}

/// Hears the same words in any sound.
/// Hears what the test says.
struct ScriptedSpeech: SpeechDirectory {
    let words: [String]

    func transcriber(id: String?, context: Foundations.RequestContext) async throws -> any Transcriber { ScriptedTranscriber(words: words) }
    func synthesizer(id: String?, context: Foundations.RequestContext) async throws -> any SpeechSynthesizer { throw ModelFailure.noSpeech }
    func speechModels() async -> SpeechModelList { SpeechModelList() }
}

struct ScriptedTranscriber: Transcriber {
    var words: [String] = []

    let id = "scripted"
    let languages: [String] = []

    func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: Foundations.RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript {
        let segments = words.enumerated().map { TranscriptSegment(start: Double($0), end: Double($0) + 1, text: $1) }
        return Transcript(segments: segments, language: nil, duration: audio.duration)
    }

    func listen(options: TranscriptionOptions, context: Foundations.RequestContext) async throws -> any ListeningSession { throw CancellationError() }
}

/// Embeds every input as the numbers 3 and 4, brought to length 1.
struct ScriptedEmbedders: EmbedderDirectory, Embedder {
    var id = "scripted-vectors"

    func embedder(id: String?, context: Foundations.RequestContext) async throws -> any Embedder {
        guard id == nil || id == self.id else { throw ModelHubError.modelNotFound(id ?? "") }
        return self
    }

    func embed(_ inputs: [EmbeddingInput], dimensions: Int?, context: Foundations.RequestContext) async throws -> EmbeddingBatch {
        let tokens = inputs.map { input in
            switch input {
            case .text(let text): text.split(separator: " ").count
            case .tokens(let tokens): tokens.count
            }
        }
        return EmbeddingBatch(
            vectors: inputs.map { _ in Array([0.6, 0.8].prefix(dimensions ?? 2)) }, promptTokens: tokens.reduce(0, +))
    }
}

struct ScriptedDirectory: ModelDirectory {
    var chat: ScriptedChat
    var state = ModelSummary.State.ready

    func models() async -> [ModelSummary] {
        [
            ModelSummary(
                id: chat.id, engine: "llama", capabilities: ["chat"], state: state, bytes: 5, licence: "Apache-2.0",
                parameters: 7, contextLength: 8192),
            ModelSummary(
                id: "org/other model", engine: "speech", capabilities: ["transcribe"], state: .absent, bytes: 1, licence: "MIT"),
        ]
    }

    func chatModel(id: String?, context: Foundations.RequestContext) async throws -> any ChatModel {
        guard id == nil || id == chat.id else { throw ErrorReport(.notFound, code: "model_not_found", "No such model.", param: "model") }
        return chat
    }
}

/// Plays the control of models and keeps what was asked of it.
final class ScriptedControl: ModelControl {
    let calls = Mutex([String]())
    private let states: Mutex<[String: ModelSummary.State]>

    /// - Parameter states: models by name; none, so that the repository holds the predictors alone.
    init(_ states: [String: ModelSummary.State] = [:]) { self.states = Mutex(states) }

    /// One model in each state.
    static var populated: ScriptedControl {
        ScriptedControl(["a": .onDisk, "bad": .failed, "loaded": .ready, "starting": .loading, "leaving": .draining, "far": .absent])
    }

    func models() async -> [ModelSummary] {
        states.withLock { $0 }.sorted { $0.key < $1.key }.map { summary($0.key, $0.value) }
    }

    func load(_ id: String, by deadline: Deadline) async throws -> ModelSummary {
        calls.withLock { $0.append("load \(id)") }
        if id == "giant" {
            throw ModelFailure.gpuRequired(id, parameters: 30_500_000_000, lack: .graphicsProcessor, needed: 20, free: 0)
        }
        return try change(id, to: .ready)
    }

    func unload(_ id: String) async throws -> ModelSummary {
        calls.withLock { $0.append("unload \(id)") }
        return try change(id, to: .onDisk)
    }

    func switchModel(from source: String?, to target: String, by deadline: Deadline) async throws -> ModelSwitch {
        calls.withLock { $0.append("switch \(source ?? "-") \(target)") }
        if target == "broken" {
            throw ModelFailure.switchFailed(
                to: target, back: "loaded",
                cause: ErrorReport(.unavailable, code: "engine_start_failed", "The llama engine didn't start."))
        }
        return ModelSwitch(from: "loaded", to: target, overlapped: true, seconds: 1.23456)
    }

    func pull(_ id: String) async throws {
        calls.withLock { $0.append("pull \(id)") }
        _ = try change(id, to: .fetching)
    }

    func stopPull(_ id: String) async throws {
        calls.withLock { $0.append("stop \(id)") }
        _ = try change(id, to: .absent)
    }

    func pulls() async -> [ModelPull] {
        states.withLock { $0.filter { $0.value == .fetching }.keys.sorted().map { ModelPull(id: $0) } }
    }

    func remove(_ id: String) async throws {
        calls.withLock { $0.append("remove \(id)") }
        _ = try change(id, to: .absent)
    }

    func memoryUse() async -> ModelMemoryUse { ModelMemoryUse(budget: 1000, used: 0) }

    private func change(_ id: String, to state: ModelSummary.State) throws -> ModelSummary {
        try states.withLock { states in
            guard states[id] != nil else { throw ModelHubError.modelNotFound(id) }
            states[id] = state
        }
        return summary(id, state)
    }

    private func summary(_ id: String, _ state: ModelSummary.State) -> ModelSummary {
        ModelSummary(
            id: id, engine: "llama", capabilities: ["chat"], state: state, bytes: 1, licence: "MIT",
            reason: state == .failed ? "There isn't enough memory." : nil)
    }
}

/// Writes fixed bytes for any URL.
struct ScriptedFetcher: VideoFetching {
    var bytes: [UInt8] = Array("video".utf8)

    func fetch(
        _ url: String, into directory: URL, maxBytes: Int?, deadline: Deadline, progress: ProgressHandler?
    ) async throws -> URL {
        if let maxBytes, bytes.count > maxBytes { throw ErrorReport(.tooLarge, code: "fetch_too_large", "Too large: over \(maxBytes).") }
        if url.contains("refused.example") { throw ErrorReport(.forbidden, code: "address_refused", "Private address.", param: "video_url") }
        progress?(ProgressUpdate(stage: "download", done: 5, total: 5, unit: .bytes))
        let file = directory.appending(path: "fetched")
        try Data(bytes).write(to: file)
        return file
    }
}

/// A server with scripted parts behind it, and a data folder of its own.
struct TestBench: Sendable {
    let services: GatewayServices
    let logs = LogTap()
    let control: ScriptedControl

    init(
        control: ScriptedControl = ScriptedControl(),
        questions: ScriptedQuestions = ScriptedQuestions(),
        chat: ScriptedChat = ScriptedChat(events: [.text("Hello"), .finished(ChatFinish(reason: "stop", promptTokens: 4, completionTokens: 1))]),
        state: ModelSummary.State = .ready, predictors: any PredictorDirectory = ScriptedPredictors(),
        pools: (any PoolDirectory)? = nil, fetcher: ScriptedFetcher = ScriptedFetcher(),
        heartbeat: Duration = .seconds(15), speech: [String]? = nil,
        embedders: ScriptedEmbedders? = ScriptedEmbedders(),
        _ change: (inout Configuration) -> Void = { _ in }
    ) {
        var configuration = Configuration()
        configuration.dataDirectory = FileManager.default.temporaryDirectory.appending(path: "martlet-gateway-\(UUID().uuidString)").path
        change(&configuration)
        var services = GatewayServices(
            configuration: configuration,
            dependencies: GatewayDependencies(
                questions: questions, models: ScriptedDirectory(chat: chat, state: state), control: control,
                predictors: predictors, pools: pools, fetcher: fetcher,
                metrics: MetricsRegistry(),
                embedders: embedders, speech: speech.map(ScriptedSpeech.init)))
        services.heartbeat = heartbeat
        self.services = services
        self.control = control
    }

    var logger: Logger {
        let logs = logs
        return Logger(label: "test") { _ in logs.handler }
    }

    var server: GatewayServer { GatewayServer(services: services, logger: logger) }

    /// Runs `test` with a client, and looks afterwards that no upload stayed behind.
    func test<T>(_ setup: TestingSetup = .router, _ test: @Sendable (any TestClientProtocol) async throws -> T) async throws -> T {
        let value = try await server.application.test(setup, test)
        try? FileManager.default.removeItem(atPath: services.configuration.dataDirectory)
        return value
    }

    var leftUploads: [String] { (try? FileManager.default.contentsOfDirectory(atPath: services.uploads.path)) ?? [] }

    /// Waits, without end, for something that must come to be.
    func until(_ condition: @Sendable () async -> Bool) async throws {
        while !(await condition()) { try await Task.sleep(for: .milliseconds(2)) }
    }
}

/// Keeps log lines as text.
final class LogTap: Sendable {
    private let lines = Mutex([String]())

    var all: [String] { lines.withLock { $0 } }
    var handler: any LogHandler { Handler(tap: self) }

    private struct Handler: LogHandler {
        let tap: LogTap
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let all = self.metadata.merging(event.metadata ?? [:]) { _, new in new }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
            tap.lines.withLock { $0.append("\(event.message) \(pairs)") }
        }
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }
    var json: JSONValue { (try? JSONValue(parsing: Data(buffer: body))) ?? .null }
    var error: JSONValue { json["error"] ?? .null }

    /// The events of an event stream.
    var events: [(name: String, data: JSONValue)] { TestBench.events(text) }
}

extension TestBench {
    static func events(_ text: String) -> [(name: String, data: JSONValue)] {
        text.components(separatedBy: "\n\n").compactMap { block in
            let lines = block.split(separator: "\n")
            guard let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6) else { return nil }
            let name = lines.first { $0.hasPrefix("event: ") }.map { String($0.dropFirst(7)) } ?? ""
            return (name, (try? JSONValue(parsing: Data(data.utf8))) ?? .string(String(data)))
        }
    }

    /// A form body with the fields and, unless `nil`, a file named `video`.
    static func form(_ fields: [(String, String)] = [("prompt", "What?")], file: String? = "bytes", fileName: String = "clip.mp4", fileFirst: Bool = false) -> ByteBuffer {
        var parts = fields.map { "Content-Disposition: form-data; name=\"\($0.0)\"\r\n\r\n\($0.1)" }
        if let file {
            let part = "Content-Disposition: form-data; name=\"video\"; filename=\"\(fileName)\"\r\nContent-Type: video/mp4\r\n\r\n\(file)"
            parts.insert(part, at: fileFirst ? 0 : parts.count)
        }
        return ByteBuffer(string: parts.map { "--frontier\r\n\($0)\r\n" }.joined() + "--frontier--\r\n")
    }

    static let formType: HTTPFields = [.contentType: "multipart/form-data; boundary=frontier"]
    static let jsonType: HTTPFields = [.contentType: "application/json"]
}
