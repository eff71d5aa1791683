import Engines
import Foundation
import Foundations
import Jobs
import Testing
@testable import Voice

@Suite struct HistoryTests {
    private static func report(_ question: String, _ answer: String) -> VoiceTurnReport {
        VoiceTurnReport(
            transcript: nil, question: question, answer: answer, spoken: "", model: "m", transcriber: nil, synthesizer: nil, stages: [],
            firstText: nil, firstSound: nil, total: 1, soundSeconds: 0)
    }

    private static func fill(_ history: MessageHistory) async throws {
        for (platform, user, chat) in [(MessagePlatform.telegram, "u1", "c1"), (.telegram, "u2", "c1"), (.discord, "u1", "c2"), (.web, "u1", "c3")] {
            var message = HistoryMessage(.outgoing, .text, "to \(user) in \(chat)", platform: platform, user: user, chat: chat)
            message.metadata = ["part_number": 1]
            try await history.add(HistoryMessage(.incoming, .voice, "from \(user)", platform: platform, user: user, chat: chat))
            try await history.add(message)
        }
    }

    @Test(arguments: ChatDatabase.allCases) func messagesAreFoundByWhatTheyAre(_ storage: ChatDatabase) async throws {
        try await storage.run { database, _ in
            let history = try await MessageHistory(database)
            try await Self.fill(history)
            func count(_ filter: MessageFilter) async throws -> Int { try await history.messages(filter).messages.count }
            #expect(try await count(MessageFilter()) == 8)
            #expect(try await count(MessageFilter(platform: .telegram)) == 4)
            #expect(try await count(MessageFilter(user: "u1")) == 6)
            #expect(try await count(MessageFilter(platform: .telegram, user: "u1", chat: "c1", kind: .voice, direction: .incoming)) == 1)
            #expect(try await count(MessageFilter(since: Date(timeIntervalSinceNow: 60))) == 0)
            #expect(try await count(MessageFilter().within(hours: 1)) == 8)
            // Pages, newest first.
            var seen: [Int64] = []
            var before: Int64?
            repeat {
                let page = try await history.messages(before: before, limit: 3)
                seen += page.messages.map(\.id)
                before = page.next
            } while before != nil
            #expect(seen.count == 8 && seen == seen.sorted(by: >))
            let one = try await history.message(seen[0])
            #expect(one.content == "to u1 in c3" && one.metadata == ["part_number": 1] && abs(one.at.timeIntervalSinceNow) < 60)
            await #expect(throws: HistoryError.messageNotFound) { try await history.message(999) }
            let statistics = try await history.statistics()
            #expect(statistics.total == 8 && statistics.users == 4 && statistics.chats == 3 && statistics.byPlatform["telegram"] == 4)
            #expect(statistics.byKind == ["text": 4, "voice": 4] && statistics.json["unique_users"] == 4)
        }
    }

