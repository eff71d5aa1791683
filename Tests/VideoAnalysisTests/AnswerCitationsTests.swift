import Engines
import Testing
import VideoAnalysis

@Suite struct AnswerCitationsTests {
    private static let evidence = EvidenceSummary(
        duration: 12,
        tracks: [
            .init(label: "cat", start: 0, end: 4.1, score: 0.9, position: "centre", motion: "still"),
            .init(label: "person", start: 8, end: 12, score: 0.9, position: "left", motion: "left"),
            .init(label: "person", start: 8.5, end: 12, score: 0.8, position: "right", motion: "left"),
            .init(label: "cup", start: 4, end: 8, score: 0.9, position: "left", motion: "left"),
        ],
        texts: [
            .init(text: "OPEN DAILY", start: 4.1, end: 8, score: 0.9), .init(text: "4", start: 5, end: 6, score: 0.9),
        ],
        speech: [
            .init(start: 1, end: 4.6, text: "Hello and welcome, the boat leaves in ten minutes."),
            .init(start: 6, end: 8, text: "Please don't forget your luggage."),
        ])

    private func cited(_ answer: String) -> [String] {
        AnswerCitations.find(in: answer, evidence: Self.evidence).map { "\($0.kind.rawValue) \($0.start)" }
    }

    @Test func findsWhatTheAnswerNames() {
        #expect(cited("The animal that appears is a cat.") == ["object 0.0"])
        #expect(cited("The sign says \"Open daily\".") == ["text 4.1"])
        #expect(cited("Two people walk by.") == ["object 8.0"])
        #expect(cited("The boat leaves in ten minutes.") == ["speech 1.0"])
        #expect(cited("They must not forget the luggage, please.") == ["speech 6.0"])
        #expect(cited("Don’t forget your luggage!") == ["speech 6.0"])
    }

    @Test func comparesWholeWords() {
        #expect(cited("The category is unclear.").isEmpty)
        #expect(cited("It is 40 metres long.").isEmpty)
        #expect(cited("Number 4.") == ["text 5.0"])
        #expect(cited("There was no speech in the video.").isEmpty)
        #expect(cited("").isEmpty)
    }

    @Test func ordersByTimeAndBoundsTheirNumber() {
        #expect(cited("A cup, a cat and \"OPEN DAILY\".") == ["object 0.0", "object 4.0", "text 4.1"])
        let many = (0..<40).map { EvidenceSummary.ScreenText(text: "line \($0)", start: Double($0), end: Double($0) + 1, score: 1) }
        let answer = many.map(\.text).joined(separator: ", ")
        #expect(AnswerCitations.find(in: answer, evidence: EvidenceSummary(duration: 40, texts: many)).count == AnswerCitations.most)
    }

    @Test func writesOneLine() {
        let found = AnswerCitations.find(in: "A cat, \"OPEN DAILY\", and hello and welcome the boat.", evidence: Self.evidence)
        #expect(found.line == "cat 0 s to 4.1 s; speech 1 s to 4.6 s; \"OPEN DAILY\" 4.1 s to 8 s")
    }
}
