import Foundation
import Foundations

/// Where a conversation takes place.
public enum MessagePlatform: String, Sendable, Codable, CaseIterable { case telegram, discord, web, cli }

/// One message of a conversation, as it is kept.
public struct HistoryMessage: Sendable, Equatable, Identifiable {
    public enum Direction: String, Sendable, CaseIterable {
        case incoming = "in"
        case outgoing = "out"
    }

    public enum Kind: String, Sendable, CaseIterable { case text, voice, error, status }

    /// 0 until it is kept.
    public var id: Int64 = 0
    public var at = Date()
    public var platform: MessagePlatform
    public var direction: Direction
    /// Who wrote it, or whom it answers.
    public var user: String
    public var chat: String
    /// `nil` for what belongs to no conversation, such as commands.
    public var conversation: String?
    /// The id of the message that the turn began with.
    public var turn: Int64?
    /// Whether the model is reminded of it.
    public var isRemembered = false
    public var kind: Kind
    /// What was sent, or what was said.
    public var content: String
    /// The platform's id.
    public var message: String?
    /// What the model wrote, all of it and unchanged.
    public var rawText: String?
    /// The content in the platform's own markup.
    public var formattedText: String?
    public var metadata: [String: JSONValue] = [:]

    public init(
        _ direction: Direction, _ kind: Kind, _ content: String, platform: MessagePlatform, user: String, chat: String,
        conversation: String? = nil, message: String? = nil
    ) {
        self.direction = direction
        self.kind = kind
        self.content = content
        self.platform = platform
        self.user = user
        self.chat = chat
        self.conversation = conversation
        self.message = message
    }

    public init(_ direction: Direction, _ kind: Kind, _ content: String, in conversation: Conversation, message: String? = nil) {
        self.init(
            direction, kind, content, platform: conversation.platform, user: conversation.user, chat: conversation.chat,
            conversation: conversation.id, message: message)
    }
}

extension HistoryMessage {
    /// The message as HTTP and the command line give it, the fields in their order.
    public var fields: [(name: String, value: JSONValue)] {
        [
            ("id", .integer(Int(id))),
            ("timestamp", .string(at.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))),
            ("platform", .string(platform.rawValue)),
            ("direction", .string(direction.rawValue)),
            ("user_id", .string(user)),
            ("chat_id", .string(chat)),
            ("conversation", conversation.map(JSONValue.string) ?? .null),
            ("message_content", .string(content)),
            ("message_type", .string(kind.rawValue)),
            ("message_id", message.map(JSONValue.string) ?? .null),
            ("raw_text", rawText.map(JSONValue.string) ?? .null),
            ("formatted_text", formattedText.map(JSONValue.string) ?? .null),
            ("rendering_metadata", .object(metadata)),
        ]
    }

    public var json: JSONValue { .object(Dictionary(fields.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })) }

    /// JSON text with the fields in their order, for those who read it themselves.
    public var jsonText: String {
        let members = fields.map { name, value in "\"\(name)\":\(String(decoding: value.encoded(), as: UTF8.self))" }
        return "{" + members.joined(separator: ",") + "}"
    }
}

/// Whose conversation it is, and where. Its id holds the user's where only one user may take part: nobody else can name it.
public struct Conversation: Sendable, Equatable {
    public var platform: MessagePlatform
    public var user: String
    /// The chat on platforms that have them; on the web and the command line the name that the caller chose or was given.
    public var chat: String

    public init(_ platform: MessagePlatform, user: String, chat: String) {
        self.platform = platform
        self.user = user
        self.chat = chat
    }

    public var id: String {
        switch platform {
        case .telegram, .discord: "\(platform.rawValue):\(chat)"
        case .web, .cli: "\(platform.rawValue):\(Self.escaped(user)):\(chat)"
        }
    }

    /// A name for a new conversation.
    public static func newName() -> String { UUID().uuidString.lowercased() }

    /// Whether callers may give a conversation this name.
    public static func isName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && text.utf8.allSatisfy { ($0 | 0x20).isLetter || $0.isDigit || [0x2D, 0x2E, 0x5F].contains($0) }
    }

    private static func escaped(_ user: String) -> String {
        user.replacingOccurrences(of: "%", with: "%25").replacingOccurrences(of: ":", with: "%3A")
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
