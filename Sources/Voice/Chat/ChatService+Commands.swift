import Foundation
import Foundations
import Jobs

/// What bots do when they are told to.
extension ChatService {
    private static let longestPersona = 500
    private static let shownVoices = 60
    private static let historyDefault = 5
    private static let historyMost = 20
    /// Characters of each message in a list of several.
    private static let historyLine = 300

    /// - Returns: what is said; `nil`: nothing, since the command came before or a job answers it.
    func carryOut(_ command: ChatCommand, _ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        switch command {
        case .start: return try await settle(message) { _ in texts(.start) }
        case .help: return try await settle(message) { _ in texts(.help, helpValues(message)) }
        case .unknown: return try await settle(message) { _ in texts(.unknownCommand) }
        case .ping:
            let milliseconds = max(0, Int(Date().timeIntervalSince(message.sent) * 1000))
            return try await settle(message) { _ in texts(.pong, ["milliseconds": String(milliseconds)]) }
        case .status: return try await status(message, preferences)
        case .reset:
            return try await settle(message) { connection in
                try MessageHistory.reset(message.conversation.id, connection)
                return texts(.reset)
            }
        case .language(let word): return try await language(word, message, preferences)
        case .mode(let word): return try await mode(word, message, preferences)
        case .voice(let name): return try await voice(name, message, preferences)
        case .persona(let text): return try await persona(text, message, preferences)
        case .voiceAgain: return try await speakAgain(message, preferences)
        case .history(let count): return try await history(count, message, texts)
        case .cancel: return try await cancel(message, texts)
        case .forget: return try await forget(message, texts)
        case .admin(let command): return try await carryOut(command, message)
        }
    }

    /// Carries a command out in one transaction, once.
    /// - Parameter note: what the history keeps of the command; `nil`: its text.
    /// - Returns: `nil` when it came before.
    func settle(
        _ message: BotMessage, note: HistoryMessage? = nil, isKept: Bool = true,
        _ effect: @escaping @Sendable (any SQLConnection) throws -> String
    ) async throws -> String? {
        let row = note ?? Self.row(of: message)
        return try await desk.database.write { connection in
            guard try ChatSenders.isNew(message, connection) else { return nil }
            try ChatSenders.noteAcceptance(message, connection)
            if isKept { try MessageHistory.add(row, connection) }
            return try effect(connection)
        }
    }

    private static func row(of message: BotMessage) -> HistoryMessage {
        HistoryMessage(
            .incoming, .text, message.text ?? "", platform: message.platform.messagePlatform, user: message.user, chat: message.chat,
            message: message.message)
    }

    private func helpValues(_ message: BotMessage) -> [String: String] {
        [
            "seconds": String(Int(desk.configuration.voice.maxSeconds)),
            "megabytes": ChatTexts.megabytes(desk.maxFileBytes(message.platform)),
        ]
    }

    private func status(_ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        let models = await desk.speech.speechModels()
        var thinking = "?"
        if let thinker = desk.thinker {
            do { thinking = "✅ \(ChatMarkdown.escaped(try await thinker()))" } catch { thinking = "❌ \(ErrorReport(error).code)" }
        }
        func line(_ entry: String?) -> String { entry.map { "✅ \(ChatMarkdown.escaped($0))" } ?? "❌" }
        let values = [
            "hearing": line(models.transcribers.first?.id), "thinking": thinking, "speaking": line(models.synthesizers.first?.id),
            "language": preferences.language ?? "auto", "mode": preferences.mode.rawValue,
            "voice": preferences.voice.map(ChatMarkdown.escaped) ?? texts(.voiceDefault),
        ]
        return try await settle(message) { connection in
            let waiting = try Self.waiting(in: message, connection)
            return texts(.status, values.merging(["waiting": String(waiting)]) { $1 })
        }
    }

    // MARK: Preferences

