import Foundation
import Foundations

/// What Telegram delivers (https://core.telegram.org/bots/api#update), as far as it matters here.
package struct TelegramUpdate: Sendable, Equatable {
    package var id: Int
    /// `nil`: nothing that somebody says to the bot, such as an edited message, a post in a channel, a bot's message or a service message.
    package var message: BotMessage?

    package init(id: Int, message: BotMessage?) {
        self.id = id
        self.message = message
    }

    /// - Parameter botName: without the @; commands to other bots are passed over.
    /// - Returns: `nil` for what isn't an update.
    package init?(_ value: JSONValue, botName: String?) {
        guard let id = value["update_id"]?.intValue else { return nil }
        self.id = id
        message = value["message"].flatMap { Self.message($0, update: id, botName: botName) }
    }

    private static func message(_ value: JSONValue, update: Int, botName: String?) -> BotMessage? {
        guard let message = value["message_id"]?.intValue, let chat = value["chat"], let chatID = chat["id"]?.intValue,
            chat["type"]?.stringValue != "channel", let sender = value["from"], let user = sender["id"]?.intValue,
            sender["is_bot"]?.boolValue != true
        else { return nil }
        let attachment = attachment(value)
        var text = value["text"]?.stringValue ?? (attachment == nil ? nil : value["caption"]?.stringValue)
        guard text != nil || attachment != nil else { return nil }
        if let said = text {
            guard let own = command(said, botName: botName) else { return nil }
            text = own
        }
        return BotMessage(
            platform: .telegram, update: "telegram:\(update)", chat: String(chatID), user: String(user), userName: name(sender),
            message: String(message), language: language(sender), text: text, attachment: attachment,
            sent: value["date"]?.doubleValue.map(Date.init(timeIntervalSince1970:)) ?? Date())
    }

    /// In groups people write `/command@name` to say which bot they mean.
    /// - Returns: the text without the bot's name; `nil` for a command to another bot.
    private static func command(_ text: String, botName: String?) -> String? {
        guard let match = text.prefixMatch(of: #/(\/[A-Za-z0-9_]+)@([A-Za-z0-9_]+)(?![A-Za-z0-9_])/#) else { return text }
        if let botName, botName.lowercased() != match.2.lowercased() { return nil }
        return String(match.1) + text[match.range.upperBound...]
    }

    private static func attachment(_ message: JSONValue) -> BotMessage.Attachment? {
        for kind in ["voice", "audio", "video_note", "document"] {
            guard let file = message[kind], let id = file["file_id"]?.stringValue else { continue }
            if kind == "document", !isSound(file) { continue }
            // Whole seconds, in which a short recording has none: that says nothing.
            let seconds = file["duration"]?.doubleValue.flatMap { $0 > 0 ? $0 : nil }
            return BotMessage.Attachment(reference: id, seconds: seconds, bytes: file["file_size"]?.intValue)
        }
        return nil
    }

    private static func isSound(_ document: JSONValue) -> Bool {
        guard let type = document["mime_type"]?.stringValue?.lowercased() else { return false }
        return type.hasPrefix("audio/") || type == "application/ogg"
    }

    private static func name(_ user: JSONValue) -> String? { user["username"]?.stringValue ?? user["first_name"]?.stringValue }

    /// `pt-br` is `pt`; languages that have no code of two letters are left out.
    private static func language(_ user: JSONValue) -> String? {
        guard let code = user["language_code"]?.stringValue?.lowercased().split(separator: "-").first, code.count == 2 else { return nil }
        return String(code)
    }
}
