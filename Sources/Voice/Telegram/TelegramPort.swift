import Foundation
import Foundations

/// Telegram, for conversations. Messages leave at the pace that Telegram allows.
public struct TelegramPort: ChatPort {
    public let platform = ChatPlatform.telegram
    public let maxTextUnits = 4096
    public let maxCaptionUnits = 1024
    public let editInterval: Duration = .milliseconds(1200)

    private let api: TelegramAPI
    private let pacer: SendPacer

    private static let timeout: Duration = .seconds(30)
    /// For calls that carry files.
    private static let transferTimeout: Duration = .seconds(120)
    /// What a call itself gets at least, whatever it waited before: one that is cut short may have been carried out all the same.
    private static let shortest: Duration = .seconds(10)

    public init(api: TelegramAPI) { self.init(api: api, pace: SendPace()) }

    package init(api: TelegramAPI, pace: SendPace) {
        self.api = api
        pacer = SendPacer(pace)
    }

    public func send(_ markdown: String, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String {
        try await withMarkup(markdown) { text in
            try await paced(.message, in: chat) { try await api.sendMessage(text, to: chat, replyingTo: message, deadline: $0) }
        }
    }

    public func edit(_ message: String, in chat: String, to markdown: String) async throws {
        try await withMarkup(markdown) { text in
            try await paced(.message, in: chat) { try await api.editMessage(message, in: chat, to: text, deadline: $0) }
        }
    }

    public func delete(_ message: String, in chat: String) async throws {
        try await paced(.call, in: chat) { try await api.deleteMessage(message, in: chat, deadline: $0) }
    }

    public func sendVoice(
        _ voice: VoiceNote, caption: String?, to chat: String, replyingTo message: String?, nonce: String?
    ) async throws -> String {
        try await paced(.message, in: chat, timeout: Self.transferTimeout) {
            try await api.sendVoice(voice, caption: caption, to: chat, replyingTo: message, deadline: $0)
        }
    }

    /// Nobody misses an activity that isn't shown: where it would have to wait, it is left out.
    public func show(_ activity: ChatActivity, in chat: String) async throws {
        guard pacer.takeTurnNow(in: chat) else { return }
        do {
            try await api.sendAction(activity, in: chat, deadline: .after(Self.timeout))
        } catch ChatPortError.slowDown(let rest) {
            pacer.hold(chat, for: rest)
        }
    }

    public func fetch(_ attachment: BotMessage.Attachment, into file: URL, maxBytes: Int) async throws {
        let deadline = Deadline.after(Self.transferTimeout)
        let (path, bytes) = try await api.file(attachment.reference, deadline: deadline.capped(at: Self.timeout))
        if let bytes, bytes > maxBytes { throw ChatPortError.fileTooLarge(limit: maxBytes) }
        try await api.download(path, into: file, maxBytes: maxBytes, deadline: deadline)
    }

    /// Sends a text with its markup, and without should Telegram not like it.
    private func withMarkup<T: Sendable>(_ markdown: String, _ send: (TelegramText) async throws -> T) async throws -> T {
        let document = MarkdownDocument(markdown)
        do {
            return try await send(.html(document.rendered(as: .telegramHTML)))
        } catch TelegramFault.unreadableMarkup {
            return try await send(.plain(document.rendered(as: .plain)))
        }
    }

    /// Calls when it is the chat's turn, and again after the rest that Telegram asks for, as long as there is time.
    private func paced<T: Sendable>(
        _ kind: SendPace.Kind, in chat: String, timeout: Duration = timeout, _ call: (Deadline) async throws -> T
    ) async throws -> T {
        let deadline = Deadline.after(timeout)
        while true {
            try await pacer.waitForTurn(kind, in: chat, before: deadline.instant - Self.shortest)
            do {
                return try await call(deadline)
            } catch ChatPortError.slowDown(let rest) {
                pacer.hold(chat, for: rest)
            } catch let fault as TelegramFault where fault != .unreadableMarkup {
                throw ChatPortError.refused(code: 400)
            }
        }
    }
}
