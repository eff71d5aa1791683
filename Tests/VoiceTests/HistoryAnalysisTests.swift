import Foundation
import Foundations
import Testing
@testable import Voice

@Suite struct HistoryAnalysisTests {
    @Test func similarityIsWhatTextsHaveInCommon() {
        #expect(SequenceSimilarity.of("", "") == 1 && SequenceSimilarity.of("a", "") == 0 && SequenceSimilarity.of("abc", "abc") == 1)
        #expect(SequenceSimilarity.of("abc", "xyz") == 0)
        #expect(SequenceSimilarity.of("abcd", "bcde") == 0.75)
        #expect(abs(SequenceSimilarity.of("Hello world", "Hello, world!") - 22.0 / 24) < 1e-9)
        #expect(SequenceSimilarity.of("naïve 🙂", "naive 🙂") > 0.8)
    }

    /// The bits agree with the usual table, for texts of every length around a word's.
    @Test func theBitsCountRight() {
        func table(_ first: [Character], _ second: [Character]) -> Int {
            var row = Array(repeating: 0, count: second.count + 1)
            for character in first {
                var diagonal = 0
                for place in 1..<row.count {
                    let above = row[place]
                    row[place] = character == second[place - 1] ? diagonal + 1 : max(above, row[place - 1])
                    diagonal = above
                }
            }
            return row[second.count]
        }
        var generator = SystemRandomNumberGenerator()
        for length in [1, 2, 5, 63, 64, 65, 127, 128, 129, 200] {
            for _ in 0..<5 {
                let first = (0..<length).map { _ in "abc".randomElement(using: &generator) ?? "a" }
                let second = (0..<Int.random(in: 1...150, using: &generator)).map { _ in "abcd".randomElement(using: &generator) ?? "a" }
                let expected = 2 * Double(table(first, second)) / Double(first.count + second.count)
                #expect(abs(SequenceSimilarity.of(String(first), String(second)) - expected) < 1e-9)
            }
        }
    }

    private static func sent(_ text: String, _ metadata: [String: JSONValue] = [:], _ platform: MessagePlatform = .telegram) -> HistoryMessage {
        var message = HistoryMessage(.outgoing, .text, text, platform: platform, user: "u", chat: "c", message: "m")
        message.metadata = metadata
        return message
    }

    @Test func troubleWithMessagesIsFound() {
        var broken = Self.sent("hi")
        broken.formattedText = "<b>hi"
        let analysis = HistoryAnalysis([
            Self.sent("fine"), HistoryMessage(.incoming, .text, "<b>whatever", platform: .telegram, user: "u", chat: "c"), broken,
            Self.sent("one", ["total_parts": 3]), Self.sent("cut", ["was_truncated": true, "is_split": true]),
            Self.sent("long", ["message_length": 5000]), Self.sent(String(repeating: "x", count: 2001), [:], .discord),
            Self.sent(String(repeating: "x", count: 9000), [:], .web),
        ])
        #expect(analysis.total == 8 && analysis.split == 2 && analysis.truncated == 1)
        #expect(analysis.formatMismatches == 1 && analysis.exceededLimit == 2)
        #expect(analysis.issues.map(\.trouble) == [.formatMismatch, .multipleSplits, .multipleSplits, .truncated, .exceededLimit, .exceededLimit])
        #expect(analysis.issues[4].length == 5000 && analysis.issues[4].limit == 4096 && analysis.issues[5].limit == 2000)
        #expect(!analysis.issues[0].notes.isEmpty)
        let json = analysis.json
        #expect(json["total_messages"] == 8 && json["issues"]?.arrayValue?.first?["type"] == "format_mismatch")
    }

    @Test func theClosestMessageIsCompared() throws {
        var other = Self.sent("Something quite different, really")
        other.rawText = "No"
        var close = Self.sent("The capital is Paris", ["total_parts": 2])
        close.rawText = "The capital is **Paris**."
        let comparison = try #require(HistoryComparison("The capital is **Paris**!", [other, close]))
        #expect(comparison.message == close && comparison.similarity > 0.9 && comparison.similarity < 1)
        #expect(comparison.differences.map(\.kind) == [.rawText, .content, .split])
        #expect(comparison.differences[0].place == 24 && comparison.differences[0].actual?.hasSuffix("**.") == true)
        let json = comparison.json
        #expect(json["actual_text"] == "The capital is Paris" && json["raw_length"] == 25 && json["formatted_length"] == .null)
        #expect(HistoryComparison("x", []) == nil)
        let same = try #require(HistoryComparison("Plain", [Self.sent("Plain")]))
        #expect(same.similarity == 1 && same.differences.isEmpty)
    }

    @Test func textsAreValidated() {
        let fine = MessageValidation("<b>Hi</b>", platform: .telegram)
        #expect(fine.isValid && fine.isWithinLimit && fine.limit == 4096 && fine.errors.isEmpty)
        let long = MessageValidation(String(repeating: "x", count: 2001), platform: .discord)
        #expect(!long.isValid && !long.isWithinLimit && long.length == 2001)
        #expect(!MessageValidation("<b>Hi", platform: .telegram).isValid)
        let plain = MessageValidation(String(repeating: "x", count: 9999), platform: .web)
        #expect(plain.isValid && plain.json["max_length"] == .null)
        #expect(MessagePlatform.telegram.markup(mode: "Markdown") == .telegramMarkdown && MessagePlatform.telegram.markup() == .telegramHTML)
        #expect(MessagePlatform.telegram.markup(mode: "none") == .plain && MessagePlatform.discord.markup(mode: "HTML") == .discord)
    }

    @Test func historiesAreAnalysedByTime() async throws {
        try await ChatDatabase.sqlite.run { database, _ in
            let history = try await MessageHistory(database)
            for text in ["one", "two", "three"] { try await history.add(Self.sent(text)) }
            _ = try await database.write { try $0.execute("UPDATE voice_messages SET at = at - 7200000000 WHERE id = 1") }
            #expect(try await history.analysis().total == 3)
            #expect(try await history.analysis(hours: 1).total == 2)
            #expect(try await history.comparison("thre")?.message.content == "three")
            #expect(try await history.comparison("one", hours: 1)?.similarity ?? 1 < 1)
            #expect(try await history.comparison("x", MessageFilter(user: "nobody")) == nil)
        }
    }
}
