import Foundation
import Foundations
import Jobs

/// What is known of those who write to bots, in the database. All run inside somebody's transaction.
enum ChatSenders {
    /// Notes that somebody wrote, and gives what is known. Two messages of one sender are judged one after the other: the second one waits
    /// here for the first one's transaction.
    static func facts(of message: BotMessage, _ policy: SendersPolicy, _ connection: any SQLConnection) throws -> SendersPolicy.Facts {
        let now = try connection.now()
        let rows = try connection.execute(
            """
            INSERT INTO voice_senders (platform, user_id, seen_at) VALUES ($1, $2, $3)
            ON CONFLICT (platform, user_id) DO UPDATE SET seen_at = excluded.seen_at RETURNING refused_at, slowed_at, blocked_at
            """, key(message) + [.integer(now)])
        guard let row = rows.first else { throw DatabaseError.failed(detail: "no row for a sender") }
        var facts = SendersPolicy.Facts(
            isBlocked: row.integer("blocked_at") != nil, refused: row.date("refused_at"), slowed: row.date("slowed_at"))
        for window in policy.windows {
            let since = now - window.span.duration.microseconds
            facts.limiting[window.span] = try connection.execute(
                """
                SELECT at FROM voice_accepted WHERE platform = $1 AND user_id = $2 AND at > $3 ORDER BY at DESC LIMIT 1 OFFSET $4
                """, key(message) + [.integer(since), .integer(window.limit - 1)]
            ).first?.date("at")
        }
        return facts
    }

    /// When somebody who may not talk to the bot was told so last. Notes nothing: whoever writes again and again leaves no trace.
    static func refused(_ message: BotMessage, _ connection: any SQLConnection) throws -> Date? {
        try connection.execute("SELECT refused_at FROM voice_senders WHERE platform = $1 AND user_id = $2", key(message)).first?.date("refused_at")
    }

    /// Notes that somebody is told no.
    static func noteRefusal(_ message: BotMessage, _ connection: any SQLConnection) throws {
        try connection.execute(
            """
            INSERT INTO voice_senders (platform, user_id, seen_at, refused_at) VALUES ($1, $2, $3, $3)
            ON CONFLICT (platform, user_id) DO UPDATE SET refused_at = excluded.refused_at
            """, key(message) + [.integer(try connection.now())])
    }

    static func noteSlowing(_ message: BotMessage, _ connection: any SQLConnection) throws {
        try connection.execute(
            "UPDATE voice_senders SET slowed_at = $3 WHERE platform = $1 AND user_id = $2", key(message) + [.integer(try connection.now())])
    }

    static func noteAcceptance(_ message: BotMessage, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO voice_accepted (platform, user_id, at) VALUES ($1, $2, $3)", key(message) + [.integer(try connection.now())])
    }

    // MARK: Blocking

    static func block(_ user: String, on platform: ChatPlatform, by admin: String, reason: String?, _ connection: any SQLConnection) throws {
        let now = SQLValue.integer(try connection.now())
        try connection.execute(
            """
            INSERT INTO voice_senders (platform, user_id, seen_at, blocked_at, blocked_by, reason) VALUES ($1, $2, $3, $3, $4, $5)
            ON CONFLICT (platform, user_id) DO UPDATE SET blocked_at = excluded.blocked_at, blocked_by = excluded.blocked_by, reason = excluded.reason
            """, [.text(platform.rawValue), .text(user), now, .text(admin), .optional(reason)])
    }

    /// - Returns: whether the user was blocked.
    static func unblock(_ user: String, on platform: ChatPlatform, _ connection: any SQLConnection) throws -> Bool {
        let rows = try connection.execute(
            """
            UPDATE voice_senders SET blocked_at = NULL, blocked_by = NULL, reason = NULL, refused_at = NULL
            WHERE platform = $1 AND user_id = $2 AND blocked_at IS NOT NULL RETURNING user_id
            """, [.text(platform.rawValue), .text(user)])
        return !rows.isEmpty
    }

    struct Blocked: Sendable, Equatable {
        var user: String
        var at: Date
        var reason: String?
    }

    /// - Returns: the users blocked last, and how many there are.
    static func blocked(on platform: ChatPlatform, limit: Int, _ connection: any SQLConnection) throws -> (users: [Blocked], total: Int) {
        let total = try connection.execute(
            "SELECT COUNT(*) AS number FROM voice_senders WHERE platform = $1 AND blocked_at IS NOT NULL", [.text(platform.rawValue)]
        ).first?.int("number") ?? 0
        let rows = try connection.execute(
            """
            SELECT user_id, blocked_at, reason FROM voice_senders WHERE platform = $1 AND blocked_at IS NOT NULL
            ORDER BY blocked_at DESC, user_id LIMIT $2
            """, [.text(platform.rawValue), .integer(limit)])
        let users = rows.compactMap { row in
            row.date("blocked_at").map { Blocked(user: row.text("user_id") ?? "", at: $0, reason: row.text("reason")) }
        }
        return (users, total)
    }

    // MARK: What was received

    static func isKnown(_ message: BotMessage, _ connection: any SQLConnection) throws -> Bool {
        try isKnown(message.update, on: message.platform, connection)
    }

    static func isKnown(_ update: String, on platform: ChatPlatform, _ connection: any SQLConnection) throws -> Bool {
        try !connection.execute(
            "SELECT 1 AS one FROM voice_updates WHERE platform = $1 AND update_id = $2", [.text(platform.rawValue), .text(update)]
        ).isEmpty
    }

    /// Notes a message as received.
    /// - Returns: whether it is the first time.
    static func isNew(_ message: BotMessage, _ connection: any SQLConnection) throws -> Bool {
        try isNew(message.update, on: message.platform, connection)
    }

    static func isNew(_ update: String, on platform: ChatPlatform, _ connection: any SQLConnection) throws -> Bool {
        let rows = try connection.execute(
            """
            INSERT INTO voice_updates (platform, update_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING update_id
            """, [.text(platform.rawValue), .text(update), .integer(try connection.now())])
        return !rows.isEmpty
    }

    private static func key(_ message: BotMessage) -> [SQLValue] { [.text(message.platform.rawValue), .text(message.user)] }
}

extension Duration {
    fileprivate var microseconds: Int64 { Int64(self / .microseconds(1)) }
}
