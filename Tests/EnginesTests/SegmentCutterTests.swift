import Engines
import Testing

@Suite struct SegmentCutterTests {
    private let cutter = SegmentCutter(stretches: [(0, 2), (3, 5), (6, 10)])

    private func word(_ text: String, _ start: Double) -> TranscriptWord { TranscriptWord(text: text, start: start, end: start + 0.5) }

    @Test func sentencesEndWherePeoplePause() {
        let segments = cutter.segments("Ten letters. Other ten. A sentence of twice that many.", confidence: 0.5)
        #expect(segments.map(\.text) == ["Ten letters.", "Other ten.", "A sentence of twice that many."])
        #expect(segments.map(\.start) == [0, 3, 6] && segments.map(\.end) == [2, 5, 10])
        #expect(segments.allSatisfy { $0.confidence == 0.5 && $0.words == nil })
    }

    @Test func whatNoPauseEndsStaysTogether() {
        let all = "No mark stands in here so that it is one sentence"
        #expect(cutter.segments(all) == [TranscriptSegment(start: 0, end: 10, text: all)])
        let late = cutter.segments("A long sentence that goes on over all of the pauses but one. Then a short one.")
        #expect(late.map(\.text).joined(separator: " ").hasSuffix("but one. Then a short one.") && late.count == 1)
    }

    @Test func oneStretchIsOneSegment() {
        let cutter = SegmentCutter(stretches: [(1, 4)])
        #expect(cutter.segments("One. Two. Three.") == [TranscriptSegment(start: 1, end: 4, text: "One. Two. Three.")])
        #expect(SegmentCutter(stretches: []).segments("One.").isEmpty)
    }

    @Test func timesOfWordsDecideWhereThereAreSome() {
        let words = [word("One", 0), word("two.", 1), word("Three,", 3.2), word("four", 6.1), word("five.", 7)]
        let segments = cutter.segments("One two. Three, four five.", words: words)
        #expect(segments.map(\.text) == ["One two.", "Three, four five."], "no sentence ends at the second pause")
        #expect(segments.map(\.start) == [0, 3] && segments.map(\.end) == [2, 10])
        #expect(segments.compactMap(\.words).flatMap(\.self) == words)
        #expect(cutter.segments("", words: []) == [TranscriptSegment(start: 0, end: 10, text: "", words: [])])
    }

    @Test func nothingIsLost() {
        let texts = ["", "a", "A. B. C. D. E. F.", "?!", "...", String(repeating: "Word. ", count: 50) + "end"]
        for text in texts {
            let segments = cutter.segments(text)
            #expect(segments.map(\.text).joined(separator: " ") == text.split(separator: " ").joined(separator: " "))
            #expect(zip(segments, segments.dropFirst()).allSatisfy { $0.end <= $1.start })
        }
    }
}
