import Foundation
import Foundations
import Jobs

/// What bots do for those who run them. Texts are English.
extension ChatService {
    private static let shownBlocked = 20
    /// Characters of each message in a list.
    private static let shownText = 200

    /// Carries an administrator's command out. That it was given is noted in the history and in the log, without what it was about in words.
    func carryOut(_ command: AdminCommand, _ message: BotMessage) async throws -> String? {
        switch command {
        case .help, .malformed: break
        default:
            desk.logger.notice(
                "admin command",
                metadata: ["platform": "\(message.platform.rawValue)", "admin": "\(message.user)", "command": "\(command.name)"])
        }
        let platform = message.platform
        switch command {
        case .help: return try await audited(command, message) { _ in Self.helpText }
        case .malformed(let usage): return try await audited(command, message) { _ in "That isn't how it is written:\n`\(usage)`" }
        case .block(let user, let reason): return try await block(user, reason, command, message)
        case .unblock(let user):
            return try await audited(command, message) { connection in
                let wasBlocked = try ChatSenders.unblock(user, on: platform, connection)
                return "User `\(ChatMarkdown.code(user))` \(wasBlocked ? "may write again" : "wasn't blocked")."
            }
        case .listBlocked:
            return try await audited(command, message) { Self.list(try ChatSenders.blocked(on: platform, limit: Self.shownBlocked, $0)) }
        case .clearConversation(let id):
            return try await audited(command, message) { connection in
                "Deleted \(try MessageHistory.deleteConversation(id, connection)) messages of `\(ChatMarkdown.code(id))`."
            }
        case .clearUser(let user):
            _ = await stop(try await openTurns(of: user, on: platform))
            return try await audited(command, message) { connection in
                let selection = MessageSelection(platform: platform.messagePlatform, user: user)
                let count = try MessageHistory.delete(selection, keepsRates: true, connection)
                return "Deleted \(count) messages of user `\(ChatMarkdown.code(user))`, and their preferences."
            }
        case .status: return try await adminStatus(command, message)
        case .messageHistory(let wish): return try await messageHistory(wish, command, message)
        }
    }

    private static let helpText = "**Admin commands**\n\n" + AdminCommand.usages.map { "- `\($0)`" }.joined(separator: "\n")

    /// Like `settle`, with the command's word and its target for an audit instead of its text.
    private func audited(
        _ command: AdminCommand, _ message: BotMessage, _ effect: @escaping @Sendable (any SQLConnection) throws -> String
    ) async throws -> String? {
        var note = HistoryMessage(
            .incoming, .status, "/\(command.name)", platform: message.platform.messagePlatform, user: message.user, chat: message.chat,
            message: message.message)
        note.metadata = ["audit": true, "action": .string(command.name), "target": command.target.map(JSONValue.string) ?? .null]
        return try await settle(message, note: note, effect)
    }

    private func block(_ user: String, _ reason: String?, _ command: AdminCommand, _ message: BotMessage) async throws -> String? {
        let platform = message.platform
        guard !desk.policy(platform).isAdmin(user) else {
            return try await audited(command, message) { _ in "An administrator can't be blocked." }
        }
        let said = try await audited(command, message) { connection in
            try ChatSenders.block(user, on: platform, by: message.user, reason: reason, connection)
            return "User `\(ChatMarkdown.code(user))` is blocked."
        }
        _ = await stop(try await openTurns(of: user, on: platform))
        return said
    }

    private static func list(_ blocked: (users: [ChatSenders.Blocked], total: Int)) -> String {
        guard blocked.total > 0 else { return "Nobody is blocked." }
        var lines = blocked.users.map { user in
            "- `\(ChatMarkdown.code(user.user))` since \(user.at.formatted(.iso8601))"
                + (user.reason.map { ": \(ChatMarkdown.line($0, longest: shownText))" } ?? "")
        }
        if blocked.total > blocked.users.count { lines.append("… and \(blocked.total - blocked.users.count) more") }
        return "**Blocked** (\(blocked.total))\n\n" + lines.joined(separator: "\n")
    }

    private func adminStatus(_ command: AdminCommand, _ message: BotMessage) async throws -> String? {
        let models = await desk.speech.speechModels()
        var thinking = "?"
        if let thinker = desk.thinker {
            do { thinking = try await thinker() } catch { thinking = ErrorReport(error).code }
        }
        let statistics = try await desk.history.statistics()
        let jobs = try await desk.queue.store.counts()
        let lines = [
            "Version: \(Version.text)", "Hearing: \(models.transcribers.first?.id ?? "none")", "Thinking: \(thinking)",
            "Speaking: \(models.synthesizers.first?.id ?? "none")",
            "Jobs: " + JobState.allCases.map { "\(jobs[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", "),
            "Messages: \(statistics.total) of \(statistics.users) users in \(statistics.chats) chats",
        ]
        return try await audited(command, message) { connection in
            let blocked = try ChatSenders.blocked(on: message.platform, limit: 0, connection).total
            return "**Status**\n\n" + (lines + ["Blocked: \(blocked)"]).map { "- \(ChatMarkdown.escaped($0))" }.joined(separator: "\n")
        }
    }

    private func messageHistory(_ wish: AdminCommand.HistoryWish, _ command: AdminCommand, _ message: BotMessage) async throws -> String? {
        if wish.wantsStatistics {
            let json = String(decoding: try await desk.history.statistics().json.encoded(pretty: true), as: UTF8.self)
            return try await audited(command, message) { _ in "```json\n\(json)\n```" }
        }
        let messages = try await desk.history.messages(wish.filter, limit: wish.limit).messages
        let lines = messages.map { row in
            let head = "`\(row.id)` \(row.at.formatted(.iso8601)) \(row.platform.rawValue) \(row.direction == .incoming ? "←" : "→")"
            return "\(head) \(ChatMarkdown.escaped(row.user)) \(row.kind.rawValue): \(ChatMarkdown.line(row.content, longest: Self.shownText))"
        }
        return try await audited(command, message) { _ in lines.isEmpty ? "There are no such messages." : lines.joined(separator: "\n\n") }
    }
}
