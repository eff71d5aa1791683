import Foundation
import Foundations
import Jobs

/// How much there is of everything.
public struct HistoryStatistics: Sendable, Equatable {
    public var total = 0
    public var byPlatform: [String: Int] = [:]
    public var byKind: [String: Int] = [:]
    public var byDirection: [String: Int] = [:]
    public var users = 0
    public var chats = 0
    public var oldest: Date?
    public var retention: Duration

    public init(retention: Duration) { self.retention = retention }

    /// `max_entries` is null: messages are kept for a time, however many there are.
    public var json: JSONValue {
        func counts(_ values: [String: Int]) -> JSONValue { .object(values.mapValues(JSONValue.integer)) }
        return [
            "total_messages": .integer(total), "max_entries": .null, "retention_seconds": .integer(Int(retention / .seconds(1))),
            "by_platform": counts(byPlatform), "by_type": counts(byKind), "by_direction": counts(byDirection), "unique_users": .integer(users),
            "unique_chats": .integer(chats), "oldest": oldest.map { .string($0.formatted(.iso8601)) } ?? .null,
        ]
    }
}

extension MessageHistory {
    public func statistics() async throws -> HistoryStatistics {
        let retention = retention
        return try await database.read { connection in
            var statistics = HistoryStatistics(retention: retention)
            func counts(_ column: String) throws -> [String: Int] {
                let rows = try connection.execute("SELECT \(column) AS word, COUNT(*) AS number FROM voice_messages GROUP BY \(column)")
                return Dictionary(rows.map { ($0.text("word") ?? "", $0.int("number") ?? 0) }, uniquingKeysWith: +)
            }
            func distinct(_ column: String) throws -> Int {
                try connection.execute(
                    "SELECT COUNT(*) AS number FROM (SELECT DISTINCT platform, \(column) FROM voice_messages) AS different"
                ).first?.int("number") ?? 0
            }
            statistics.byPlatform = try counts("platform")
            statistics.byKind = try counts("message_type")
            statistics.byDirection = try counts("direction")
            statistics.total = statistics.byDirection.values.reduce(0, +)
            statistics.users = try distinct("user_id")
            statistics.chats = try distinct("chat_id")
            statistics.oldest = try connection.execute("SELECT MIN(at) AS at FROM voice_messages").first?.date("at")
            return statistics
        }
    }
}
