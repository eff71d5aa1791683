import Foundation
import Foundations

/// Reads the messages that Discord delivers, and knows which of them are for the bot.
package enum DiscordMessage {
    private static let voiceFlag = 1 << 13
    /// Messages that people write; the other types tell of joins, pins, calls and the like.
    private static let types = [0, 19]
    private static let soundEndings = ["ogg", "oga", "opus", "mp3", "m4a", "aac", "wav", "flac"]

    /// - Parameters:
    ///   - bot: the bot's own user id.
    ///   - isDirect: whether the channel belongs to the bot and one user; everything written there is for the bot. Elsewhere it is
    ///     what mentions the bot, replies to it, or is one of its commands: other bots of a server listen to "!" as well.
    /// - Returns: `nil` for what isn't for the bot, comes from a bot, or has neither text nor sound.
    package static func read(_ message: JSONValue, bot: String, isDirect: Bool) -> BotMessage? {
        guard let id = message["id"]?.stringValue, let channel = message["channel_id"]?.stringValue, let author = message["author"],
            let user = author["id"]?.stringValue, let number = UInt64(id), UInt64(channel) != nil
        else { return nil }
        guard author["bot"]?.boolValue != true, author["system"]?.boolValue != true, message["webhook_id"]?.stringValue == nil, user != bot,
            types.contains(message["type"]?.intValue ?? 0)
        else { return nil }
        let mentions = message["mentions"]?.arrayValue ?? []
        let text = text(message["content"]?.stringValue ?? "", mentions: mentions, bot: bot)
        let isReply = message["referenced_message"]?["author"]?["id"]?.stringValue == bot
        let isMention = mentions.contains { $0["id"]?.stringValue == bot }
        guard isDirect || isReply || isMention || isKnownCommand(text) else { return nil }
        let attachment = sound(in: message)
        guard !text.isEmpty || attachment != nil else { return nil }
        return BotMessage(
            platform: .discord, update: "discord:\(id)", chat: channel, user: user,
            userName: author["global_name"]?.stringValue ?? author["username"]?.stringValue, message: id,
            text: text.isEmpty ? nil : isCommand(text) ? "/" + text.dropFirst() : text, attachment: attachment, sent: Snowflake.date(of: number))
    }

    private static func isCommand(_ text: String) -> Bool { text.hasPrefix("!") && text.dropFirst().first?.isLetter == true }

    private static func isKnownCommand(_ text: String) -> Bool {
        isCommand(text) && ChatCommand(text, on: .discord).map { $0 != .unknown } == true
    }

    /// The content without mentions of the bot, and with names where others are mentioned.
    private static func text(_ content: String, mentions: [JSONValue], bot: String) -> String {
        var text = content
        for mention in mentions {
            guard let id = mention["id"]?.stringValue else { continue }
            let name = id == bot ? "" : "@" + (mention["global_name"]?.stringValue ?? mention["username"]?.stringValue ?? "somebody")
            for mark in ["<@\(id)>", "<@!\(id)>"] { text = text.replacingOccurrences(of: mark, with: name) }
        }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func sound(in message: JSONValue) -> BotMessage.Attachment? {
        let isVoice = (message["flags"]?.intValue ?? 0) & voiceFlag != 0
        for attachment in message["attachments"]?.arrayValue ?? [] {
            guard let url = attachment["url"]?.stringValue else { continue }
            let type = attachment["content_type"]?.stringValue?.lowercased()
            let ending = attachment["filename"]?.stringValue?.lowercased().split(separator: ".").last.map(String.init) ?? ""
            guard isVoice || type?.hasPrefix("audio/") == true || type == nil && soundEndings.contains(ending) else { continue }
            return BotMessage.Attachment(reference: url, seconds: attachment["duration_secs"]?.doubleValue, bytes: attachment["size"]?.intValue)
        }
        return nil
    }
}
