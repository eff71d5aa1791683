import Foundation
import Foundations

/// Where people write from.
public enum ChatPlatform: String, Sendable, Codable, CaseIterable { case telegram, discord }

/// A message of somebody to a bot, the same from every platform. Kept with the job that answers it.
public struct BotMessage: Sendable, Equatable, Codable {
    public var platform: ChatPlatform
    /// What tells this message from every other one of the platform, however often it is delivered.
    public var update: String
    public var chat: String
    public var user: String
    public var userName: String?
    /// The platform's id of the message, to reply to.
    public var message: String
    /// The platform's guess at the user's language, ISO 639-1.
    public var language: String?
    public var text: String?
    public var attachment: Attachment?
    public var sent: Date

    /// Sound that came with a message.
    public struct Attachment: Sendable, Equatable, Codable {
        /// What the port needs to fetch it.
        public var reference: String
        /// As the platform states them; `nil` where it doesn't.
        public var seconds: Double?
        public var bytes: Int?

        public init(reference: String, seconds: Double?, bytes: Int?) {
            self.reference = reference
            self.seconds = seconds
            self.bytes = bytes
        }
    }

    public init(
        platform: ChatPlatform, update: String, chat: String, user: String, userName: String? = nil, message: String,
        language: String? = nil, text: String? = nil, attachment: Attachment? = nil, sent: Date = Date()
    ) {
        self.platform = platform
        self.update = update
        self.chat = chat
        self.user = user
        self.userName = userName
        self.message = message
        self.language = language
        self.text = text
        self.attachment = attachment
        self.sent = sent
    }
}

/// Sound to be sent as a voice message.
public struct VoiceNote: Sendable, Equatable {
    /// OGG with Opus, mono, 48 kHz.
    public var ogg: Data
    public var seconds: Double
    /// Loudness over time, up to 256 values from 0 to 255.
    public var waveform: [UInt8]

    public init(ogg: Data, seconds: Double, waveform: [UInt8]) {
        self.ogg = ogg
        self.seconds = seconds
        self.waveform = waveform
    }
}

/// What others see a bot do.
public enum ChatActivity: Sendable { case typing, recordingVoice }

/// A platform, as far as conversations need it: sends, edits, fetches. What comes in goes to a `ChatIntake`.
public protocol ChatPort: Sendable {
    var platform: ChatPlatform { get }
    /// UTF-16 units of one message's text, and of a voice message's caption (0: it takes none).
    var maxTextUnits: Int { get }
    var maxCaptionUnits: Int { get }
    /// The least time between two edits of one message that the platform allows for long.
    var editInterval: Duration { get }
    /// How long after the first time a message that is sent again with the same nonce appears once only; zero where the platform doesn't
    /// look at nonces.
    var nonceLifetime: Duration { get }

    /// Sends Markdown, rendered as the platform shows it. The text fits the limit already.
    /// - Parameter nonce: sent twice with the same nonce within `nonceLifetime`, the message appears once.
    /// - Returns: the platform's id of the message; sent again with its nonce, that of the one that appeared.
    /// - Throws: `ChatPortError`.
    func send(_ markdown: String, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String
    /// Replaces a message's text. An equal text is no error.
    func edit(_ message: String, in chat: String, to markdown: String) async throws
    /// Deletes a message; one that is gone is no error.
    func delete(_ message: String, in chat: String) async throws
    /// - Parameter caption: plain text.
    func sendVoice(_ voice: VoiceNote, caption: String?, to chat: String, replyingTo message: String?, nonce: String?) async throws -> String
    func show(_ activity: ChatActivity, in chat: String) async throws
    /// Fetches what came with a message.
    /// - Throws: `ChatPortError.fileTooLarge` beyond `maxBytes`.
    func fetch(_ attachment: BotMessage.Attachment, into file: URL, maxBytes: Int) async throws
}

extension ChatPort {
    public var nonceLifetime: Duration { .zero }
}

/// Why a platform didn't do what it was asked to.
public enum ChatPortError: ReportableError, Equatable {
    /// Too much was sent; `after` is the platform's own word.
    case slowDown(after: Duration)
    /// The platform can't be reached, or says that it didn't do it: may work later.
    case unavailable
    /// The platform was asked, and no answer came: it may have done it.
    case unanswered
    /// The token isn't valid (any more), or another process uses it.
    case notAuthorised
    case conflict
    /// The chat is gone or closed to the bot, or the message can't be sent there.
    case refused(code: Int)
    case fileTooLarge(limit: Int)
    /// The answer isn't what the protocol promises.
    case unexpectedAnswer

    public var report: ErrorReport {
        switch self {
        case .slowDown(let after):
            ErrorReport(.busy, code: "platform_busy", "The chat platform asks to slow down. Trying again later.", retryAfter: after)
        case .unavailable:
            ErrorReport(.upstream, code: "platform_unavailable", "The chat platform can't be reached at the moment. Trying again later.")
        case .unanswered:
            ErrorReport(.upstream, code: "platform_unanswered", "The chat platform gave no answer. Trying again later.")
        case .notAuthorised:
            ErrorReport(.forbidden, code: "platform_token", "The chat platform refuses the bot's token. Check it in the configuration.")
        case .conflict:
            ErrorReport(.conflict, code: "platform_conflict", "Another process uses the same bot token. Stop it, or give each a bot of its own.")
        case .refused(let code):
            ErrorReport(.unprocessable, code: "platform_refused", "The chat platform refused the message (\(code)).", details: ["status": .integer(code)])
        case .fileTooLarge(let limit):
            ErrorReport(.tooLarge, code: "platform_file_too_large", "The file is larger than \(limit) bytes.", details: ["limit_bytes": .integer(limit)])
        case .unexpectedAnswer:
            ErrorReport(.upstream, code: "platform_answer", "The chat platform's answer can't be read. Trying again later.")
        }
    }
}

/// Takes what people write to a bot.
public protocol ChatIntake: Sendable {
    /// Returns when the message can't be lost any more; the platform is told then that it was received. A message that came before is
    /// passed over.
    /// - Throws: `DatabaseError`: the platform should deliver it again.
    func accept(_ message: BotMessage) async throws
}