    /// Changes what somebody wants.
    private func change(
        _ message: BotMessage, _ preferences: ChatPreferences, _ change: (inout ChatPreferences) -> Void,
        _ said: @escaping @Sendable (ChatTexts) -> String
    ) async throws -> String? {
        var wanted = preferences
        change(&wanted)
        return try await settle(message) { [wanted] connection in
            try wanted.keep(for: message, connection)
            return said(message.texts(wanted))
        }
    }

    private func language(_ word: String?, _ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        let list = ChatLanguage.all.map { "`\($0.code)` \($0.ownName)" }.joined(separator: ", ")
        guard let word else {
            let now = preferences.language.flatMap(ChatLanguage.with(code:))?.ownName ?? "auto"
            return try await settle(message) { _ in texts(.languageNow, ["language": now, "list": list]) }
        }
        if ["auto", "default", "off"].contains(word.lowercased()) {
            return try await change(message, preferences, { $0.language = nil }) { $0(.languageAutomatic) }
        }
        guard let language = ChatLanguage.named(word) else {
            return try await settle(message) { _ in texts(.languageUnknown, ["list": list]) }
        }
        return try await change(message, preferences, { $0.language = language.code }) { $0(.languageSet, ["language": language.ownName]) }
    }

    private func mode(_ word: String?, _ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        guard let word else { return try await settle(message) { _ in texts(.modeNow, ["mode": preferences.mode.rawValue]) } }
        guard let mode = ChatPreferences.Mode(rawValue: word.lowercased()) else { return try await settle(message) { _ in texts(.modeUnknown) } }
        return try await change(message, preferences, { $0.mode = mode }) { $0(.modeSet, ["mode": mode.rawValue]) }
    }

    private func voice(_ name: String?, _ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        let voices = await desk.speech.speechModels().synthesizers.first?.voices ?? []
        let list = voices.prefix(Self.shownVoices).map { "`\(ChatMarkdown.code($0))`" }.joined(separator: ", ")
        guard let name, name.lowercased() != "default" else {
            if name != nil { return try await change(message, preferences, { $0.voice = nil }) { $0(.voiceSet, ["voice": $0(.voiceDefault)]) } }
            guard !voices.isEmpty else { return try await settle(message) { _ in texts(.voicesNone) } }
            let now = preferences.voice.map(ChatMarkdown.escaped) ?? texts(.voiceDefault)
            return try await settle(message) { _ in texts(.voiceNow, ["voice": now, "list": list]) }
        }
        guard let voice = voices.first(where: { $0.lowercased() == name.lowercased() }) else {
            return try await settle(message) { _ in voices.isEmpty ? texts(.voicesNone) : texts(.voiceUnknown, ["list": list]) }
        }
        return try await change(message, preferences, { $0.voice = voice }) { $0(.voiceSet, ["voice": ChatMarkdown.escaped(voice)]) }
    }

    private func persona(_ text: String?, _ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let texts = message.texts(preferences)
        guard let text else {
            let now = preferences.persona.map { texts(.personaNow, ["persona": ChatMarkdown.escaped($0)]) } ?? texts(.personaNone)
            return try await settle(message) { _ in now }
        }
        if ["off", "none", "default"].contains(text.lowercased()) {
            return try await change(message, preferences, { $0.persona = nil }) { $0(.personaCleared) }
        }
        guard text.count <= Self.longestPersona else {
            return try await settle(message) { _ in texts(.personaTooLong, ["limit": String(Self.longestPersona)]) }
        }
        return try await change(message, preferences, { $0.persona = text }) { $0(.personaSet) }
    }

    // MARK: Conversations

