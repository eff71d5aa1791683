import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Runs turns of spoken conversations.
public protocol VoiceTurnRunning: Sendable {
    /// - Parameter emit: gets what happens, in order, one after the other. What it throws ends the turn.
    /// - Throws: `VoiceError`, `MediaError`, what engines throw, what `emit` throws; `DeadlineExceeded`, `CancellationError`.
    func run(
        _ turn: VoiceTurn, context: RequestContext, emit: @escaping @Sendable (VoiceTurnEvent) async throws -> Void
    ) async throws -> VoiceTurnReport
}

/// Hear, think, speak, each stage at work while the ones before it still are.
///
/// What is said is transcribed phrase by phrase. The model's words become sentences fit to be spoken as they come, and each sentence is
/// spoken while the model writes the next.
public struct VoicePipeline: VoiceTurnRunning {
    private let models: any ModelDirectory
    private let speech: any SpeechDirectory
    private let configuration: Configuration
    private let metrics: MetricsRegistry?

    private static let shortest = 0.1

    public init(models: any ModelDirectory, speech: any SpeechDirectory, configuration: Configuration, metrics: MetricsRegistry? = nil) {
        self.models = models
        self.speech = speech
        self.configuration = configuration
        self.metrics = metrics
    }

    public func run(
        _ turn: VoiceTurn, context: RequestContext, emit: @escaping @Sendable (VoiceTurnEvent) async throws -> Void
    ) async throws -> VoiceTurnReport {
        let (events, sink) = AsyncStream.makeStream(of: VoiceTurnEvent.self)
        let log = TurnLog(sink: sink)
        let report = try await withThrowingTaskGroup(of: VoiceTurnReport?.self) { group in
            group.addTask {
                for await event in events { try await emit(event) }
                return nil
            }
            group.addTask {
                defer { sink.finish() }
                return try await withDeadline(context.deadline, waitingFor: "the answer") {
                    try await perform(turn, context, log)
                }
            }
            var report: VoiceTurnReport?
            while let result = try await group.next() { report = result ?? report }
            // Without a report the task above has thrown, or was cancelled.
            guard let report else { throw CancellationError() }
            return report
        }
        await measure(report)
        return report
    }

    private func perform(_ turn: VoiceTurn, _ context: RequestContext, _ log: TurnLog) async throws -> VoiceTurnReport {
        // Loading a voice takes a while the first time: it may as well happen while somebody is listened to.
        async let voice = turn.isSpoken ? speech.synthesizer(id: turn.synthesizer, context: context) : nil
        let (question, transcript, transcriber) = try await hear(turn, context, log)
        // Before the model is asked: nobody would hear its answer.
        if let wanted = turn.voice, let known = try await voice?.voices, !known.isEmpty, !known.contains(wanted) {
            throw SpeechError.unknownVoice(wanted, voices: known)
        }
        let model = try await models.chatModel(id: turn.model, context: context)
        let (answer, spoken) = try await answer(question, turn, language: transcript?.language, model, try await voice, context, log)
        let times = await log.times
        return VoiceTurnReport(
            transcript: transcript, question: question, answer: answer, spoken: spoken, model: model.id, transcriber: transcriber,
            synthesizer: try await voice?.id, stages: times.stages, firstText: times.firstText, firstSound: times.firstSound, total: times.now,
            soundSeconds: times.soundSeconds)
    }

    // MARK: Hearing

    private func hear(
        _ turn: VoiceTurn, _ context: RequestContext, _ log: TurnLog
    ) async throws -> (question: String, transcript: Transcript?, transcriber: String?) {
        let audio: AudioSamples
        switch turn.input {
        case .text(let text): return (text, nil, nil)
        case .transcript(let transcript):
            await log.add(.transcribed(transcript))
            guard !transcript.segments.isEmpty else { throw VoiceError.nothingHeard }
            return (transcript.text, transcript, turn.transcriber)
        case .sound(let samples): audio = try await checked(samples)
        case .file(let url):
            audio = try await log.stage(.decode) {
                try await checked(
                    try await SoundReader.read(
                        .file(url), limits: configuration.media, maxSeconds: configuration.voice.maxSeconds, key: "voice.max_seconds"))
            }
        }
        let transcriber = try await speech.transcriber(id: turn.transcriber, context: context)
        let transcript = try await log.stage(.transcribe) {
            try await context.withSpan("voice transcribe") { context in
                try await transcriber.transcribe(
                    audio, options: TranscriptionOptions(language: turn.language), context: context, heard: { await log.add(.heard($0)) },
                    progress: nil)
            }
        }
        await log.add(.transcribed(transcript))
        guard !transcript.segments.isEmpty else { throw VoiceError.nothingHeard }
        return (transcript.text, transcript, transcriber.id)
    }

