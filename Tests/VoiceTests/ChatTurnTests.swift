import Foundation
import Foundations
import Jobs
import Synchronization
import Testing
@testable import Voice

/// Turns, from a message to what people see of the answer.
@Suite struct ChatTurnTests {
    private static let english = ChatTexts(nil)

    @Test(arguments: ChatDatabase.allCases) func aSpokenQuestionIsAnsweredInTextAndAloud(_ storage: ChatDatabase) async throws {
        try await ChatBench.run(on: storage) { bench in
            let service = bench.service(bench.port())
            let message = BotMessage.spoken(update: "u1")
            try await bench.working(service) {
                try await service.accept(message)
                try await bench.settled()
            }
            let shown = bench.world.messages
            #expect(shown.map(\.isVoice) == [false, true] && shown.map(\.replyTo) == ["q-u1", "q-u1"])
            #expect(shown[0].text == "> What is the capital of France?\n\nParis is the capital.")
            #expect(bench.world.state.withLock { $0.voices.first?.seconds } == 0.003)
            #expect(bench.world.state.withLock { $0.activities.contains(.typing) })
            // The sound of the pipeline is what is sent: nothing is spoken twice.
            #expect(bench.speech.state.withLock { $0.spoken.isEmpty })
            let job = try #require(try await bench.turns().first)
            #expect(job.state == .completed && job.owner == "telegram:7" && job.subject == "telegram:9")
            #expect(job.result == ["outcome": "answered", "parts": 1, "is_spoken": true, "notes": []])

            let rows = try await bench.history.messages().messages
            #expect(rows.map(\.kind) == [.voice, .text, .voice] && rows.map(\.direction) == [.outgoing, .outgoing, .incoming])
            #expect(rows[2].content == "What is the capital of France?" && rows[2].message == "q-u1")
            #expect(rows[1].rawText == "Paris is the capital. " && rows[1].content == shown[0].text && rows[1].formattedText != nil)
            #expect(rows[1].message == shown[0].id && rows[0].message == shown[1].id && rows[1].turn == rows[2].id)
            #expect(rows[1].metadata["telegram_max_length"] == 4096 && rows[1].metadata["model"] == "scripted" && rows[1].metadata["is_edit"] == true)
            let figures = await bench.metrics.text()
            #expect(figures.contains(#"martlet_bot_turns_total{platform="telegram",outcome="answered"} 1"#))
            #expect(figures.contains(#"martlet_bot_turn_seconds_count{platform="telegram"} 1"#))
        }
    }

    @Test func theModeSaysWhatIsSpoken() async throws {
        for (mode, isSpoken, isHeard) in [
            (ChatPreferences.Mode.both, true, true), (.both, false, false), (.text, true, false), (.text, false, false), (.voice, true, true),
            (.voice, false, true),
        ] {
            try await ChatBench.run { bench in
                let service = bench.service(bench.port())
                try await service.accept(.written("/mode \(mode.rawValue)"))
                try await bench.working(service) {
                    try await service.accept(isSpoken ? .spoken() : .written("Capital of France?"))
                    try await bench.settled()
                }
                #expect(bench.world.voices == (isHeard ? 1 : 0), "\(mode) \(isSpoken)")
                #expect(bench.pipeline.turns.map(\.isSpoken) == [isHeard])
            }
        }
    }

    @Test func conversationsAreRemembered() async throws {
        try await ChatBench.run { bench in
            let service = bench.service(bench.port())
            try await bench.working(service) {
                for text in ["/persona a pirate", "/language de", "one", "two"] {
                    try await service.accept(.written(text))
                    try await bench.settled()
                }
                try await service.accept(.written("elsewhere", chat: "10"))
                try await service.accept(.written("/reset"))
                try await service.accept(.written("three"))
                try await bench.settled()
            }
            let turns = bench.pipeline.turns
            func history(_ word: String) -> [String]? {
                turns.first { if case .text(let text) = $0.input { text == word } else { false } }?.history.map(\.text)
            }
            #expect(history("one") == [] && history("two") == ["one", "Paris is the capital."])
            #expect(history("elsewhere") == [] && history("three") == [])
            #expect(turns[0].instructions?.hasSuffix("In this conversation you are: a pirate\n\nAnswer in German.") == true)
            #expect(turns[0].language == "de")
            #expect(try await bench.history.conversation("telegram:9", limit: 10).map(\.text) == ["three", "Paris is the capital."])
        }
    }