    /// Speaking takes a while, and goes after what is under way.
    private func speakAgain(_ message: BotMessage, _ preferences: ChatPreferences) async throws -> String? {
        let maxAttempts = desk.configuration.jobs.maxAttempts
        let row = Self.row(of: message)
        let busy = message.texts(preferences)(.busy, ["wait": message.texts(preferences).time(60)])
        let (text, _) = try await desk.queue.submit { connection -> (String?, [JobRequest]) in
            guard try ChatSenders.isNew(message, connection) else { return (nil, []) }
            guard try Self.waiting(in: message, connection) < Self.maxWaiting else { return (busy, []) }
            try ChatSenders.noteAcceptance(message, connection)
            let turn = ChatTurn(message, task: .speakAgain, question: try MessageHistory.add(row, connection))
            return (nil, [turn.request(maxAttempts: maxAttempts)])
        }
        return text
    }

    private func history(_ count: Int?, _ message: BotMessage, _ texts: ChatTexts) async throws -> String? {
        let count = max(1, min(Self.historyMost, count ?? Self.historyDefault))
        return try await settle(message) { connection in
            let rows = try MessageHistory.turns(of: message.conversation, limit: count, connection)
            guard !rows.isEmpty else { return texts(.historyEmpty) }
            // A single one is shown whole, as it was written.
            if count == 1 { return ThoughtFilter.words(of: rows[0].rawText ?? rows[0].content) }
            let lines = rows.reversed().map { row in
                let words = row.direction == .incoming ? row.content : ThoughtFilter.words(of: row.rawText ?? row.content)
                return "\(row.direction == .incoming ? "👤" : "🤖") \(ChatMarkdown.line(words, longest: Self.historyLine))"
            }
            return ([texts(.historyTitle)] + lines).joined(separator: "\n\n")
        }
    }

    private func cancel(_ message: BotMessage, _ texts: ChatTexts) async throws -> String? {
        let query = JobQuery(
            states: JobState.open, kind: ChatTurn.kind, subject: ChatTurn.subject(message.platform, message.chat), limit: 2 * Self.maxWaiting)
        let count = await stop(try await desk.queue.store.jobs(query).map(\.id))
        return try await settle(message) { _ in texts(count > 0 ? .cancelling : .nothingToCancel) }
    }

    /// Stops turns, the youngest first, so that none begins because an elder has ended.
    /// - Returns: how many there were.
    func stop(_ jobs: [Int64]) async -> Int {
        var count = 0
        for id in jobs.sorted(by: >) {
            guard let job = try? await desk.queue.cancel(id) else { continue }
            count += 1
            await tellOfStop(job)
        }
        return count
    }

    /// A turn that nobody works on can't say itself that it was stopped.
    private func tellOfStop(_ job: Job) async {
        guard let turn = ChatTurn(json: job.payload), let port = desk.ports[turn.message.platform],
            let checkpoints = try? await desk.queue.store.checkpoints(of: job.id), checkpoints[TurnRecord.Name.shown] == nil,
            case .done(let status) = TurnStep(json: checkpoints[TurnRecord.Name.substitute] ?? checkpoints[TurnRecord.Name.status])
        else { return }
        let preferences = (try? await desk.preferences(of: turn.message)) ?? ChatPreferences()
        try? await port.edit(status, in: turn.message.chat, to: turn.message.texts(preferences)(.cancelled))
    }

    private func forget(_ message: BotMessage, _ texts: ChatTexts) async throws -> String? {
        _ = await stop(try await openTurns(of: message.user, on: message.platform))
        return try await settle(message, isKept: false) { connection in
            let selection = MessageSelection(platform: message.platform.messagePlatform, user: message.user)
            let count = try MessageHistory.delete(selection, keepsRates: true, connection)
            return texts(.forgotten, ["count": String(count)])
        }
    }

    func openTurns(of user: String, on platform: ChatPlatform) async throws -> [Int64] {
        try await desk.database.read { connection in
            try connection.execute(
                """
                SELECT id FROM jobs WHERE owner = $1 AND idempotency_key IS NOT NULL AND kind = $2
                    AND state IN ('pending', 'processing', 'retrying')
                """, [.text(ChatTurn.owner(platform, user)), .text(ChatTurn.kind)]
            ).compactMap { $0.integer("id") }
        }
    }
}
