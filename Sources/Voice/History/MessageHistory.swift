import Foundation
import Foundations
import Jobs

/// The messages of all conversations, in the database: what was said, what the model wrote and what was sent of it.
///
///     let history = try await MessageHistory(database, retention: configuration.voice.retention)
///     let place = Conversation(.web, user: "me", chat: Conversation.newName())
///     turn.history = try await history.conversation(place.id, limit: configuration.voice.memory)
///     let report = try await pipeline.run(turn, context: context) { _ in }
///     try await history.add(report, in: place)
///
/// Functions that take a connection run inside somebody's transaction.
public struct MessageHistory: Sendable {
    public let database: any Database
    /// How long messages are kept.
    public let retention: Duration

    /// Makes the tables, or brings them up to date, those of jobs too: a turn is a job.
    /// - Throws: `DatabaseError`.
    public init(_ database: any Database, retention: Duration = VoiceConfiguration().retention) async throws {
        self.database = database
        self.retention = retention
        _ = try await JobStore(database)
        try await database.migrate(VoiceSchema.part, VoiceSchema.migrations)
    }

    // MARK: Adding

    /// - Returns: the message's id.
    @discardableResult
    public func add(_ message: HistoryMessage) async throws -> Int64 { try await database.write { try Self.add(message, $0) } }

    @discardableResult
    public static func add(_ message: HistoryMessage, _ connection: any SQLConnection) throws -> Int64 {
        let rows = try connection.execute(
            """
            INSERT INTO voice_messages (at, platform, direction, user_id, chat_id, conversation, turn, is_remembered, message_type, message_id,
                content, raw_text, formatted_text, metadata)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id
            """,
            [
                .integer(try connection.now()), .text(message.platform.rawValue), .text(message.direction.rawValue), .text(message.user),
                .text(message.chat), .optional(message.conversation), .optional(message.turn), .bool(message.isRemembered),
                .text(message.kind.rawValue), .optional(message.message), .text(message.content), .optional(message.rawText),
                .optional(message.formattedText), .json(.object(message.metadata)),
            ])
        guard let id = rows.first?.integer("id") else { throw DatabaseError.failed(detail: "no id for a message") }
        return id
    }

    /// Keeps a turn that was done at once: its question, its answer, and that the conversation knows both from now on.
    /// - Returns: the answer's id.
    @discardableResult
    public func add(_ report: VoiceTurnReport, in place: Conversation) async throws -> Int64 {
        try await database.write { connection in
            let isSpoken = report.transcript != nil
            let question = try Self.add(HistoryMessage(.incoming, isSpoken ? .voice : .text, report.question, in: place), connection)
            var answer = HistoryMessage(.outgoing, report.spoken.isEmpty ? .text : .voice, ThoughtFilter.words(of: report.answer), in: place)
            answer.rawText = report.answer
            answer.turn = question
            answer.isRemembered = true
            answer.metadata = ["model": .string(report.model), "message_length": .integer(answer.content.utf16.count)]
            try Self.remember(question, connection)
            return try Self.add(answer, connection)
        }
    }

    /// Has the conversation know a question, once it has an answer: a model is only reminded of whole turns.
    static func remember(_ question: Int64, _ connection: any SQLConnection) throws {
        try connection.execute("UPDATE voice_messages SET is_remembered = 1, turn = id WHERE id = $1", [.integer(question)])
    }

    /// Keeps what was said in a message of sound.
    static func hear(_ question: Int64, _ words: String, _ connection: any SQLConnection) throws {
        try connection.execute("UPDATE voice_messages SET content = $2 WHERE id = $1", [.integer(question), .text(words)])
    }

    // MARK: Looking

    static let columns = """
        id, at, platform, direction, user_id, chat_id, conversation, turn, is_remembered, message_type, message_id, content, raw_text, \
        formatted_text, metadata
        """

    /// - Parameters:
    ///   - before: the `next` of the page before.
    ///   - limit: 1 to 1000.
    public func messages(_ filter: MessageFilter = MessageFilter(), before: Int64? = nil, limit: Int = 50) async throws -> MessagePage {
        let limit = max(1, min(1000, limit))
        return try await database.read { connection in
            var conditions = filter.conditions
            conditions.require("id", before.map(SQLValue.integer), "<")
            let place = conditions.place(.integer(limit + 1))
            let rows = try connection.execute(
                "SELECT \(Self.columns) FROM voice_messages \(conditions.clause) ORDER BY id DESC LIMIT \(place)", conditions.values)
            let messages = try rows.prefix(limit).map(HistoryMessage.init)
            return MessagePage(messages: messages, next: rows.count > limit ? messages.last?.id : nil)
        }
    }