    private func checked(_ audio: AudioSamples) async throws -> AudioSamples {
        guard audio.duration >= Self.shortest else { throw VoiceError.tooShort }
        guard audio.duration <= configuration.voice.maxSeconds else {
            throw VoiceError.tooLong(seconds: audio.duration, limit: configuration.voice.maxSeconds)
        }
        return configuration.voice.denoise ? try await audio.denoised() : audio
    }

    // MARK: Thinking and speaking

    private func answer(
        _ question: String, _ turn: VoiceTurn, language: String?, _ model: any ChatModel, _ voice: (any SpeechSynthesizer)?,
        _ context: RequestContext, _ log: TurnLog
    ) async throws -> (answer: String, spoken: String) {
        let (sentences, toSpeak) = AsyncStream.makeStream(of: String.self)
        return try await withThrowingTaskGroup(of: Part.self) { group in
            group.addTask {
                defer { toSpeak.finish() }
                return .answer(
                    try await log.stage(.think) {
                        try await context.withSpan("voice think", .internal, ["gen_ai.request.model": .text(model.id)]) { context in
                            try await think(question, turn, language: language, model, context, log) { toSpeak.yield($0) }
                        }
                    })
            }
            group.addTask {
                var spoken: [String] = []
                for await sentence in sentences {
                    guard let voice else { continue }
                    try await speak(sentence, turn, language, voice, context, log)
                    spoken.append(sentence)
                }
                try Task.checkCancellation()
                if !spoken.isEmpty { await log.end(.speak) }
                return .spoken(spoken.joined(separator: " "))
            }
            var (answer, spoken) = ("", "")
            while let part = try await group.next() {
                switch part {
                case .answer(let text): answer = text
                case .spoken(let text): spoken = text
                }
            }
            return (answer, spoken)
        }
    }

    private enum Part { case answer(String), spoken(String) }

    private func think(
        _ question: String, _ turn: VoiceTurn, language: String?, _ model: any ChatModel, _ context: RequestContext, _ log: TurnLog,
        say: (String) -> Void
    ) async throws -> String {
        var messages = [ChatMessage(.system, turn.instructions ?? configuration.voice.instructions)]
        messages += turn.history.suffix(configuration.voice.memory).map { ChatMessage($0.role == .user ? .user : .assistant, $0.text) }
        messages.append(ChatMessage(.user, question))
        var request = ChatRequest(messages: messages)
        request.maxTokens = turn.maxTokens ?? configuration.voice.maxTokens
        request.temperature = configuration.generation.temperature
        request.topP = configuration.generation.topP
        request.topK = configuration.generation.topK
        var speakable = SpeakableText(language: turn.language ?? language)
        var chunker = SentenceChunker()
        var answer = ""
        for try await event in try await model.stream(request, context: context).events {
            guard case .text(let piece) = event, !piece.isEmpty else { continue }
            answer += piece
            await log.add(.text(piece))
            for sentence in chunker.feed(speakable.feed(piece)) { say(sentence) }
        }
        // An iteration that ends because of cancellation isn't a whole answer.
        try Task.checkCancellation()
        for sentence in chunker.feed(speakable.finish()) + chunker.finish() { say(sentence) }
        guard answer.contains(where: { !$0.isWhitespace }) else { throw VoiceError.nothingAnswered }
        return answer
    }

    private func speak(
        _ sentence: String, _ turn: VoiceTurn, _ language: String?, _ voice: any SpeechSynthesizer, _ context: RequestContext, _ log: TurnLog
    ) async throws {
        await log.begin(.speak)
        // A voice of one language speaks whatever it is given; others are told what it is in.
        let spoken = SpeechRequest(
            text: sentence, voice: turn.voice, language: voice.languages.count == 1 ? nil : turn.language ?? language, speed: turn.speed)
        try await context.withSpan("voice speak") { context in
            var text = sentence
            for try await sound in try await voice.speak(spoken, context: context) {
                await log.add(.sound(sound, text: text))
                // Several pieces of sound may belong to one sentence.
                text = ""
            }
        }
    }

    private func measure(_ report: VoiceTurnReport) async {
        guard let metrics else { return }
        for stage in report.stages {
            await metrics.observe(
                "martlet_stage_seconds", "Time of each stage of a pipeline.", [("pipeline", "voice"), ("stage", stage.stage.rawValue)],
                stage.end - stage.start)
        }
        if let first = report.firstSound {
            await metrics.observe("martlet_time_to_first_audio_seconds", "Time from a turn's start to the first sound of its answer.", [], first)
        }
    }
}
