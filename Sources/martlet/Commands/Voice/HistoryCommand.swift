import ArgumentParser
import Foundation
import Foundations
import Jobs
import Voice

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Messages of conversations: see them, compare them, delete them.",
        discussion: "Works on the configuration's database itself: a server need not run.",
        subcommands: [List.self, Stats.self, Analyze.self, Compare.self, Validate.self, Delete.self], defaultSubcommand: List.self)

    /// Which messages.
    struct Filter: ParsableArguments {
        @Option(help: "telegram, discord, web or cli.") var platform: MessagePlatform?
        @Option(help: "Messages of this user and to them.") var userId: String?
        @Option(help: "Messages in this chat.") var chatId: String?
        @Option(name: .customLong("type"), help: "text, voice, error or status.") var kind: HistoryMessage.Kind?

        var filter: MessageFilter { MessageFilter(platform: platform, user: userId, chat: chatId, kind: kind) }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Messages, newest first.",
            discussion: "Examples:\n  martlet history list\n  martlet history list --platform telegram --user-id 4711 --json")
        @OptionGroup var which: Filter
        @Option(help: "The most to show.") var limit = 50
        @Option(help: "Only messages before this one, by its number.") var before: Int64?
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if !(1...1000).contains(limit) { throw ValidationError("--limit must be 1 to 1000.") }
        }

        func run() async throws {
            try await HistoryCommand.withHistory(global) { history in
                let page = try await history.messages(which.filter, before: before, limit: limit)
                if global.json { return print("[" + page.messages.map(\.jsonText).joined(separator: ",\n ") + "]") }
                if page.messages.isEmpty { return print("There are no messages.") }
                for message in page.messages {
                    let arrow = message.direction == .incoming ? "<" : ">"
                    print(
                        "\(message.id)  \(message.at.formatted(.iso8601))  \(message.platform.rawValue) \(message.chat) \(arrow) "
                            + "[\(message.kind.rawValue)] \(message.content)")
                }
                if let next = page.next { print("Older ones: --before \(next)") }
            }
        }
    }

    struct Stats: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "How many messages of each kind.", discussion: "Example:\n  martlet history stats")
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await HistoryCommand.withHistory(global) { printJSON(try await $0.statistics().json) }
        }
    }

    struct Analyze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What was wrong with messages that were sent: cut, split, too long, broken markup.",
            discussion: "Example:\n  martlet history analyze --platform telegram --hours 48")
        @OptionGroup var which: Filter
        @Option(help: "How far to look back.") var hours = 24.0
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await HistoryCommand.withHistory(global) { printJSON(try await $0.analysis(which.filter, hours: hours).json) }
        }
    }

    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The sent message that is most like a text, and where they differ.",
            discussion: "Example:\n  martlet history compare \"The train leaves at nine.\" --platform telegram")
        @Argument(help: "The text that should have been sent.") var expected: String
        @OptionGroup var which: Filter
        @Option(help: "How far to look back.") var hours = 24.0
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await HistoryCommand.withHistory(global) { history in
                guard let comparison = try await history.comparison(expected, which.filter, hours: hours) else {
                    throw ErrorReport(.notFound, code: "message_not_found", "No message was sent in the last \(Int(hours)) hours.")
                }
                printJSON(comparison.json)
            }
        }
    }

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether a platform would take a text as it is.",
            discussion: "Example:\n  martlet history validate \"<b>Hello\" --platform telegram --parse-mode HTML")
        @Argument(help: "The text, in the platform's markup.") var text: String
        @Option(help: "telegram, discord, web or cli.") var platform: MessagePlatform
        @Option(help: "Telegram's parse mode: HTML or Markdown.") var parseMode: String?

        func run() throws {
            let validation = MessageValidation(text, platform: platform, mode: parseMode)
            printJSON(validation.json)
            if !validation.isValid { throw ExitCode(1) }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete what is kept of a user, a chat or a platform.",
            discussion: "Example:\n  martlet history delete --platform telegram --user-id 4711")
        @Option(help: "telegram, discord, web or cli.") var platform: MessagePlatform?
        @Option(help: "Everything of this user.") var userId: String?
        @Option(help: "Everything in this chat.") var chatId: String?
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await HistoryCommand.withHistory(global) { history in
                let count = try await history.delete(MessageSelection(platform: platform, user: userId, chat: chatId))
                if global.json { printJSON(["deleted": .integer(count)]) } else { print("Deleted \(count) messages.") }
            }
        }
    }

    private static func withHistory(_ global: GlobalOptions, _ body: @escaping @Sendable (MessageHistory) async throws -> Void) async throws {
        let configuration = try global.configuration()
        try await cancellingOnInterrupt {
            let database = try await configuration.openDatabase()
            do {
                try await body(try await MessageHistory(database, retention: configuration.voice.retention))
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }
}

extension MessagePlatform: ExpressibleByArgument {}
extension HistoryMessage.Kind: ExpressibleByArgument {}