    /// Questions that came while others were answered come after them, also in what the model is reminded of.
    @Test func turnsOfAChatGoOneAfterTheOther() async throws {
        try await ChatBench.run { bench in
            let service = bench.service(bench.port())
            for number in 1...4 { try await service.accept(.written("question \(number)")) }
            try await bench.working(service) { try await bench.settled() }
            #expect(bench.pipeline.turns.map(\.history.count) == [0, 2, 4, 6])
            let memory = try await bench.history.conversation("telegram:9", limit: 10)
            #expect(memory.filter { $0.role == .user }.map(\.text) == (1...4).map { "question \($0)" })
        }
    }

    @Test func peopleWatchTheAnswerGrow() async throws {
        try await ChatBench.run { bench in
            let port = bench.port(editInterval: .milliseconds(30))
            port.fail("edit", .slowDown(after: .milliseconds(50)))
            bench.pipeline.state.withLock {
                $0.answer = "end."
                $0.script = { _, emit in
                    for number in 1...20 {
                        try await emit(.text("\(number) "))
                        try await Task.sleep(for: .milliseconds(15))
                    }
                }
            }
            let service = bench.service(port)
            try await bench.working(service) {
                try await service.accept(.written("Count!"))
                try await bench.settled()
            }
            let edits = try #require(bench.world.messages.first).edits
            #expect(edits.count > 2 && edits.count < 15)
            for (earlier, later) in zip(edits, edits.dropFirst()).dropLast() { #expect(later.hasPrefix(earlier.dropLast(2))) }
            #expect(edits.dropLast().allSatisfy { $0.hasSuffix("…") } && edits.last?.hasSuffix("19 20 end.") == true)
        }
    }

    @Test func languagesAreChangedByWord() async throws {
        try await ChatBench.run { bench in
            bench.pipeline.state.withLock { $0.heard = "Change language to German" }
            let service = bench.service(bench.port())
            try await bench.working(service) {
                try await service.accept(.spoken())
                try await bench.settled()
                #expect(bench.world.texts == ["Die Sprache ist jetzt Deutsch."])
                #expect(try await bench.turns().first?.result == ["outcome": "language_set", "language": "de"])
                try await service.accept(.written("Sprache auf Französisch, bitte"))
                try await bench.settled()
            }
            #expect(bench.world.texts.last == "La langue est maintenant : Français." && bench.pipeline.asked == 0 && bench.world.voices == 0)
            let preferences = try await bench.database.read { try ChatPreferences.of(.written(""), $0) }
            #expect(preferences.language == "fr")
        }
    }

    // MARK: Stopping

    @Test func cancellingStopsWhatRunsAndWhatWaits() async throws {
        try await ChatBench.run { bench in
            bench.pipeline.state.withLock { $0.script = { _, _ in try await Task.sleep(for: .seconds(60)) } }
            let service = bench.service(bench.port())
            try await bench.working(service) {
                try await service.accept(.written("one"))
                try await service.accept(.written("two"))
                try await chatEventually { bench.pipeline.asked == 1 }
                try await service.accept(.written("/cancel"))
                try await bench.settled()
                try await chatEventually { bench.world.texts == [Self.english(.cancelled), Self.english(.cancelling)] }
                try await service.accept(.written("/cancel"))
            }
            #expect(bench.pipeline.asked == 1)
            #expect(bench.world.texts.last == Self.english(.nothingToCancel))
            #expect(try await bench.turns().map(\.state) == [.cancelled, .cancelled])
            // What had no answer isn't remembered.
            #expect(try await bench.history.conversation("telegram:9", limit: 10).isEmpty)
            #expect(await bench.metrics.text().contains(#"martlet_bot_turns_total{platform="telegram",outcome="cancelled"} 1"#))
        }
    }

    @Test func aServerThatStopsLeavesTheTurnToTheNext() async throws {
        try await ChatBench.run { bench in
            bench.pipeline.state.withLock { $0.script = { _, _ in try await Task.sleep(for: .seconds(60)) } }
            let service = bench.service(bench.port())
            try await bench.working(service) {
                try await service.accept(.spoken())
                try await chatEventually { bench.pipeline.asked == 1 }
            }
            #expect(bench.world.texts.count == 1)
            bench.pipeline.state.withLock { $0.script = nil }
            try await bench.working(service) { try await bench.settled() }
            #expect(bench.world.texts == ["> What is the capital of France?\n\nParis is the capital."] && bench.world.voices == 1)
            // What was heard is kept: it is fetched and transcribed once.
            #expect(bench.world.state.withLock { $0.fetches } == 1)
        }
    }
}
