import Foundation
import Foundations
import Jobs

/// Which messages; what is `nil` doesn't matter.
public struct MessageFilter: Sendable, Equatable {
    public var platform: MessagePlatform?
    public var user: String?
    public var chat: String?
    public var conversation: String?
    public var kind: HistoryMessage.Kind?
    public var direction: HistoryMessage.Direction?
    public var since: Date?

    public init(
        platform: MessagePlatform? = nil, user: String? = nil, chat: String? = nil, conversation: String? = nil,
        kind: HistoryMessage.Kind? = nil, direction: HistoryMessage.Direction? = nil, since: Date? = nil
    ) {
        self.platform = platform
        self.user = user
        self.chat = chat
        self.conversation = conversation
        self.kind = kind
        self.direction = direction
        self.since = since
    }

    /// The messages of the last hours.
    public func within(hours: Double) -> MessageFilter {
        var filter = self
        filter.since = Date(timeIntervalSinceNow: -hours * 3600)
        return filter
    }

    var conditions: SQLConditions {
        var conditions = SQLConditions()
        conditions.require("platform", platform.map { .text($0.rawValue) })
        conditions.require("user_id", user.map(SQLValue.text))
        conditions.require("chat_id", chat.map(SQLValue.text))
        conditions.require("conversation", conversation.map(SQLValue.text))
        conditions.require("message_type", kind.map { .text($0.rawValue) })
        conditions.require("direction", direction.map { .text($0.rawValue) })
        conditions.require("at", since.map(SQLValue.date), ">=")
        return conditions
    }
}

/// A part of the messages that were asked for, newest first.
public struct MessagePage: Sendable, Equatable {
    public var messages: [HistoryMessage]
    /// What to ask for to get those before them; `nil`: there are none.
    public var next: Int64?

    public var json: JSONValue { ["messages": .array(messages.map(\.json)), "next": next.map { .integer(Int($0)) } ?? .null] }
}

/// Whose messages are deleted. What is `nil` doesn't matter, but something must be named.
public struct MessageSelection: Sendable, Equatable {
    public var platform: MessagePlatform?
    public var user: String?
    public var chat: String?

    public init(platform: MessagePlatform? = nil, user: String? = nil, chat: String? = nil) {
        self.platform = platform
        self.user = user
        self.chat = chat
    }

    public var isEmpty: Bool { platform == nil && user == nil && chat == nil }
}

/// The conditions of a `WHERE`, with their values.
struct SQLConditions {
    private(set) var texts: [String] = []
    private(set) var values: [SQLValue] = []

    /// - Parameter value: `nil`: no condition.
    mutating func require(_ column: String, _ value: SQLValue?, _ comparison: String = "=") {
        guard let value else { return }
        values.append(value)
        texts.append("\(column) \(comparison) $\(values.count)")
    }

    mutating func add(_ text: String) { texts.append(text) }

    /// The place of another value.
    mutating func place(_ value: SQLValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    var clause: String { texts.isEmpty ? "" : "WHERE " + texts.joined(separator: " AND ") }
}

/// What can go wrong with the history itself.
public enum HistoryError: ReportableError, Equatable {
    case messageNotFound
    /// Nothing says whose messages are to be deleted.
    case nothingSelected

    public var report: ErrorReport {
        switch self {
        case .messageNotFound: ErrorReport(.notFound, code: "message_not_found", "There is no message with this id.")
        case .nothingSelected:
            ErrorReport(.invalidRequest, code: "nothing_selected", "Name whose messages to delete: user_id, chat_id or platform.")
        }
    }
}
