import Engines
import Foundation
import Foundations
import Media
import Synchronization

/// Gets the answer of a turn: hears, thinks and speaks, while people see how far it has come.
struct TurnAnswering: Sendable {
    let desk: ChatDesk
    let turn: ChatTurn
    let preferences: ChatPreferences
    let texts: ChatTexts
    let messenger: TurnMessenger
    let record: TurnRecord
    let context: RequestContext
    /// Files of sound, for as long as they are heard.
    let files: VoiceFiles

    /// Somebody has said that the language is to change.
    struct LanguageWished: Error { let language: ChatLanguage }

    private struct Collected: Sendable {
        var view: TurnView
        var raw = ""
        var sound = SpokenSound()
        var activity = ChatActivity.typing
    }

    private var message: BotMessage { turn.message }

    /// - Returns: the answer, and its sound where it was spoken.
    /// - Throws: what hearing and thinking throw. A voice that fails costs the sound only.
    func answer() async throws -> (answer: TurnAnswer, sound: AudioSamples?) {
        if let answer = await record.answer { return (answer, nil) }
        let kept = await record.heard
        if message.attachment == nil, let text = message.text, let language = LanguageWish.language(in: text) {
            throw LanguageWished(language: language)
        }
        let view = TurnView(texts, isSpoken: message.attachment != nil, heard: kept?.text)
        let status = StatusMessage(
            port: messenger.port, chat: message.chat, message: try await messenger.open(view.text), shown: nil,
            clip: { [rendering = messenger.rendering] in rendering.clipped($0) })
        let collected = Mutex(Collected(view: view))
        do {
            let report = try await watched(status, { collected.withLock { $0.activity } }) {
                try await withInput(kept) { input in
                    try await desk.pipeline.run(try await voiceTurn(input), context: context) { event in
                        try await take(event, collected, status)
                    }
                }
            }
            let answer = try await keep(report.answer, model: report.model)
            return (answer, collected.withLock { $0.sound.whole })
        } catch {
            // What the model said is worth having, also when the voice breaks off behind it.
            guard !Task.isCancelled, !(error is CancellationError), let answer = await record.answer else { throw error }
            desk.logger.warning("an answer can't be spoken", metadata: ["code": "\(ErrorReport(error).code)"])
            return (answer, nil)
        }
    }

    // MARK: What happens

    private func take(_ event: VoiceTurnEvent, _ collected: borrowing Mutex<Collected>, _ status: StatusMessage) async throws {
        if case .transcribed(let transcript) = event, !transcript.segments.isEmpty {
            if let language = LanguageWish.language(in: transcript.text) { throw LanguageWished(language: language) }
            try await keep(transcript)
        }
        let (text, raw) = collected.withLock { collected -> (String?, String) in
            switch event {
            case .text(let piece): collected.raw += piece
            case .sound(let sound, _):
                collected.sound.append(sound)
                collected.activity = .recordingVoice
            default: break
            }
            return (collected.view.take(event) ? collected.view.text : nil, collected.raw)
        }
        if let text { await status.show(text) }
        if case .ended(.think) = event, !ThoughtFilter.words(of: raw).isEmpty { _ = try await keep(raw, model: nil) }
    }

    /// Keeps what was heard, here and in the history.
    private func keep(_ transcript: Transcript) async throws {
        guard await record.heard == nil else { return }
        let question = turn.question
        try await record.commit(TurnRecord.Name.heard, transcript.kept) { connection in
            try MessageHistory.hear(question, transcript.text, connection)
        }
    }

    private func keep(_ answer: String, model: String?) async throws -> TurnAnswer {
        if var kept = await record.answer {
            kept.model = kept.model ?? model
            return kept
        }
        guard !ThoughtFilter.words(of: answer).isEmpty else { throw VoiceError.nothingAnswered }
        let kept = TurnAnswer(text: answer, model: model)
        try await record.commit(TurnRecord.Name.answer, kept.json)
        return kept
    }

    /// Does the work while the status message and the bot's activity are shown; no edit is under way any more when it returns.
    private func watched<T: Sendable>(
        _ status: StatusMessage, _ activity: @escaping @Sendable () -> ChatActivity, _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        async let edits: Void = status.run()
        let result: Result<T, any Error>
        do { result = .success(try await messenger.showing(activity, work)) } catch { result = .failure(error) }
        await status.stop()
        await edits
        return try result.get()
    }

    // MARK: The question

    private func voiceTurn(_ input: VoiceTurn.Input) async throws -> VoiceTurn {
        let memory = desk.configuration.voice.memory
        var voiceTurn = VoiceTurn(
            input, history: try await desk.history.conversation(message.conversation.id, before: turn.question, limit: memory))
        voiceTurn.instructions = Self.instructions(desk.configuration.voice.instructions, preferences)
        voiceTurn.voice = preferences.voice
        voiceTurn.language = preferences.language
        voiceTurn.isSpoken = preferences.speaks(to: message)
        // Without a voice model the answer can be read all the same.
        if voiceTurn.isSpoken { voiceTurn.isSpoken = await AnswerSpeaker(speech: desk.speech).isAvailable() }
        return voiceTurn
    }

    /// - Returns: `nil` where nothing is wished for beyond what is configured.
    static func instructions(_ configured: String, _ preferences: ChatPreferences) -> String? {
        var parts = [configured]
        if let persona = preferences.persona { parts.append("In this conversation you are: \(persona)") }
        if let language = preferences.language.flatMap(ChatLanguage.with(code:)) { parts.append("Answer in \(language.englishName).") }
        return parts.count > 1 ? parts.joined(separator: "\n\n") : nil
    }

    /// Gives the work what was asked: written, heard before, or as a file that is there for as long as the work goes on.
    private func withInput<T: Sendable>(_ kept: Transcript?, _ work: (VoiceTurn.Input) async throws -> T) async throws -> T {
        guard let attachment = message.attachment else { return try await work(.text(message.text ?? "")) }
        if let kept { return try await work(.transcript(kept)) }
        let maxBytes = desk.maxFileBytes(message.platform)
        if let refusal = AttachmentLimits.refusal(attachment, maxBytes: maxBytes, maxSeconds: desk.configuration.voice.maxSeconds) {
            throw refusal
        }
        return try await files.withFile { file in
            try await messenger.patience { try await messenger.port.fetch(attachment, into: file, maxBytes: maxBytes) }
            return try await work(.file(file))
        }
    }
}
