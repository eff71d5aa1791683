import Foundation
import Foundations
import Jobs
import Logging
import ModelHub

/// What the parts of bot conversations share.
struct ChatDesk: Sendable {
    let queue: JobQueue
    let ports: [ChatPlatform: any ChatPort]
    let pipeline: any VoiceTurnRunning
    let speech: any SpeechDirectory
    let history: MessageHistory
    let configuration: Configuration
    let metrics: MetricsRegistry?
    let logger: Logger
    /// Names the model that thinks, or fails as it would; `nil`: nobody knows.
    let thinker: (@Sendable () async throws -> String)?
    var patience = PortPatience()
    /// The most that a turn may take, with loading models for the first time.
    var turnTimeout: Duration = .seconds(600)

    var database: any Database { history.database }

    func policy(_ platform: ChatPlatform) -> SendersPolicy {
        switch platform {
        case .telegram: SendersPolicy(configuration.telegram.access)
        case .discord: SendersPolicy(configuration.discord.access)
        }
    }

    func maxFileBytes(_ platform: ChatPlatform) -> Int {
        switch platform {
        case .telegram: configuration.telegram.maxFileBytes
        case .discord: configuration.discord.maxFileBytes
        }
    }

    func preferences(of message: BotMessage) async throws -> ChatPreferences {
        try await database.read { try ChatPreferences.of(message, $0) }
    }
}

extension BotMessage {
    /// The language that the bot's own texts are in.
    func texts(_ preferences: ChatPreferences) -> ChatTexts { ChatTexts(preferences.language ?? language) }
}

/// A platform's messages of Markdown, as the platform gets them.
struct ChatRendering: Sendable {
    let platform: MessagePlatform
    let limit: Int
    private var markup: ChatMarkup { platform.markup() }

    init(_ port: any ChatPort) {
        platform = port.platform.messagePlatform
        limit = port.maxTextUnits
    }

    func rendered(_ markdown: String) -> String { MarkdownDocument(markdown).rendered(as: markup) }

    func length(_ markdown: String) -> Int { ChatMarkupCheck.check(rendered(markdown), as: markup).length }

    /// The messages that a text takes, as Markdown again: a text that fits stays as it was written.
    /// - Parameter spare: room to be left in each.
    func parts(_ markdown: String, spare: Int = 0) -> [String] {
        guard length(markdown) > limit - spare else { return [markdown] }
        let parts = MarkdownDocument(markdown).markdownParts(limit: limit - spare)
        return parts.isEmpty ? [markdown] : parts
    }

    /// The beginning of a text, as far as one message holds it.
    func clipped(_ markdown: String) -> String {
        let parts = parts(markdown, spare: 2)
        return parts.count > 1 ? parts[0] + " …" : parts[0]
    }

    /// What the history tells of a message's form.
    func metadata(_ markdown: String, part: Int = 1, of parts: Int = 1, isEdit: Bool = false) -> [String: JSONValue] {
        let length = length(markdown)
        var metadata: [String: JSONValue] = [
            "message_length": .integer(length), "within_limit": .bool(length <= limit), "is_edit": .bool(isEdit), "is_split": .bool(parts > 1),
            "part_number": .integer(part), "total_parts": .integer(parts),
        ]
        switch platform {
        case .telegram:
            metadata["parse_mode"] = "HTML"
            metadata["telegram_max_length"] = .integer(limit)
        case .discord:
            metadata["format"] = "markdown"
            metadata["discord_max_length"] = .integer(limit)
        case .web, .cli: break
        }
        return metadata
    }
}
