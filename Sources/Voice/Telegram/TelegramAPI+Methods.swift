import Foundation
import Foundations
import Networking
import Logging

/// A command that Telegram shows in the bot's menu.
public struct TelegramCommand: Sendable, Equatable {
    /// Without the slash: small letters, digits and underscores.
    public var name: String
    public var description: String

    public init(name: String, description: String) {
        self.name = name
        self.description = description
    }
}

/// A text with or without markup.
package enum TelegramText: Sendable {
    case html(String)
    case plain(String)
}

/// The methods of the Bot API. Each throws what `call` throws.
extension TelegramAPI {
    /// The bot's own name, without the @. Shows that the token is valid.
    public func name(deadline: Deadline) async throws -> String {
        guard let name = try await call("getMe", deadline: deadline)["username"]?.stringValue else { throw ChatPortError.unexpectedAnswer }
        return name
    }

    // MARK: Receiving

    /// Waits for messages. Those before `offset` are forgotten by Telegram.
    func updates(from offset: Int?, wait: Duration, deadline: Deadline) async throws -> [JSONValue] {
        var parameters: [String: JSONValue] = ["timeout": .integer(Int(wait / .seconds(1))), "allowed_updates": Self.wantedUpdates]
        if let offset { parameters["offset"] = .integer(offset) }
        guard let updates = try await call("getUpdates", parameters, deadline: deadline).arrayValue else {
            throw ChatPortError.unexpectedAnswer
        }
        return updates
    }

    func setWebhook(_ url: String, secret: String, deadline: Deadline) async throws {
        _ = try await call(
            "setWebhook", ["url": .string(url), "secret_token": .string(secret), "allowed_updates": Self.wantedUpdates], deadline: deadline)
    }

    /// What waits to be delivered is kept.
    func deleteWebhook(deadline: Deadline) async throws {
        _ = try await call("deleteWebhook", ["drop_pending_updates": false], deadline: deadline)
    }

    /// Puts commands into the bot's menu. A bot works as well without: that it failed is only logged.
    /// - Throws: `CancellationError`.
    func announce(_ commands: [TelegramCommand], _ logger: Logger, deadline: Deadline) async throws {
        guard !commands.isEmpty else { return }
        let list = commands.map { JSONValue.object(["command": .string($0.name), "description": .string($0.description)]) }
        do {
            _ = try await call("setMyCommands", ["commands": .array(list)], deadline: deadline)
        } catch {
            try Task.checkCancellation()
            logger.warning("the bot's menu of commands wasn't set", metadata: ["reason": "\(ErrorReport(error).message)"])
        }
    }

    private static let wantedUpdates: JSONValue = ["message"]

    // MARK: Sending

    /// - Returns: the message's id.
    func sendMessage(_ text: TelegramText, to chat: String, replyingTo message: String?, deadline: Deadline) async throws -> String {
        var parameters = Self.parameters(text)
        parameters["chat_id"] = Self.chat(chat)
        parameters["reply_parameters"] = Self.reply(to: message)
        return try Self.messageID(await call("sendMessage", parameters, deadline: deadline))
    }

    func editMessage(_ message: String, in chat: String, to text: TelegramText, deadline: Deadline) async throws {
        var parameters = Self.parameters(text)
        parameters["chat_id"] = Self.chat(chat)
        parameters["message_id"] = try Self.id(message)
        do {
            _ = try await call("editMessageText", parameters, deadline: deadline)
        } catch TelegramFault.notModified {}
    }

    func deleteMessage(_ message: String, in chat: String, deadline: Deadline) async throws {
        do {
            _ = try await call("deleteMessage", ["chat_id": Self.chat(chat), "message_id": try Self.id(message)], deadline: deadline)
        } catch TelegramFault.nothingToDelete {}
    }

    /// - Returns: the message's id.
    func sendVoice(
        _ voice: VoiceNote, caption: String?, to chat: String, replyingTo message: String?, deadline: Deadline
    ) async throws -> String {
        var form = FormBody()
        form.add("chat_id", chat)
        form.add("duration", String(max(1, Int(voice.seconds.rounded()))))
        if let caption, !caption.isEmpty { form.add("caption", caption) }
        if let reply = Self.reply(to: message) { form.add("reply_parameters", String(decoding: reply.encoded(), as: UTF8.self)) }
        form.add("voice", file: voice.ogg, name: "voice.ogg", type: "audio/ogg")
        return try Self.messageID(await call("sendVoice", form, deadline: deadline))
    }

    func sendAction(_ activity: ChatActivity, in chat: String, deadline: Deadline) async throws {
        let action =
            switch activity {
            case .typing: "typing"
            case .recordingVoice: "record_voice"
            }
        _ = try await call("sendChatAction", ["chat_id": Self.chat(chat), "action": .string(action)], deadline: deadline)
    }

    // MARK: Files

    /// Where a file is, and how large, where Telegram says so.
    func file(_ id: String, deadline: Deadline) async throws -> (path: String, bytes: Int?) {
        let file = try await call("getFile", ["file_id": .string(id)], deadline: deadline)
        guard let path = file["file_path"]?.stringValue else { throw ChatPortError.unexpectedAnswer }
        return (path, file["file_size"]?.intValue)
    }

    // MARK: Parameters

    private static func parameters(_ text: TelegramText) -> [String: JSONValue] {
        switch text {
        case .html(let text): ["text": .string(text), "parse_mode": "HTML", "link_preview_options": ["is_disabled": true]]
        case .plain(let text): ["text": .string(text), "link_preview_options": ["is_disabled": true]]
        }
    }

    private static func chat(_ chat: String) -> JSONValue { Int(chat).map(JSONValue.integer) ?? .string(chat) }

    private static func id(_ message: String) throws -> JSONValue {
        guard let id = Int(message) else { throw ChatPortError.refused(code: 400) }
        return .integer(id)
    }

    /// The answer is sent also when the question was deleted meanwhile.
    private static func reply(to message: String?) -> JSONValue? {
        message.flatMap { Int($0) }.map { ["message_id": .integer($0), "allow_sending_without_reply": true] }
    }

    private static func messageID(_ result: JSONValue) throws -> String {
        guard let id = result["message_id"]?.intValue else { throw ChatPortError.unexpectedAnswer }
        return String(id)
    }
}
