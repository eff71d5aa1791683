import Foundation
import Foundations
import Jobs

/// What somebody wants of the bot in a chat.
public struct ChatPreferences: Sendable, Equatable, Codable {
    /// How answers come. Text always comes; it is what remains to be read.
    public enum Mode: String, Sendable, Codable, CaseIterable {
        /// Also spoken, always.
        case voice
        /// Never spoken.
        case text
        /// Also spoken when the question was.
        case both
    }

    /// ISO 639-1; `nil`: as heard.
    public var language: String?
    public var mode: Mode = .both
    /// A voice of the speaking model; `nil`: its default.
    public var voice: String?
    /// Who the model is to be; `nil`: as configured.
    public var persona: String?

    public init() {}

    public func speaks(to question: BotMessage) -> Bool {
        switch mode {
        case .voice: true
        case .text: false
        case .both: question.attachment != nil
        }
    }

    // What an older version wrote lacks fields.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        language = try values.decodeIfPresent(String.self, forKey: .language)
        mode = try values.decodeIfPresent(String.self, forKey: .mode).flatMap(Mode.init) ?? .both
        voice = try values.decodeIfPresent(String.self, forKey: .voice)
        persona = try values.decodeIfPresent(String.self, forKey: .persona)
    }
}

extension ChatPreferences {
    static func of(_ message: BotMessage, _ connection: any SQLConnection) throws -> ChatPreferences {
        let rows = try connection.execute(
            "SELECT value FROM voice_preferences WHERE platform = $1 AND user_id = $2 AND chat_id = $3", key(message))
        guard let text = rows.first?.text("value") else { return ChatPreferences() }
        return (try? JSONDecoder().decode(ChatPreferences.self, from: Data(text.utf8))) ?? ChatPreferences()
    }

    func keep(for message: BotMessage, _ connection: any SQLConnection) throws {
        let text = (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        try connection.execute(
            """
            INSERT INTO voice_preferences (platform, user_id, chat_id, value, updated_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (platform, user_id, chat_id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
            """, Self.key(message) + [.text(text), .integer(try connection.now())])
    }

    private static func key(_ message: BotMessage) -> [SQLValue] {
        [.text(message.platform.rawValue), .text(message.user), .text(message.chat)]
    }
}
