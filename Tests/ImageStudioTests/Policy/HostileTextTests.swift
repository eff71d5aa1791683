import ImageStudio
import Testing

@Suite("The image policy with hostile texts")
struct HostileTextTests {
    private func review(_ text: String, profile: PolicyProfile = .moderated) -> PolicyVerdict {
        ImagePolicy().review([PolicyText(text)], subjects: [], profile: profile, softens: true)
    }

    @Test("Empty texts and no texts are fine")
    func empty() {
        #expect(review("").decision == .allowed)
        #expect(review(" \n\t\u{200B}\u{301}").decision == .allowed)
        #expect(ImagePolicy().review([], subjects: [], profile: .adult, softens: false).decision == .allowed)
    }

    @Test("Every scalar there is can be read, alone and beside words")
    func allScalars() {
        for start in stride(from: UInt32(0), to: 0x110000, by: 0x400) {
            var text = String.UnicodeScalarView()
            for value in start..<start + 0x400 {
                guard let scalar = Unicode.Scalar(value) else { continue }
                text.append(scalar)
                if value % 7 == 0 { text.append(contentsOf: "a ".unicodeScalars) }
            }
            _ = review(String(text))
        }
    }

    /// Each would take hours if any step looked back over the whole text.
    @Test("Texts of 100,000 characters are read in one pass", arguments: [
        "a", "n u d e ", "n*", "sex dog ", "\u{202E}ab", "e\u{301}", "\u{301}\u{323}", "<a&#", "1-", "no or nude ",
        "rape stop ", "가나", "做爱",
        "girl and 25 ", "nuu", "न्", "👧🏽", "masturba",
    ])
    func longTexts(_ piece: String) {
        let text = String(repeating: piece, count: 100_000 / piece.count)
        // What is hidden at the end is found all the same.
        let verdict = review(text + " \u{202C}\n\n. Child porn.")
        #expect(verdict.isHard)
        #expect(verdict.message.count < 300)
    }

    @Test("A sexual word is found wherever it stands")
    func positions() {
        let filler = "a quiet street with tall trees and lamps "
        for count in 0..<20 {
            let text = String(repeating: filler, count: count) + "nude woman " + String(repeating: filler, count: 20 - count)
            #expect(review(text).decision == .softened)
        }
    }
}