    /// - Throws: `HistoryError.messageNotFound`.
    public func message(_ id: Int64) async throws -> HistoryMessage {
        try await database.read { connection in
            let rows = try connection.execute("SELECT \(Self.columns) FROM voice_messages WHERE id = $1", [.integer(id)])
            guard let message = try rows.first.map(HistoryMessage.init) else { throw HistoryError.messageNotFound }
            return message
        }
    }

    // MARK: Conversations

    /// What the model is reminded of: whole turns since the conversation began anew, oldest first, without the model's thoughts.
    /// - Parameters:
    ///   - id: a `Conversation`'s.
    ///   - before: only turns that began before that of this message.
    ///   - limit: messages, the newest ones.
    public func conversation(_ id: String, before: Int64? = nil, limit: Int) async throws -> [VoiceTurn.Message] {
        guard limit > 0 else { return [] }
        let rows = try await database.read { connection in
            try connection.execute(
                """
                SELECT direction, COALESCE(raw_text, content) AS words FROM voice_messages
                WHERE conversation = $1 AND is_remembered = 1 AND turn < $2
                    AND turn > COALESCE((SELECT after_id FROM voice_resets WHERE conversation = $1), 0)
                ORDER BY turn DESC, direction DESC, id DESC LIMIT $3
                """, [.text(id), .integer(before ?? Int64.max), .integer(limit)])
        }
        let messages = rows.reversed().map { row in
            let isUser = row.text("direction") == HistoryMessage.Direction.incoming.rawValue
            let words = row.text("words") ?? ""
            return VoiceTurn.Message(isUser ? .user : .assistant, isUser ? words : ThoughtFilter.words(of: words))
        }
        // A conversation begins with its user.
        return Array(messages.drop { $0.role == .assistant })
    }

    /// The messages that belong to whole turns of somebody in a conversation, also those from before it began anew. Newest first.
    static func turns(of place: Conversation, limit: Int, _ connection: any SQLConnection) throws -> [HistoryMessage] {
        try connection.execute(
            """
            SELECT \(columns) FROM voice_messages WHERE conversation = $1 AND is_remembered = 1 AND user_id = $2
            ORDER BY turn DESC, direction DESC, id DESC LIMIT $3
            """, [.text(place.id), .text(place.user), .integer(limit)]
        ).map(HistoryMessage.init)
    }

    /// Has a conversation begin anew. Its messages are kept.
    public func reset(_ conversation: String) async throws {
        try await database.write { try Self.reset(conversation, $0) }
    }

    static func reset(_ conversation: String, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO voice_resets (conversation, after_id) SELECT $1, COALESCE(MAX(id), 0) FROM voice_messages WHERE conversation = $1
            ON CONFLICT (conversation) DO UPDATE SET after_id = excluded.after_id
            """, [.text(conversation)])
    }
}

extension HistoryMessage {
    init(_ row: SQLRow) throws {
        guard let id = row.integer("id"), let at = row.date("at"), let platform = row.text("platform").flatMap(MessagePlatform.init),
            let direction = row.text("direction").flatMap(Direction.init), let kind = row.text("message_type").flatMap(Kind.init)
        else { throw DatabaseError.failed(detail: "a row of messages can't be read") }
        self.init(
            direction, kind, row.text("content") ?? "", platform: platform, user: row.text("user_id") ?? "", chat: row.text("chat_id") ?? "",
            conversation: row.text("conversation"), message: row.text("message_id"))
        self.id = id
        self.at = at
        turn = row.integer("turn")
        isRemembered = row.bool("is_remembered")
        rawText = row.text("raw_text")
        formattedText = row.text("formatted_text")
        metadata = row.json("metadata")?.objectValue ?? [:]
    }
}

extension ThoughtFilter {
    /// What a model says, without what it thinks.
    static func words(of text: String) -> String {
        var filter = ThoughtFilter()
        return (filter.feed(text) + filter.finish()).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
