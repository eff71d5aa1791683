import Foundation

/// What people tell a bot to do, rather than ask it.
enum ChatCommand: Sendable, Equatable {
    case start, help, status, ping, reset, cancel, forget
    case language(String?)
    case history(Int?)
    case voice(String?)
    case voiceAgain
    case mode(String?)
    case persona(String?)
    case admin(AdminCommand)
    case unknown

    /// - Parameter text: a message's text.
    /// - Returns: `nil` for what is no command.
    init?(_ text: String, on platform: ChatPlatform) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let marks: [Character] = platform == .discord ? ["/", "!"] : ["/"]
        guard let mark = text.first, marks.contains(mark) else { return nil }
        let head = text.dropFirst().prefix { !$0.isWhitespace }
        // In groups a command may name the bot that it is for.
        let name = head.prefix { $0 != "@" }.lowercased()
        guard name.first?.isLetter == true, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }) else { return nil }
        let rest = text.dropFirst(1 + head.count).trimmingCharacters(in: .whitespacesAndNewlines)
        self = Self.known(name, rest)
    }

    private static func known(_ name: String, _ rest: String) -> ChatCommand {
        let argument = rest.isEmpty ? nil : rest
        switch name {
        case "start": return .start
        case "help": return .help
        case "status": return .status
        case "ping": return .ping
        case "reset", "new": return .reset
        case "cancel", "stop": return .cancel
        case "forget": return .forget
        case "language": return .language(argument)
        case "history": return .history(argument.flatMap(Int.init))
        case "voice": return rest.lowercased() == "again" ? .voiceAgain : .voice(argument)
        case "mode": return .mode(argument)
        case "persona": return .persona(argument)
        default: return AdminCommand(name, rest).map(ChatCommand.admin) ?? .unknown
        }
    }
}

/// What only those may tell a bot who run it.
enum AdminCommand: Sendable, Equatable {
    case block(user: String, reason: String?)
    case unblock(user: String)
    case listBlocked
    case clearConversation(String)
    case clearUser(String)
    case status
    case messageHistory(HistoryWish)
    case help
    /// Known, but not so; with how it is written.
    case malformed(usage: String)

    /// Which messages to show.
    struct HistoryWish: Sendable, Equatable {
        var filter = MessageFilter()
        var limit = 10
        var wantsStatistics = false
    }

    static let usages = [
        "/admin_block <user id> [reason]", "/admin_unblock <user id>", "/admin_list_blocked", "/admin_clear_conversation <conversation id>",
        "/admin_clear_user <user id>", "/admin_status",
        """
        /admin_message_history [--user-id ID] [--chat-id ID] [--platform telegram|discord|web|cli] [--type text|voice|error|status] \
        [--limit 1..50] [--stats]
        """,
        "/admin_help",
    ]

    init?(_ name: String, _ rest: String) {
        let words = rest.split(whereSeparator: \.isWhitespace).map(String.init)
        let usage = Self.usages.first { $0.split(separator: " ").first.map(String.init) == "/\(name)" }
        guard let usage else { return nil }
        switch name {
        case "admin_block":
            guard let user = words.first else { break }
            let reason = words.dropFirst().joined(separator: " ")
            self = .block(user: user, reason: reason.isEmpty ? nil : reason)
            return
        case "admin_unblock":
            guard words.count == 1 else { break }
            self = .unblock(user: words[0])
            return
        case "admin_list_blocked":
            self = .listBlocked
            return
        case "admin_clear_conversation":
            guard words.count == 1 else { break }
            self = .clearConversation(words[0])
            return
        case "admin_clear_user":
            guard words.count == 1 else { break }
            self = .clearUser(words[0])
            return
        case "admin_status":
            self = .status
            return
        case "admin_message_history":
            guard let wish = HistoryWish(words) else { break }
            self = .messageHistory(wish)
            return
        case "admin_help":
            self = .help
            return
        default: break
        }
        self = .malformed(usage: usage)
    }

    /// The word that it is noted down by.
    var name: String {
        switch self {
        case .block: "admin_block"
        case .unblock: "admin_unblock"
        case .listBlocked: "admin_list_blocked"
        case .clearConversation: "admin_clear_conversation"
        case .clearUser: "admin_clear_user"
        case .status: "admin_status"
        case .messageHistory: "admin_message_history"
        case .help, .malformed: "admin_help"
        }
    }

    /// Whom or what it is about.
    var target: String? {
        switch self {
        case .block(let user, _), .unblock(let user), .clearUser(let user): user
        case .clearConversation(let id): id
        case .messageHistory(let wish): wish.filter.user ?? wish.filter.chat
        default: nil
        }
    }
}

extension AdminCommand.HistoryWish {
    /// - Returns: `nil` for options that don't exist, lack a value or have one out of range.
    init?(_ words: [String]) {
        // Telephones make one dash of two.
        var words = words.map { $0.hasPrefix("—") ? "--" + $0.dropFirst() : $0 }[...]
        while let option = words.popFirst() {
            if option == "--stats" {
                wantsStatistics = true
                continue
            }
            guard let value = words.popFirst() else { return nil }
            switch option {
            case "--user-id": filter.user = value
            case "--chat-id": filter.chat = value
            case "--platform":
                guard let platform = MessagePlatform(rawValue: value.lowercased()) else { return nil }
                filter.platform = platform
            case "--type":
                guard let kind = HistoryMessage.Kind(rawValue: value.lowercased()) else { return nil }
                filter.kind = kind
            case "--limit":
                guard let limit = Int(value), (1...50).contains(limit) else { return nil }
                self.limit = limit
            default: return nil
            }
        }
    }
}