    @Test func documentsHaveTheirFieldsInOrder() throws {
        var message = HistoryMessage(.outgoing, .text, "Hi", in: Conversation(.telegram, user: "1", chat: "2"), message: "3")
        message.id = 4
        message.at = Date(timeIntervalSince1970: 1.5)
        message.rawText = "<think>x</think>Hi"
        message.metadata = ["is_edit": true]
        #expect(
            message.jsonText == """
                {"id":4,"timestamp":"1970-01-01T00:00:01.500Z","platform":"telegram","direction":"out","user_id":"1","chat_id":"2",\
                "conversation":"telegram:2","message_content":"Hi","message_type":"text","message_id":"3","raw_text":"<think>x</think>Hi",\
                "formatted_text":null,"rendering_metadata":{"is_edit":true}}
                """)
        #expect(try JSONValue(parsing: Data(message.jsonText.utf8)) == message.json)
    }

    @Test(arguments: ChatDatabase.allCases) func conversationsAreRemembered(_ storage: ChatDatabase) async throws {
        try await storage.run { database, _ in
            let history = try await MessageHistory(database)
            let place = Conversation(.web, user: "key", chat: "c")
            for number in 1...3 { try await history.add(Self.report("q\(number)", "<think>no</think>a\(number)"), in: place) }
            try await history.add(HistoryMessage(.outgoing, .error, "went wrong", in: place))
            func memory(_ limit: Int) async throws -> [String] { try await history.conversation(place.id, limit: limit).map(\.text) }
            #expect(try await memory(10) == ["q1", "a1", "q2", "a2", "q3", "a3"])
            #expect(try await history.conversation(place.id, limit: 2).map(\.role) == [.user, .assistant])
            // A conversation begins with its user.
            #expect(try await memory(3) == ["q3", "a3"])
            #expect(try await memory(0) == [])
            let raw = try await history.messages(MessageFilter(direction: .outgoing), limit: 2).messages[1]
            #expect(raw.rawText == "<think>no</think>a3" && raw.content == "a3")
            // Others can't get there, whatever they call themselves.
            #expect(Conversation(.web, user: "key:c", chat: "").id != place.id && Conversation(.cli, user: "key", chat: "c").id != place.id)
            #expect(Conversation(.web, user: "a:b", chat: "c").id != Conversation(.web, user: "a", chat: "b:c").id)
            try await history.reset(place.id)
            #expect(try await memory(10) == [])
            try await history.add(Self.report("q4", "a4"), in: place)
            #expect(try await memory(10) == ["q4", "a4"])
            try await history.reset(place.id)
            #expect(try await memory(10) == [])
        }
    }

    @Test func namesOfConversationsAreChecked() {
        #expect(Conversation.isName(Conversation.newName()) && Conversation.isName("A-1_b.c"))
        for name in ["", "a b", "a:b", "ä", "a/b", String(repeating: "a", count: 129)] { #expect(!Conversation.isName(name)) }
    }

    @Test(arguments: ChatDatabase.allCases) func deletingTakesAllThatBelongsToIt(_ storage: ChatDatabase) async throws {
        try await storage.run { database, _ in
            let history = try await MessageHistory(database)
            let store = try await JobStore(database)
            func jobs() async throws -> Int { try await store.jobs(JobQuery()).count }
            try await Self.fill(history)
            _ = try await store.submit([BotMessage.written("x", user: "u1", chat: "c1"), .written("x", user: "u2", chat: "c1")].map {
                ChatTurn($0, question: 1).request(maxAttempts: 1)
            } + [JobRequest(kind: "analysis", subject: "telegram:c1", owner: "telegram:u1")])
            await #expect(throws: HistoryError.nothingSelected) { try await history.delete(MessageSelection()) }
            #expect(try await history.delete(MessageSelection(platform: .web)) == 2)
            #expect(try await jobs() == 3)
            #expect(try await history.delete(MessageSelection(platform: .telegram, user: "u1")) == 2)
            #expect(try await jobs() == 2)
            #expect(try await history.delete(MessageSelection(user: "u1")) == 2)
            #expect(try await jobs() == 2)
            #expect(try await history.delete(MessageSelection(chat: "c1")) == 2)
            #expect(try await jobs() == 1)
            #expect(try await history.delete(MessageSelection(platform: .telegram)) == 0)
            #expect(try await history.statistics().total == 0)
            // Other jobs are nobody's messages.
            #expect(try await store.jobs(JobQuery()).map(\.kind) == ["analysis"])
        }
    }

    @Test(arguments: ChatDatabase.allCases) func oldMessagesAreForgotten(_ storage: ChatDatabase) async throws {
        try await storage.run { database, _ in
            let history = try await MessageHistory(database, retention: .seconds(3600))
            let store = try await JobStore(database)
            try await Self.fill(history)
            try await history.reset("telegram:c1")
            let job = try await store.submit([ChatTurn(.written("x"), question: 1).request(maxAttempts: 1)])[0]
            _ = try await store.cancel(job.id)
            #expect(try await history.sweep() == 0)
            try await database.write { connection in
                let hour: Int64 = 3_600_000_000
                try connection.execute("UPDATE voice_messages SET at = at - $1 WHERE id <= 3", [.integer(hour)])
                try connection.execute("UPDATE jobs SET completed_at = completed_at - $1", [.integer(hour)])
                for days: Int64 in [0, 2, 8] {
                    let at = SQLValue.integer(try connection.now() - days * 24 * hour)
                    try connection.execute("INSERT INTO voice_updates VALUES ('telegram', $1, $2)", [.text("u\(days)"), at])
                    try connection.execute("INSERT INTO voice_accepted VALUES ('telegram', 'u', $1)", [at])
                    try connection.execute(
                        "INSERT INTO voice_senders (platform, user_id, seen_at) VALUES ('telegram', $1, $2)", [.text("u\(days)"), at])
                }
                try connection.execute("UPDATE voice_senders SET blocked_at = seen_at WHERE user_id = 'u8'")
            }
            #expect(try await history.sweep() == 3)
            func count(_ table: String) async throws -> Int { try await database.read { try $0.execute("SELECT 1 AS one FROM \(table)").count } }
            #expect(try await history.statistics().total == 5)
            #expect(try await store.jobs(JobQuery()).isEmpty)
            #expect(try await count("voice_updates") == 2)
            #expect(try await count("voice_accepted") == 1)
            #expect(try await count("voice_senders") == 2)
            #expect(try await count("voice_resets") == 0)
        }
    }
}
