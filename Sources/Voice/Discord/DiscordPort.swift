import Foundation
import Foundations
import Networking

/// Sends, edits and fetches at Discord (https://discord.com/developers/docs/resources/message).
public struct DiscordPort: ChatPort {
    public let platform = ChatPlatform.discord
    public let maxTextUnits = 2000
    /// Voice messages carry nothing but sound.
    public let maxCaptionUnits = 0
    /// Five edits in five seconds are usual.
    public let editInterval: Duration = .milliseconds(1200)
    /// "The past few minutes".
    public let nonceLifetime: Duration = .seconds(120)

    private let rest: DiscordREST
    private let files: DiscordFiles

    /// A call, with all that it waits for.
    private static let patience: Duration = .seconds(60)
    private static let voiceFlag = 1 << 13
    private static let voiceName = "voice-message.ogg"
    private static let voiceType = "audio/ogg"
    private static let maxBars = 256

    public init(_ rest: DiscordREST) {
        self.rest = rest
        files = DiscordFiles(configuration: rest.configuration, network: rest.network)
    }

    public func send(_ markdown: String, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String {
        try await post(["content": .string(content(markdown))], to: chat, replyingTo: message, nonce: nonce)
    }

    public func edit(_ message: String, in chat: String, to markdown: String) async throws {
        let body: JSONValue = ["content": .string(content(markdown)), "allowed_mentions": Self.noMentions]
        _ = try await rest.call(.edit(message, in: chat), .json(body), deadline: .after(Self.patience))
    }

    public func delete(_ message: String, in chat: String) async throws {
        do {
            _ = try await rest.call(.delete(message, in: chat), deadline: .after(Self.patience))
        } catch ChatPortError.refused(let code) where code == 10_008 || code == 404 {
            // Somebody else was faster.
        }
    }

    public func show(_ activity: ChatActivity, in chat: String) async throws {
        _ = try await rest.call(.typing(in: chat), deadline: .after(Self.patience))
    }

    public func fetch(_ attachment: BotMessage.Attachment, into file: URL, maxBytes: Int) async throws {
        try await files.fetch(attachment, into: file, maxBytes: maxBytes)
    }

    /// Where the platform takes no voice message of the bot, the sound is sent as a file.
    public func sendVoice(_ voice: VoiceNote, caption: String?, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String {
        let limit = rest.configuration.maxFileBytes
        guard voice.ogg.count <= limit else { throw ChatPortError.fileTooLarge(limit: limit) }
        do {
            let body: [String: JSONValue] = [
                "flags": .integer(Self.voiceFlag),
                "attachments": [
                    [
                        "id": "0", "filename": .string(Self.voiceName), "uploaded_filename": .string(try await upload(voice, to: chat)),
                        "duration_secs": .number(voice.seconds),
                        "waveform": .string(Data(voice.waveform.prefix(Self.maxBars)).base64EncodedString()),
                    ]
                ],
            ]
            return try await post(body, to: chat, replyingTo: message, nonce: nonce)
        } catch ChatPortError.refused {
            let body: [String: JSONValue] = ["attachments": [["id": 0, "filename": .string(Self.voiceName)]]]
            return try await post(body, file: voice.ogg, to: chat, replyingTo: message, nonce: nonce)
        }
    }

    /// Brings the sound to where Discord wants it.
    /// - Returns: its name there.
    private func upload(_ voice: VoiceNote, to chat: String) async throws -> String {
        let wanted: JSONValue = ["files": [["id": "0", "filename": .string(Self.voiceName), "file_size": .integer(voice.ogg.count)]]]
        let answer = try await rest.call(.attachments(in: chat), .json(wanted), deadline: .after(Self.patience))
        guard let place = answer["attachments"]?.arrayValue?.first, let url = place["upload_url"]?.stringValue,
            let name = place["upload_filename"]?.stringValue
        else { throw ChatPortError.unexpectedAnswer }
        try await files.upload(voice.ogg, type: Self.voiceType, to: url)
        return name
    }

    // MARK: Messages

    private static let noMentions: JSONValue = ["parse": []]

    /// What doesn't fit any more as rendered is sent as it was written: Discord reads Markdown itself.
    private func content(_ markdown: String) -> String {
        let rendered = MarkdownDocument(markdown).rendered(as: .discord)
        return rendered.utf16.count <= maxTextUnits ? rendered : markdown
    }

    private func post(
        _ content: [String: JSONValue], file: Data? = nil, to chat: String, replyingTo message: String?, nonce: String?
    ) async throws -> String {
        var body = content
        body["allowed_mentions"] = Self.noMentions
        // Calls are repeated where their answers are lost: without a nonce, people would read the same twice.
        body["nonce"] = .string(Self.nonce(nonce ?? String(UInt64.random(in: .min ... .max), radix: 36)))
        body["enforce_nonce"] = true
        if let message { body["message_reference"] = ["message_id": .string(message), "channel_id": .string(chat), "fail_if_not_exists": false] }
        let sent = file.map { DiscordBody.form(.object(body), file: $0, name: Self.voiceName, type: Self.voiceType) } ?? .json(.object(body))
        let answer = try await rest.call(.send(to: chat), sent, deadline: .after(Self.patience))
        guard let id = answer["id"]?.stringValue else { throw ChatPortError.unexpectedAnswer }
        return id
    }

    /// Discord takes 25 characters: longer ones become short ones, the same each time.
    package static func nonce(_ text: String) -> String {
        guard text.utf16.count > 25 else { return text }
        // FNV-1a, https://www.rfc-editor.org/rfc/rfc9923.
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(text.unicodeScalars.filter(\.isASCII).prefix(8).map(Character.init)) + "-" + String(hash, radix: 16)
    }
}
