import Engines
import Testing
import VideoAnalysis

@Suite struct ScreenTextMergerTests {
    private func line(_ text: String, score: Double = 0.9, row: Double = 0.1) -> TextRegion {
        TextRegion(text: text, score: score, box: PixelRect(x: 0.1, y: row, width: 0.5, height: 0.1))
    }

    @Test func keepsTheReadingWithMostSupport() {
        var merger = ScreenTextMerger()
        merger.add([line("0PEN DAILY", score: 0.7)], at: 1)
        merger.add([line("OPEN DAILY", score: 0.95)], at: 2)
        merger.add([line("OPEN DAILY", score: 0.9)], at: 3)
        merger.add([line("OPEN DAlLY", score: 0.8)], at: 4)
        let texts = merger.texts()
        #expect(texts.last?.text == "OPEN DAILY")
        #expect(texts.last?.end == 4)
        #expect(texts.last?.score == 0.95)
    }

    @Test func linesThatDifferInDigitsStayApart() {
        var merger = ScreenTextMerger()
        for time in [1.0, 2.0] { merger.add([line("TEA 2 EUROS"), line("TEA 3 EUROS")], at: time) }
        #expect(merger.texts().map(\.text) == ["TEA 2 EUROS", "TEA 3 EUROS"])
    }

    @Test func keepsReadingOrderWithinAFrame() {
        var merger = ScreenTextMerger()
        for time in [1.0, 2.0] { merger.add([line("SECOND"), line("ANOTHER"), line("BEFORE")], at: time) }
        #expect(merger.texts().map(\.text) == ["SECOND", "ANOTHER", "BEFORE"])
    }

    @Test func piecesOfALineAreJoined() {
        var merger = ScreenTextMerger()
        let pieces = [("PLATFORM", 0.1, 0.4), ("4", 0.55, 0.05), ("AT NOON", 0.9, 0.1)].map { text, x, width in
            TextRegion(text: text, score: 0.9, box: PixelRect(x: x, y: 0.1, width: width, height: 0.1))
        }
        for time in [1.0, 2.0] { merger.add(pieces, at: time) }
        #expect(merger.texts().map(\.text) == ["PLATFORM 4", "AT NOON"])
    }

    @Test func theSameTextLaterIsAnotherAppearance() {
        var merger = ScreenTextMerger()
        for time in [0.0, 1, 2] { merger.add([line("EXIT")], at: time) }
        for time in [3.0, 4, 5, 6] { merger.add([], at: time) }
        for time in [7.0, 8] { merger.add([line("EXIT")], at: time) }
        #expect(merger.texts().map(\.start) == [0, 7])
    }

    @Test func aMissedReadingDoesNotDivide() {
        var merger = ScreenTextMerger()
        merger.add([line("EXIT")], at: 1)
        merger.add([], at: 2)
        merger.add([line("EXIT")], at: 3)
        #expect(merger.texts().count == 1)
    }

    @Test func leavesOutDirt() {
        var merger = ScreenTextMerger()
        merger.add([line("xq", score: 0.65), line("A", score: 0.99), line("good line", score: 0.5)], at: 1)
        merger.add([], at: 2)
        #expect(merger.texts().isEmpty)
    }

    @Test func reachesToTheScenesEnds() {
        var merger = ScreenTextMerger()
        for time in [0.3, 1.3, 2.3] { merger.add([line("PLATFORM 4")], at: time) }
        for time in [3.3, 4.3, 5.3] { merger.add([line("NO SMOKING")], at: time) }
        let texts = merger.texts(scenes: [0...3, 3...6])
        #expect(texts.map(\.start) == [0, 3])
        #expect(texts.map(\.end) == [3, 6])
    }

    @Test(arguments: [("abc", "abc", 1.0), ("Open Daily", "OPENDAILY", 1), ("abcd", "abce", 0.75), ("", "a", 0), ("", "", 1), ("12", "13", 0.5), ("9 T0 5", "9 TO 5", 1), ("TEA 2 EUROS", "TEA 3 EUROS", 0.5)])
    func likeness(a: String, b: String, expected: Double) { #expect(ScreenTextMerger.likeness(a, b) == expected) }
}
