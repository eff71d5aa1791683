import Foundation
import Testing
@testable import Voice

@Suite struct ChatCommandTests {
    @Test func commandsAreUnderstood() {
        let cases: [(String, ChatCommand?)] = [
            ("/start", .start), (" /HELP ", .help), ("/status@my_bot", .status), ("/ping now", .ping), ("/reset", .reset), ("/cancel", .cancel),
            ("/forget", .forget), ("/language", .language(nil)), ("/language de", .language("de")),
            ("/language\nbrazilian  portuguese", .language("brazilian  portuguese")),
            ("/history", .history(nil)), ("/history 3", .history(3)), ("/history x", .history(nil)), ("/voice", .voice(nil)),
            ("/voice Anna", .voice("Anna")), ("/voice Again", .voiceAgain), ("/mode text", .mode("text")),
            ("/persona a pirate, arr", .persona("a pirate, arr")), ("/unheard_of", .unknown), ("hello", nil), ("", nil), ("/", nil), ("/ help", nil),
            ("/etc/passwd", nil), ("/3d", nil), ("//", nil), ("!help", nil),
        ]
        for (text, command) in cases { #expect(ChatCommand(text, on: .telegram) == command, "\(text)") }
        #expect(ChatCommand("!help", on: .discord) == .help)
        #expect(ChatCommand("!!! wow", on: .discord) == nil)
        #expect(ChatCommand("/voice again", on: .discord) == .voiceAgain)
    }

    @Test func adminCommandsAreUnderstood() {
        func admin(_ text: String) -> AdminCommand? {
            if case .admin(let command) = ChatCommand(text, on: .telegram) { command } else { nil }
        }
        #expect(admin("/admin_block 12 too  loud") == .block(user: "12", reason: "too loud"))
        #expect(admin("/admin_block 12") == .block(user: "12", reason: nil))
        #expect(admin("/admin_unblock 12") == .unblock(user: "12"))
        #expect(admin("/admin_list_blocked") == .listBlocked)
        #expect(admin("/admin_clear_conversation telegram:9") == .clearConversation("telegram:9"))
        #expect(admin("/admin_clear_user 12") == .clearUser("12"))
        #expect(admin("/admin_status") == .status)
        #expect(admin("/admin_help") == .help)
        var wish = AdminCommand.HistoryWish()
        #expect(admin("/admin_message_history") == .messageHistory(wish))
        wish.filter = MessageFilter(platform: .discord, user: "5", chat: "6", kind: .voice)
        wish.limit = 50
        #expect(admin("/admin_message_history --user-id 5 --chat-id 6 --platform Discord --type voice --limit 50") == .messageHistory(wish))
        wish = AdminCommand.HistoryWish()
        wish.wantsStatistics = true
        // Telephones write dashes of their own.
        #expect(admin("/admin_message_history —stats") == .messageHistory(wish))
        for text in [
            "/admin_block", "/admin_unblock", "/admin_unblock 1 2", "/admin_clear_user", "/admin_clear_conversation",
            "/admin_message_history --limit 0", "/admin_message_history --limit 51", "/admin_message_history --user-id",
            "/admin_message_history --platform irc", "/admin_message_history 7",
        ] {
            guard case .malformed(let usage) = admin(text) else {
                Issue.record("\(text)")
                continue
            }
            #expect(usage.hasPrefix(String(text.prefix { $0 != " " })))
        }
        #expect(ChatCommand("/admin_everything", on: .telegram) == .unknown)
    }
}
