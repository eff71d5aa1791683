import Engines
import Foundations
import GRPCCore
import Media
import ModelHub
import SpeechProtocol
import Voice

/// `june.asr.SpeechToText`: recordings, and sound that is still coming in, to text.
struct RecognitionCalls: June_Asr_SpeechToText.ServiceProtocol {
    let services: GatewayServices

    func recognizeStream(
        request: StreamingServerRequest<June_Asr_AudioChunk>, context: ServerContext
    ) async throws -> StreamingServerResponse<June_Asr_RecognitionResult> {
        StreamingServerResponse { writer in
            let speaking = Duration.seconds(services.configuration.voice.maxSeconds)
            try await services.bounded(request.metadata, extra: speaking) { context in
                try await RecognitionStream(services: services, context: context).run(request.messages, writer)
            }
            return [:]
        }
    }

    func recognize(
        request: ServerRequest<June_Asr_RecognitionRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Asr_RecognitionResponse> {
        let begun = ContinuousClock.now
        let asked = request.message
        let transcript = try await services.bounded(request.metadata) { context in
            try await services.speechGate.check(context)
            let wishes = try RecognitionWishes(asked.config)
            let model = try await AudioRoutes.speech(services).transcriber(id: wishes.model, context: context)
            let audio = try await sound(asked)
            return try await services.speechGate.withPlace(context) {
                try await model.transcribe(audio, options: wishes.options, context: context, heard: nil, progress: nil)
            }
        }
        return ServerResponse(
            message: .with {
                if !transcript.segments.isEmpty { $0.results = [June_Asr_RecognitionResult(transcript)] }
                $0.processingTimeMs = Int32(clamping: Int((ContinuousClock.now - begun) / .milliseconds(1)))
            })
    }

    func healthCheck(
        request: ServerRequest<June_Asr_HealthRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Asr_HealthResponse> {
        let model = await services.dependencies.speech?.speechModels().transcribers.first
        return ServerResponse(
            message: .with {
                $0.healthy = model != nil
                $0.version = Version.text
                $0.modelName = model?.id ?? ""
            })
    }

    /// - Returns: 16 kHz mono.
    private func sound(_ asked: June_Asr_RecognitionRequest) async throws -> AudioSamples {
        guard !asked.audioData.isEmpty else { throw CallFault.field("audio_data", "missing", "There is no sound in 'audio_data'.") }
        let limit = services.configuration.speech.maxSeconds
        guard PlainSound.isMeant(by: asked.encoding) else {
            return try await SoundReader.read(
                .data(asked.audioData), limits: services.configuration.media, maxSeconds: limit, key: "speech.max_seconds")
        }
        let plain = try PlainSound(sampleRate: asked.sampleRate, channels: 1)
        let seconds = Double(asked.audioData.count / 2) / Double(plain.sampleRate)
        guard seconds <= limit else { throw VoiceError.tooLong(seconds: seconds, limit: limit, key: "speech.max_seconds") }
        return try await services.threads.run {
            let bytes = try plain.convert(asked.audioData) + plain.finish()
            return AudioSamples(sampleRate: SpeechTranscriber.sampleRate, samples: PCM.floats(bytes))
        }
    }
}

/// What a configuration asks for.
struct RecognitionWishes: Sendable {
    var model: String?
    var options: TranscriptionOptions

    /// - Throws: `invalidFields`.
    init(_ config: June_Asr_RecognitionConfig) throws {
        guard !config.enableDiarization else {
            throw CallFault.field("config.enable_diarization", "unsupported", "No model here tells speakers apart.")
        }
        model = AudioRoutes.model(config.model)
        options = TranscriptionOptions(
            language: config.language.isEmpty ? nil : config.language, prompt: config.prompt.isEmpty ? nil : config.prompt,
            wantsWords: config.enableTimestamps)
        if !AudioTranscription.isLanguage(options.language) { throw CallFault.field("config.language", "invalid_language", "'language' must be a code such as en.") }
    }
}

extension June_Asr_RecognitionResult {
    init(_ transcript: Transcript) {
        self.init()
        self.transcript = transcript.text
        isFinal = true
        if let certainty = transcript.confidence { confidence = Float(certainty) }
        words = transcript.segments.flatMap { ($0.words ?? []).map(June_Asr_WordInfo.init) }
        startTimeUs = Self.microseconds(transcript.segments.first?.start ?? 0)
        endTimeUs = Self.microseconds(transcript.segments.last?.end ?? 0)
        detectedLanguage = transcript.language ?? ""
    }

    init(_ segment: TranscriptSegment, language: String?) {
        self.init(Transcript(segments: [segment], language: language, duration: segment.end - segment.start))
    }

    /// What is heard of a sentence that goes on.
    init(interim text: String, from start: Double, to end: Double) {
        self.init()
        transcript = text
        startTimeUs = Self.microseconds(start)
        endTimeUs = Self.microseconds(end)
    }

    fileprivate static func microseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1_000_000).rounded()) }
}

extension June_Asr_WordInfo {
    fileprivate init(_ word: TranscriptWord) {
        self.init()
        self.word = word.text
        if let certainty = word.confidence { confidence = Float(certainty) }
        startTimeUs = June_Asr_RecognitionResult.microseconds(word.start)
        endTimeUs = June_Asr_RecognitionResult.microseconds(word.end)
    }
}
