import Foundation
import Foundations
import Jobs
import Logging
import ModelHub

/// Takes what people write and say to bots: decides who may, answers commands at once, and makes a job of each question.
///
///     let chat = ChatService(
///         queue: queue, ports: [telegram], pipeline: voice, speech: speech, history: history, configuration: configuration,
///         metrics: metrics, logger: logger)
///     let worker = JobWorker(queue: queue, handlers: [chat.turnHandler], configuration: own, logger: logger)
///     // Beside the worker:
///     await chat.watch()
///
/// A message is one transaction: it was received, it is in the history, and its job waits, or none of that. A message that is delivered
/// again does nothing.
public struct ChatService: ChatIntake {
    let desk: ChatDesk

    /// Questions of one chat that may wait.
    static let maxWaiting = 20
    private static let replyTime: Duration = .seconds(20)

    /// - Parameter chatModel: names the chat model that answers when none is named, for `/status`.
    public init(
        queue: JobQueue, ports: [any ChatPort], pipeline: any VoiceTurnRunning, speech: any SpeechDirectory, history: MessageHistory,
        configuration: Configuration, metrics: MetricsRegistry? = nil, logger: Logger, chatModel: (@Sendable () async throws -> String)? = nil
    ) {
        self.init(
            ChatDesk(
                queue: queue, ports: Dictionary(ports.map { ($0.platform, $0) }, uniquingKeysWith: { $1 }), pipeline: pipeline, speech: speech,
                history: history, configuration: configuration, metrics: metrics, logger: logger, thinker: chatModel))
    }

    init(_ desk: ChatDesk) { self.desk = desk }

    /// Does the turns that `accept` makes.
    public var turnHandler: ChatTurnHandler { ChatTurnHandler(desk: desk) }

    /// What a message leads to.
    private enum Decision: Sendable {
        /// It came before, or nobody is to be told anything.
        case nothing
        case turn
        case say(ChatPhrase, [String: String], ChatPreferences)
        case command(ChatCommand, ChatPreferences)
    }

    public func accept(_ message: BotMessage) async throws {
        guard message.attachment != nil || message.text?.contains(where: { !$0.isWhitespace }) == true else { return }
        let decision: Decision
        do {
            (decision, _) = try await desk.queue.submit { try decide(message, $0) }
        } catch JobError.queueFull {
            decision = .say(.busy, ["wait": ChatTexts(nil).time(60)], ChatPreferences())
        }
        switch decision {
        case .nothing: break
        case .turn: await count(message, "turn")
        case .say(let phrase, let values, let preferences):
            await count(message, phrase.rawValue)
            await reply(message.texts(preferences)(phrase, values), to: message)
        case .command(let command, let preferences):
            await count(message, "command")
            guard let text = try await carryOut(command, message, preferences) else { break }
            await reply(text, to: message, isKept: command != .forget)
        }
    }

    private func decide(_ message: BotMessage, _ connection: any SQLConnection) throws -> (Decision, [JobRequest]) {
        let policy = desk.policy(message.platform)
        let now = Date(microseconds: try connection.now()) ?? Date()
        guard policy.admits(message.user) else {
            let facts = SendersPolicy.Facts(refused: try ChatSenders.refused(message, connection))
            guard case .stranger(isTold: true) = policy.verdict(on: message.user, facts, at: now), try ChatSenders.isNew(message, connection)
            else { return (.nothing, []) }
            try ChatSenders.noteRefusal(message, connection)
            return (.say(.stranger, ["user": ChatMarkdown.code(message.user)], ChatPreferences()), [])
        }
        let facts = try ChatSenders.facts(of: message, policy, connection)
        guard try !ChatSenders.isKnown(message, connection) else { return (.nothing, []) }
        let preferences = try ChatPreferences.of(message, connection)
        switch policy.verdict(on: message.user, facts, at: now) {
        case .stranger: return (.nothing, [])
        case .blocked(let isTold):
            guard try ChatSenders.isNew(message, connection), isTold else { return (.nothing, []) }
            try ChatSenders.noteRefusal(message, connection)
            return (.say(.blocked, [:], preferences), [])
        case .tooFast(let window, let wait, let isTold):
            guard try ChatSenders.isNew(message, connection), isTold else { return (.nothing, []) }
            try ChatSenders.noteSlowing(message, connection)
            let texts = message.texts(preferences)
            let values = [
                "limit": String(window.limit), "span": texts.time(Double(window.span.rawValue)), "wait": texts.time(wait / .seconds(1)),
            ]
            return (.say(.tooFast, values, preferences), [])
        case .welcome(let isAdmin):
            if message.attachment == nil, let command = message.text.flatMap({ ChatCommand($0, on: message.platform) }) {
                // Who may not use them need not know that they exist.
                if case .admin = command, !isAdmin { return (.command(.unknown, preferences), []) }
                return (.command(command, preferences), [])
            }
            return try question(message, preferences, connection)
        }
    }

