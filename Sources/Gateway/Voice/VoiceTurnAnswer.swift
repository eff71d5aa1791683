import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Media
import ModelHub
import NIOCore
import Synchronization
import Voice

/// Runs a turn and answers in the form that its caller wants.
struct VoiceTurnAnswer: Sendable {
    let asked: VoiceTurnRequest
    let input: VoiceTurn.Input
    /// Kept until the turn is done: it may hold the sound's file.
    let holding: (any Sendable)?
    let runner: any VoiceTurnRunning
    let context: GatewayContext
    let services: GatewayServices

    private static let conversationHeader = HTTPField.Name("X-Conversation")

    /// Whether a caller wants the sound and nothing else.
    static func wantsSound(_ request: Request) -> Bool {
        let accepted = request.headers[values: .accept].joined(separator: ",").lowercased()
        return accepted.contains("audio/") && !accepted.contains("application/json") && !request.wantsEventStream
    }

    func response(_ request: Request) async throws -> Response {
        let place = Conversation(.web, user: context.keyName, chat: asked.conversation ?? Conversation.newName())
        if asked.stream || request.wantsEventStream { return events(place, asked.format ?? .pcm) }
        guard Self.wantsSound(request) else { return try await document(place, asked.format ?? .pcm) }
        let accepted = request.headers[values: .accept].joined(separator: ",").lowercased()
        let named = AudioFormat.allCases.first { accepted.contains($0.contentType) }
        return try await sound(place, asked.format ?? named ?? .pcm)
    }

    private func run(
        _ place: Conversation, _ emit: @escaping @Sendable (VoiceTurnEvent) async throws -> Void
    ) async throws -> VoiceTurnReport {
        defer { withExtendedLifetime(holding) {} }
        return try await services.speechGate.withPlace(context.foundation) {
            var turn = asked.turn(input)
            if let history = services.dependencies.history {
                turn.history = try await history.conversation(place.id, limit: services.configuration.voice.memory)
            }
            let report = try await runner.run(turn, context: context.foundation, emit: emit)
            context.record.update { $0.model = report.model }
            try await services.dependencies.history?.add(report, in: place)
            return report
        }
    }

    private func done(_ report: VoiceTurnReport, _ place: Conversation) -> [String: JSONValue] {
        (VoiceTurnDocument.json(report).objectValue ?? [:]).merging(["conversation": .string(place.chat)]) { $1 }
    }

    // MARK: Events

    private func events(_ place: Conversation, _ format: AudioFormat) -> Response {
        let requestID = context.requestID
        let begun = ContinuousClock.now
        return services.eventStream(context) { sink, report in
            sink.send("error", report.envelope(requestID: requestID)["error"] ?? .null)
        } _: { sink in
            let index = Mutex(0)
            let report = try await run(place) { event in
                switch event {
                case .began(let stage), .ended(let stage):
                    var isEnd = false
                    if case .ended = event { isEnd = true }
                    sink.send(
                        "stage",
                        [
                            "stage": .string(stage.rawValue), "state": isEnd ? "ended" : "began",
                            "at_ms": VoiceTurnDocument.milliseconds((ContinuousClock.now - begun) / .seconds(1)),
                        ])
                case .heard(let segment):
                    var json = TranscriptDocument.segment(segment, id: 0).objectValue ?? [:]
                    json["id"] = nil
                    json["final"] = false
                    sink.send("transcript", .object(json))
                case .transcribed(let transcript):
                    var json = TranscriptDocument.verbose(transcript, withWords: false).objectValue ?? [:]
                    json["seconds"] = json["duration"]
                    sink.send("transcribed", .object(json))
                case .text(let text):
                    if asked.mode != .voice { sink.send("delta", ["text": .string(text)]) }
                case .sound(let sound, let text):
                    let number = index.withLock { index in
                        defer { index += 1 }
                        return index
                    }
                    sink.send("audio", try await audio(sound, format, text: text, index: number))
                }
            }
            sink.send("done", .object(done(report, place)))
        }
    }

    /// Each event's data is a whole file of its form.
    private func audio(_ sound: AudioSamples, _ format: AudioFormat, text: String, index: Int) async throws -> JSONValue {
        let bytes = try await services.threads.run { try AudioEncoder.file(sound, format: format) }
        return [
            "index": .integer(index), "text": .string(text), "format": .string(format.rawValue), "sample_rate": .integer(sound.sampleRate),
            "seconds": .number(TranscriptDocument.rounded(sound.duration)), "data": .string(bytes.base64EncodedString()),
        ]
    }

    // MARK: One document

    private func document(_ place: Conversation, _ format: AudioFormat) async throws -> Response {
        let (report, sound) = try await services.bounded(context) {
            let collected = Mutex<[AudioSamples]>([])
            let report = try await run(place) { event in
                if case .sound(let sound, _) = event { collected.withLock { $0.append(sound) } }
            }
            return (report, collected.withLock { $0 })
        }
        var json = done(report, place)
        json["audio"] = .null
        if let first = sound.first {
            let whole = AudioSamples(sampleRate: first.sampleRate, samples: sound.flatMap(\.samples))
            let bytes = try await services.threads.run { try AudioEncoder.file(whole, format: format) }
            json["audio"] = [
                "format": .string(format.rawValue), "sample_rate": .integer(first.sampleRate), "data": .string(bytes.base64EncodedString()),
            ]
        }
        return .json(.object(json))
    }

    // MARK: Sound alone

    /// Answers once the first sentence is there: what goes wrong before it has a status of its own.
    private func sound(_ place: Conversation, _ format: AudioFormat) async throws -> Response {
        let (sounds, sink) = AsyncThrowingStream.makeStream(of: AudioSamples.self)
        let work = Task {
            do {
                _ = try await services.bounded(context) {
                    try await run(place) { if case .sound(let sound, _) = $0 { sink.yield(sound) } }
                }
                sink.finish()
            } catch {
                sink.finish(throwing: error)
            }
        }
        // The stream owns the task: who lets go of it ends the work.
        sink.onTermination = { _ in work.cancel() }
        var first = sounds.makeAsyncIterator()
        guard let beginning = try await first.next() else { throw VoiceError.nothingAnswered }
        // Raw sound says nothing of itself.
        let type = format == .pcm ? "\(format.contentType); rate=\(beginning.sampleRate)" : format.contentType
        var headers: HTTPFields = [.contentType: type, .cacheControl: "no-store"]
        if let name = Self.conversationHeader { headers[name] = place.chat }
        let threads = services.threads
        return Response(
            status: .ok, headers: headers,
            body: ResponseBody { writer in
                let encoder = try await threads.run { try AudioEncoder(format: format, sampleRate: beginning.sampleRate) }
                try await writer.write(ByteBuffer(bytes: try await threads.run { try encoder.encode(beginning.samples) }))
                for try await sound in sounds { try await writer.write(ByteBuffer(bytes: try await threads.run { try encoder.encode(sound.samples) })) }
                try await writer.write(ByteBuffer(bytes: try await threads.run { try encoder.finish() }))
                try await writer.finish(nil)
            })
    }
}
