import Engines
import Foundation
import Foundations
import GRPCCore
import Media
import ModelHub
import SpeechProtocol

/// `june.tts.TextToSpeech`: texts to sound.
struct SynthesisCalls: June_Tts_TextToSpeech.ServiceProtocol {
    let services: GatewayServices

    /// Each text is spoken as it comes; together the pieces make one file.
    func synthesizeStream(
        request: StreamingServerRequest<June_Tts_SynthesisRequest>, context: ServerContext
    ) async throws -> StreamingServerResponse<June_Tts_AudioChunk> {
        StreamingServerResponse { writer in
            try await services.bounded(request.metadata) { context in
                var file: SpokenFile?
                for try await asked in request.messages {
                    let current = try file ?? SpokenFile(asked, services)
                    file = current
                    try await speak(asked, into: current, context) { piece, position in
                        try await writer.write(current.chunk(piece, at: position))
                    }
                    try await writer.write(current.chunk(Data(), at: current.position, isFinal: true))
                }
                guard let file else { return }
                let rest = try await services.threads.run { try file.finish() }
                if !rest.isEmpty { try await writer.write(file.chunk(rest, at: file.position, isFinal: true)) }
            }
            return [:]
        }
    }

    func synthesize(
        request: ServerRequest<June_Tts_SynthesisRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Tts_AudioResponse> {
        let asked = request.message
        let message = try await services.bounded(request.metadata) { context in
            let file = try SpokenFile(asked, services)
            let sound = Collected()
            try await speak(asked, into: file, context) { piece, _ in await sound.add(piece) }
            await sound.add(try await services.threads.run { try file.finish() })
            let bytes = await sound.bytes
            return June_Tts_AudioResponse.with {
                $0.audioData = bytes
                $0.sampleRate = Int32(file.sampleRate)
                $0.encoding = file.encoding
                $0.durationMs = Int32(clamping: Int((file.position * 1000).rounded()))
            }
        }
        return ServerResponse(message: message)
    }

    func healthCheck(
        request: ServerRequest<June_Tts_HealthRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Tts_HealthResponse> {
        let models = await services.dependencies.speech?.speechModels().synthesizers ?? []
        return ServerResponse(
            message: .with {
                $0.healthy = !models.isEmpty
                $0.version = Version.text
                $0.availableVoices = models.flatMap(\.voices)
            })
    }

    private actor Collected {
        private(set) var bytes = Data()
        func add(_ piece: Data) { bytes += piece }
    }

    /// - Parameter take: gets each piece of the file, and where its sound begins, in seconds.
    private func speak(
        _ asked: June_Tts_SynthesisRequest, into file: SpokenFile, _ context: Foundations.RequestContext,
        _ take: @escaping @Sendable (Data, Double) async throws -> Void
    ) async throws {
        try await services.speechGate.check(context)
        let speech = try request(asked)
        let model = try await AudioRoutes.speech(services).synthesizer(id: AudioRoutes.model(asked.model), context: context)
        try await services.speechGate.withPlace(context) {
            for try await sound in try await model.speak(speech, context: context) {
                let (bytes, position) = try await services.threads.run { try file.add(sound) }
                if !bytes.isEmpty { try await take(bytes, position) }
            }
        }
    }

    private func request(_ asked: June_Tts_SynthesisRequest) throws -> SpeechRequest {
        let limit = services.configuration.speech.maxCharacters
        let speed = asked.config.speed == 0 ? 1 : Double(asked.config.speed)
        guard asked.text.contains(where: { !$0.isWhitespace }) else { throw CallFault.field("text", "missing", "There is nothing to say in 'text'.") }
        guard asked.text.count <= limit else {
            throw CallFault.field("text", "text_too_long", "'text' may have \(limit) characters (speech.max_characters). Send several requests.")
        }
        guard (0.5...2).contains(speed) else { throw CallFault.field("config.speed", "out_of_range", "'speed' may be 0.5 to 2.") }
        guard !asked.config.enableSsml else { throw CallFault.field("config.enable_ssml", "unsupported", "No model here reads SSML. Send plain text.") }
        return SpeechRequest(
            text: asked.text, voice: ["", "default"].contains(asked.voiceID) ? nil : asked.voiceID,
            language: asked.language.isEmpty ? nil : asked.language, speed: speed)
    }
}

/// The one file that a call's sound makes. Used by one thread at a time.
// Safe to hand from thread to thread: its calls are made one after the other.
private final class SpokenFile: @unchecked Sendable {
    /// As the protocol's messages name it.
    let encoding: String
    private let format: AudioFormat
    private let wishedRate: Int?
    private var encoder: AudioEncoder?
    private var inputRate = 0
    /// Seconds of sound that have come.
    private(set) var position = 0.0

    /// Samples a second of headless sound, which clients of the protocol expect.
    private static let usualRate = 16_000

    var sampleRate: Int { encoder?.outputRate ?? wishedRate ?? Self.usualRate }

    /// - Throws: `invalidFields`.
    init(_ asked: June_Tts_SynthesisRequest, _ services: GatewayServices) throws {
        encoding = asked.config.encoding.isEmpty ? "pcm16" : asked.config.encoding.lowercased()
        guard let format = encoding == "pcm16" ? .pcm : AudioFormat(rawValue: encoding) else {
            throw CallFault.field("config.encoding", "unknown_value", "'encoding' must be one of: pcm16, wav, opus, mp3, flac, aac.")
        }
        let rate = Int(asked.config.sampleRate)
        guard rate == 0 || (8000...48_000).contains(rate) else {
            throw CallFault.field("config.sample_rate", "out_of_range", "'sample_rate' may be 8000 to 48000.")
        }
        self.format = format
        wishedRate = rate == 0 ? (format == .pcm ? Self.usualRate : nil) : rate
    }

    /// - Returns: what can be written by now, and where the new sound begins.
    /// - Throws: `invalidFields` when models of different rates come together; `MediaError.engineFailed`.
    func add(_ sound: AudioSamples) throws -> (Data, Double) {
        let encoder = try encoder ?? AudioEncoder(format: format, sampleRate: sound.sampleRate, outputRate: wishedRate)
        if self.encoder == nil { inputRate = sound.sampleRate }
        self.encoder = encoder
        guard sound.sampleRate == inputRate else {
            throw CallFault.field("model", "conflict", "One stream's texts are spoken by models of one sample rate.")
        }
        let begin = position
        position += Double(sound.samples.count) / Double(sound.sampleRate)
        return (try encoder.encode(sound.samples), begin)
    }

    func finish() throws -> Data { try encoder?.finish() ?? Data() }

    func chunk(_ bytes: Data, at position: Double, isFinal: Bool = false) -> June_Tts_AudioChunk {
        .with {
            $0.audioData = bytes
            $0.sampleRate = Int32(sampleRate)
            $0.channels = 1
            $0.encoding = encoding
            $0.isFinal = isFinal
            $0.timestampUs = Int64((position * 1_000_000).rounded())
        }
    }
}