    private func question(
        _ message: BotMessage, _ preferences: ChatPreferences, _ connection: any SQLConnection
    ) throws -> (Decision, [JobRequest]) {
        guard try Self.waiting(in: message, connection) < Self.maxWaiting else {
            return (.say(.busy, ["wait": message.texts(preferences).time(60)], preferences), [])
        }
        guard try ChatSenders.isNew(message, connection) else { return (.nothing, []) }
        try ChatSenders.noteAcceptance(message, connection)
        let isSpoken = message.attachment != nil
        // What is said is known once it is heard.
        let row = HistoryMessage(
            .incoming, isSpoken ? .voice : .text, isSpoken ? "" : message.text ?? "", in: message.conversation, message: message.message)
        let question = try MessageHistory.add(row, connection)
        let turn = ChatTurn(message, question: question)
        return (.turn, [turn.request(maxAttempts: desk.configuration.jobs.maxAttempts)])
    }

    /// Turns of a chat that aren't over.
    static func waiting(in message: BotMessage, _ connection: any SQLConnection) throws -> Int {
        try connection.execute(
            "SELECT COUNT(*) AS number FROM jobs WHERE subject = $1 AND kind = $2 AND state IN ('pending', 'processing', 'retrying')",
            [.text(ChatTurn.subject(message.platform, message.chat)), .text(ChatTurn.kind)]
        ).first?.int("number") ?? 0
    }

    // MARK: Saying

    /// Says something at once. What the platform doesn't take in time isn't said: whoever misses it asks again.
    /// - Parameter isKept: whether the history has it. Strangers leave no trace in any case.
    private func reply(_ text: String, to message: BotMessage, isKept: Bool = true) async {
        let isKept = isKept && desk.policy(message.platform).admits(message.user)
        guard let port = desk.ports[message.platform] else { return }
        let rendering = ChatRendering(port)
        do {
            try await withDeadline(.after(Self.replyTime), waitingFor: "the platform") { [desk] in
                let parts = rendering.parts(text)
                for (number, part) in parts.enumerated() {
                    let id = try await desk.patience(isRepeatable: port.nonceLifetime > .zero) {
                        try await port.send(part, to: message.chat, replyingTo: message.message, nonce: "\(message.update)-\(number)")
                    }
                    var row = HistoryMessage(
                        .outgoing, .status, part, platform: message.platform.messagePlatform, user: message.user, chat: message.chat, message: id)
                    row.formattedText = rendering.rendered(part)
                    row.metadata = rendering.metadata(part, part: number + 1, of: parts.count)
                    if isKept { try await desk.history.add(row) }
                }
            }
        } catch {
            desk.logger.warning(
                "a reply can't be sent", metadata: ["platform": "\(message.platform.rawValue)", "code": "\(ErrorReport(error).code)"])
        }
    }

    private func count(_ message: BotMessage, _ outcome: String) async {
        await desk.metrics?.increment(
            "martlet_bot_messages_total", "Messages that bots took, by what became of them.",
            [("platform", message.platform.rawValue), ("outcome", outcome)])
    }
}
