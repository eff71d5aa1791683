import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import Media
import ModelHub
import NIOCore

/// `/v1/audio/speech`.
enum AudioSpeech {
    private enum Stream: String, CaseIterable { case audio, sse }

    /// OpenAI's voices, for clients that can't be told another: the model's default.
    private static let aliases: Set<String> = [
        "alloy", "ash", "ballad", "cedar", "coral", "default", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
    ]
    /// Samples a second of raw sound, as OpenAI documents it.
    private static let rawRate = 24_000

    @Sendable static func handle(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let directory = try AudioRoutes.speech(services)
        try await services.speechGate.check(context.foundation)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let text = fields.requiredString("input")
        let model = AudioRoutes.model(fields.string("model"))
        // A voice is a name, or an object with one.
        let voice = fields.value("voice")?["id"]?.stringValue ?? fields.string("voice")
        let format = fields.choice("response_format", of: AudioFormat.self) ?? .mp3
        let stream = fields.choice("stream_format", of: Stream.self) ?? .audio
        let speed = fields.number(.number("speed", 0.25...4, "As fast as the model speaks is 1")) ?? 1
        let limit = services.configuration.speech.maxCharacters
        if text.count > limit {
            fields.fault("input", "text_too_long", "'input' may have \(limit) characters (speech.max_characters). Send several requests.")
        }
        try fields.finish(.invalidRequest)
        let synthesizer = try await directory.synthesizer(id: model, context: context.foundation)
        context.record.update { $0.model = synthesizer.id }
        let named = voice.flatMap { aliases.contains($0) && !synthesizer.voices.contains($0) ? nil : $0 }
        let speech = SpeechRequest(text: text, voice: named, speed: speed)
        let rate = format == .pcm ? rawRate : nil
        let place = HeldPlace(services.speechGate, try await services.speechGate.enter(context.foundation))
        do {
            let sounds = try await services.bounded(context) { try await synthesizer.speak(speech, context: context.foundation) }
            // Faults of the first sentence have a status of their own; later ones can only end the answer.
            var first = sounds.makeAsyncIterator()
            let beginning = try await first.next()
            let spoken = SpokenSound(beginning: beginning, rest: sounds, format: format, outputRate: rate, services: services)
            return stream == .sse ? events(spoken, place, context, services) : sound(spoken, place, context, services)
        } catch {
            await place.leave(isDone: false)
            throw error
        }
    }

    private static func sound(_ spoken: SpokenSound, _ place: HeldPlace, _ context: GatewayContext, _ services: GatewayServices) -> Response {
        Response(
            status: .ok, headers: [.contentType: spoken.format.contentType, .cacheControl: "no-store"],
            body: ResponseBody { writer in
                do {
                    let (pieces, sink) = AsyncThrowingStream.makeStream(of: Data.self)
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            do {
                                try await services.bounded(context) { try await spoken.write { sink.yield($0) } }
                                sink.finish()
                            } catch {
                                sink.finish(throwing: error)
                            }
                        }
                        for try await piece in pieces { try await writer.write(ByteBuffer(bytes: piece)) }
                    }
                    await place.leave(isDone: true)
                } catch {
                    context.record.update { if $0.error == nil { $0.error = ErrorReport(error) } }
                    await place.leave(isDone: false)
                    throw error
                }
                try await writer.finish(nil)
            })
    }

    private static func events(_ spoken: SpokenSound, _ place: HeldPlace, _ context: GatewayContext, _ services: GatewayServices) -> Response {
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send(ServerSentEvent(raw: [UInt8](report.envelope(requestID: requestID).encoded())))
        } _: { sink in
            do {
                try await spoken.write { bytes in
                    sink.send(ServerSentEvent(nil, ["type": "speech.audio.delta", "audio": .string(bytes.base64EncodedString())]))
                }
                await place.leave(isDone: true)
            } catch {
                await place.leave(isDone: false)
                throw error
            }
            sink.send(ServerSentEvent(nil, ["type": "speech.audio.done"]))
        }
    }
}

/// Sound on its way into a file.
private struct SpokenSound: Sendable {
    let beginning: AudioSamples?
    let rest: AsyncThrowingStream<AudioSamples, any Error>
    let format: AudioFormat
    let outputRate: Int?
    let services: GatewayServices

    /// What a text without anything to say sounds like.
    private static let silence = AudioSamples(sampleRate: 24_000, samples: [Float](repeating: 0, count: 2400))

    func write(_ give: @escaping @Sendable (Data) -> Void) async throws {
        let beginning = beginning ?? Self.silence
        let encoder = try await services.threads.run { [format, outputRate] in
            try AudioEncoder(format: format, sampleRate: beginning.sampleRate, outputRate: outputRate)
        }
        try await encode(beginning, encoder, give)
        for try await sound in rest { try await encode(sound, encoder, give) }
        let end = try await services.threads.run { try encoder.finish() }
        if !end.isEmpty { give(end) }
    }

    private func encode(_ sound: AudioSamples, _ encoder: AudioEncoder, _ give: @escaping @Sendable (Data) -> Void) async throws {
        let bytes = try await services.threads.run { try encoder.encode(sound.samples) }
        if !bytes.isEmpty { give(bytes) }
    }
}
