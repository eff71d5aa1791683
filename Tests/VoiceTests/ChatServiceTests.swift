import Foundation
import Foundations
import Jobs
import Testing
@testable import Voice

/// Messages as they come in, and what bots do when they are told to.
@Suite struct ChatServiceTests {
    private static let english = ChatTexts(nil)

    /// Gives the bot commands one after the other.
    /// - Returns: what it says to each.
    private static func said(_ bench: ChatBench, _ texts: [String], user: String = "7") async throws -> [String] {
        let service = bench.service(bench.port())
        var said: [String] = []
        for text in texts {
            let before = bench.world.texts.count
            try await service.accept(.written(text, user: user))
            said.append(bench.world.texts.dropFirst(before).joined(separator: "|"))
        }
        return said
    }

    private static func preferences(_ bench: ChatBench) async throws -> ChatPreferences {
        try await bench.database.read { try ChatPreferences.of(.written(""), $0) }
    }

    // MARK: Coming in

    @Test(arguments: ChatDatabase.allCases) func whatComesAgainDoesNothing(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) { bench in
            let messages = ["question", "/mode text", "/ping", "/reset"].enumerated().map { BotMessage.written($1, update: "u\($0)") }
            // Platforms deliver again what they weren't told to be received, also to several servers at once.
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    let service = bench.service(bench.port())
                    for message in messages { group.addTask { try await service.accept(message) } }
                }
                try await group.waitForAll()
            }
            #expect(try await bench.turns().count == 1)
            #expect(bench.world.texts.count == 3)
            #expect(try await bench.history.messages(MessageFilter(direction: .incoming)).messages.count == 4)
        }
    }

    @Test func whatSaysNothingIsPassedOver() async throws {
        try await ChatBench.run { bench in
            try await bench.service(bench.port()).accept(.written(" \n"))
            #expect(try await bench.turns().isEmpty)
            #expect(bench.world.texts.isEmpty)
        }
    }

    @Test func soMuchMayWait() async throws {
        try await ChatBench.run {
            $0.telegram.access.perMinute = 100
        } _: { bench in
            let service = bench.service(bench.port())
            for number in 0..<25 { try await service.accept(.written("\(number)")) }
            #expect(try await bench.turns().count == ChatService.maxWaiting)
            #expect(bench.world.texts == Array(repeating: Self.english(.busy, ["wait": "60 s"]), count: 5))
        }
        try await ChatBench.run { bench in
            var configuration = JobsConfiguration()
            configuration.maxWaiting = 0
            let full = JobQueue(store: bench.queue.store, configuration: configuration)
            let busy = ChatBench(
                database: bench.database, queue: full, history: bench.history, metrics: bench.metrics, folder: bench.folder,
                configuration: bench.configuration)
            let said = try await Self.said(busy, ["question", "/ping"])
            #expect(said[0].hasPrefix("I am very busy") && said[1].hasPrefix("Pong"))
        }
    }

    // MARK: Commands

    @Test func simpleCommandsAreAnswered() async throws {
        try await ChatBench.run { bench in
            let said = try await Self.said(bench, ["/start", "/help", "/ping", "/status", "/nonsense", "/history", "/reset", "/admin_status"])
            #expect(said[0] == Self.english(.start))
            #expect(said[1].contains("up to 60 s and 20 MB"))
            #expect(said[2].hasPrefix("Pong! ("))
            #expect(said[3].contains("Hearing: ✅ ears") && said[3].contains("Thinking: ✅ scripted") && said[3].contains("Speaking: ✅ mouth"))
            #expect(said[4] == Self.english(.unknownCommand) && said[5] == Self.english(.historyEmpty) && said[6] == Self.english(.reset))
            // There are no admin commands for others.
            #expect(said[7] == Self.english(.unknownCommand))
            #expect(try await bench.turns().isEmpty)
            // What was said is in the history, but in no conversation.
            let rows = try await bench.history.messages().messages
            #expect(rows.count == 16 && rows.allSatisfy { $0.conversation == nil && !$0.isRemembered } && rows[0].kind == .status)
        }
    }

    @Test(arguments: ChatDatabase.allCases) func preferencesAreKept(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) {
            $0.telegram.access.perMinute = 100
        } _: { bench in
            let said = try await Self.said(bench, ["/language", "/language deutsch", "/language klingon", "/mode", "/mode loud", "/mode VOICE"])
            #expect(said[0].contains("Language: auto") && said[0].contains("`el` Ελληνικά"))
            #expect(said[1] == "Die Sprache ist jetzt Deutsch." && said[2].contains("`de` Deutsch"))
            #expect(said[3].contains("**both**") && said[4] == Self.english(.modeUnknown) && said[5] == Self.english(.modeSet, ["mode": "voice"]))
            let voices = try await Self.said(bench, ["/voice", "/voice anna", "/voice carl", "/voice"])
            #expect(voices[0].contains("`Anna`, `Bert`") && voices[1].contains("**Anna**"))
            #expect(voices[2].contains("don't have") && voices[3].contains("**Anna**"))
            let long = "/persona " + String(repeating: "x", count: 501)
            let persona = try await Self.said(bench, ["/persona", "/persona a *pirate*", "/persona", long])
            #expect(persona[0] == Self.english(.personaNone) && persona[2].contains("a \\*pirate\\*") && persona[3].contains("500"))
            var preferences = try await Self.preferences(bench)
            #expect(preferences.language == "de" && preferences.mode == .voice && preferences.voice == "Anna" && preferences.persona == "a *pirate*")
            // Each chat has its own.
            #expect(try await bench.database.read { try ChatPreferences.of(.written("", chat: "10"), $0) } == ChatPreferences())
            _ = try await Self.said(bench, ["/language auto", "/voice default", "/persona off", "/mode both"])
            preferences = try await Self.preferences(bench)
            #expect(preferences == ChatPreferences())
        }
    }

    @Test func theLastMessagesAreShown() async throws {
        try await ChatBench.run { bench in
            let service = bench.service(bench.port())
            try await bench.working(service) {
                for text in ["one *star*", "two"] { try await service.accept(.written(text)) }
                try await bench.settled()
            }
            let said = try await Self.said(bench, ["/history", "/history 1", "/history 3"])
            let title = Self.english(.historyTitle)
            let answer = "🤖 Paris is the capital."
            #expect(said[0] == [title, "👤 one \\*star\\*", answer, "👤 two", answer].joined(separator: "\n\n"))
            #expect(said[1] == "Paris is the capital.")
            #expect(said[2] == [title, answer, "👤 two", answer].joined(separator: "\n\n"))
        }
    }

    /// After it, nothing in the database knows of the user but how often he wrote today.
    @Test(arguments: ChatDatabase.allCases) func forgettingIsComplete(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) {
            $0.telegram.access.users = ["7777777", "8888888"]
        } _: { bench in
            let service = bench.service(bench.port())
            try await bench.working(service) {
                for user in ["7777777", "8888888"] {
                    try await service.accept(.spoken(update: "v\(user)", user: user))
                    try await service.accept(.written("/persona a secret pirate", user: user))
                    try await bench.settled()
                }
            }
            // One that waits is stopped.
            try await service.accept(.written("waiting", user: "7777777"))
            try await service.accept(.written("/forget", user: "7777777"))
            #expect(bench.world.texts.last?.contains("deleted 6 messages") == true)
            let dump = try await bench.database.read { connection in
                let tables = ["jobs", "job_checkpoints", "job_events", "voice_messages", "voice_preferences", "voice_resets", "voice_updates"]
                return try tables.map { "\(try connection.execute("SELECT * FROM \($0)"))" }.joined()
            }
            #expect(!dump.contains("text(\"7777777") && !dump.contains("telegram:7777777") && !dump.contains("waiting"))
            #expect(dump.contains("8888888"))
            let rates = try await bench.database.read { try $0.execute("SELECT at FROM voice_accepted WHERE user_id = '7777777'").count }
            #expect(rates == 4)
            #expect(try await bench.history.delete(MessageSelection(user: "7777777")) == 0)
            #expect(try await bench.database.read { try $0.execute("SELECT 1 AS one FROM voice_accepted WHERE user_id = '7777777'").isEmpty })
        }
    }

    // MARK: Administrators

    @Test(arguments: ChatDatabase.allCases) func administratorsBlockAndUnblock(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) { bench in
            let service = bench.service(bench.port())
            try await service.accept(.written("question"))
            let blocked = try await Self.said(bench, ["/admin_block 7 too *loud*", "/admin_list_blocked", "/admin_block 1"], user: "1")
            #expect(blocked[0] == "User `7` is blocked." && blocked[1].contains("- `7` since ") && blocked[1].contains("too \\*loud\\*"))
            #expect(blocked[2] == "An administrator can't be blocked.")
            #expect(try await bench.turns().map(\.state) == [.cancelled])
            #expect(try await Self.said(bench, ["hello", "/help", "hello"]) == [Self.english(.blocked), "", ""])
            // It outlives a deletion.
            #expect(try await Self.said(bench, ["/admin_clear_user 7", "/admin_list_blocked"], user: "1")[1].contains("`7`"))
            let free = try await Self.said(bench, ["/admin_unblock 7", "/admin_unblock 7", "/admin_list_blocked"], user: "1")
            #expect(free[0].contains("may write again") && free[1].contains("wasn't blocked") && free[2] == "Nobody is blocked.")
            #expect(try await Self.said(bench, ["/ping"])[0].hasPrefix("Pong"))
            // Each is noted, without its words.
            let audits = try await bench.history.messages(MessageFilter(user: "1", direction: .incoming)).messages
            #expect(audits.count == 8 && audits.allSatisfy { $0.metadata["audit"] == true && $0.kind == .status && !$0.content.contains("loud") })
            #expect(audits.last?.content == "/admin_block" && audits.last?.metadata["target"] == "7")
        }
    }

    @Test func administratorsLookAndClear() async throws {
        try await ChatBench.run { bench in
            let service = bench.service(bench.port())
            try await bench.working(service) {
                try await service.accept(.written("question <here>"))
                try await bench.settled()
            }
            let commands = ["/admin_help", "/admin_status"] + ["--user-id 7", "--stats", "--limit 99"].map { "/admin_message_history \($0)" }
            let seen = try await Self.said(bench, commands, user: "1")
            #expect(seen[0].contains("/admin_clear_conversation") && seen[1].contains("Messages: 4 of 2 users in 1 chats"))
            #expect(seen[2].contains("question \\<here\\>") && seen[2].components(separatedBy: "\n\n").count == 2)
            #expect(seen[3].contains("\"total_messages\"") && seen[4].contains("--limit 1..50"))
            let cleared = try await Self.said(bench, ["/admin_clear_conversation telegram:9", "/admin_clear_user 7"], user: "1")
            #expect(cleared[0].contains("Deleted 2 messages") && cleared[1].contains("Deleted 0 messages"))
            #expect(try await bench.history.conversation("telegram:9", limit: 5).isEmpty)
            #expect(try await bench.turns().isEmpty)
        }
    }
}
