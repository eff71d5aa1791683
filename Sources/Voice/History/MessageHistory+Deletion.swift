import Foundation
import Foundations
import Jobs

/// Forgetting: what somebody wants deleted, and what has grown old.
extension MessageHistory {
    /// What was received is known for so long; platforms deliver it again for a day at most.
    private static let updatesKeptFor: Duration = .seconds(7 * 86_400)
    private static let rowsAtOnce = 1000

    /// Deletes messages and all else that is kept of those they belong to: turns with what they heard and answered, preferences and, for
    /// users, when they wrote. That an administrator blocked somebody stays.
    /// - Parameter keepsRates: when users wrote is kept for the day that limits look back on.
    /// - Returns: how many messages there were.
    /// - Throws: `HistoryError.nothingSelected`.
    @discardableResult
    public func delete(_ selection: MessageSelection, keepsRates: Bool = false) async throws -> Int {
        try await database.write { try Self.delete(selection, keepsRates: keepsRates, $0) }
    }

    static func delete(_ selection: MessageSelection, keepsRates: Bool, _ connection: any SQLConnection) throws -> Int {
        guard !selection.isEmpty else { throw HistoryError.nothingSelected }
        var owned = SQLConditions()
        owned.require("platform", selection.platform.map { .text($0.rawValue) })
        owned.require("user_id", selection.user.map(SQLValue.text))
        if !keepsRates, selection.chat == nil {
            try connection.execute("DELETE FROM voice_accepted \(owned.clause)", owned.values)
            try connection.execute("DELETE FROM voice_senders \(owned.clause) AND blocked_at IS NULL", owned.values)
        }
        owned.require("chat_id", selection.chat.map(SQLValue.text))
        try connection.execute("DELETE FROM voice_preferences \(owned.clause)", owned.values)
        let messages = try connection.execute("DELETE FROM voice_messages \(owned.clause) RETURNING id", owned.values).count
        try dropLooseResets(connection)
        let turns = turns(of: selection)
        try connection.execute("DELETE FROM jobs \(turns.clause)", turns.values)
        return messages
    }

    /// Deletes a conversation's messages, whoever wrote them.
    /// - Returns: how many there were.
    @discardableResult
    public func deleteConversation(_ id: String) async throws -> Int { try await database.write { try Self.deleteConversation(id, $0) } }

    static func deleteConversation(_ id: String, _ connection: any SQLConnection) throws -> Int {
        let rows = try connection.execute("DELETE FROM voice_messages WHERE conversation = $1 RETURNING id", [.text(id)])
        try dropLooseResets(connection)
        return rows.count
    }

    private static func dropLooseResets(_ connection: any SQLConnection) throws {
        try connection.execute(
            "DELETE FROM voice_resets WHERE NOT EXISTS (SELECT 1 FROM voice_messages m WHERE m.conversation = voice_resets.conversation)")
    }

    /// The jobs that are turns of a selection.
    private static func turns(of selection: MessageSelection) -> SQLConditions {
        let platforms = ChatPlatform.allCases.filter { selection.platform == nil || selection.platform == $0.messagePlatform }
        var conditions = SQLConditions()
        conditions.require("kind", .text(ChatTurn.kind))
        func require(_ column: String, anyOf values: [String]) {
            // None: a platform without bots has no turns.
            let places = values.map { conditions.place(.text($0)) }
            conditions.add(places.isEmpty ? "1 = 0" : "\(column) IN (\(places.joined(separator: ", ")))")
        }
        if let user = selection.user { require("owner", anyOf: platforms.map { ChatTurn.owner($0, user) }) }
        if let chat = selection.chat { require("subject", anyOf: platforms.map { ChatTurn.subject($0, chat) }) }
        if selection.user == nil, selection.chat == nil {
            let prefixes = platforms.map { "subject LIKE '\($0.rawValue):%'" }
            conditions.add(prefixes.isEmpty ? "1 = 0" : "(\(prefixes.joined(separator: " OR ")))")
        }
        return conditions
    }

    /// Deletes what is older than it is kept for: messages, turns that ended, and what was counted.
    /// - Returns: how many messages.
    @discardableResult
    public func sweep() async throws -> Int {
        let now = Date()
        let oldest = now - retention
        try await database.write { connection in
            try connection.execute("DELETE FROM voice_updates WHERE at < $1", [.date(now - Self.updatesKeptFor)])
            try connection.execute("DELETE FROM voice_accepted WHERE at < $1", [.date(now - RateWindow.longest)])
            try connection.execute("DELETE FROM voice_senders WHERE blocked_at IS NULL AND seen_at < $1", [.date(now - RateWindow.longest)])
        }
        _ = try await drop(
            """
            DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE kind = '\(ChatTurn.kind)' AND completed_at IS NOT NULL AND completed_at < $1
            """, oldest)
        let messages = try await drop("DELETE FROM voice_messages WHERE id IN (SELECT id FROM voice_messages WHERE at < $1", oldest)
        if messages > 0 { try await database.write { try Self.dropLooseResets($0) } }
        return messages
    }

    /// Deletes some rows at a time, so that nobody waits for long.
    /// - Parameter statement: up to the inner query's conditions.
    private func drop(_ statement: String, _ date: Date) async throws -> Int {
        var total = 0
        while true {
            let gone = try await database.write { connection in
                try connection.execute("\(statement) LIMIT \(Self.rowsAtOnce)) RETURNING 1 AS one", [.date(date)]).count
            }
            total += gone
            if gone < Self.rowsAtOnce { return total }
            try Task.checkCancellation()
        }
    }
}

extension Date {
    static func - (date: Date, duration: Duration) -> Date { date.addingTimeInterval(-(duration / .seconds(1))) }
    static func + (date: Date, duration: Duration) -> Date { date.addingTimeInterval(duration / .seconds(1)) }
}
