import Testing
import Voice

@Suite struct SentenceChunkerTests {
    private func chunks(_ pieces: [String], firstLongest: Int = 120, longest: Int = 300) -> [String] {
        var chunker = SentenceChunker(firstLongest: firstLongest, longest: longest)
        return pieces.flatMap { chunker.feed($0) } + chunker.finish()
    }

    @Test func sentencesAreGivenAsSoonAsTheyEnd() {
        var chunker = SentenceChunker()
        #expect(chunker.feed("It's 3.14. Dr. No sa") == ["It's 3.14."])
        #expect(chunker.feed("ys so.\nGood") == ["Dr. No says so."])
        #expect(chunker.finish() == ["Good"])
        #expect(chunker.feed("New. One") == ["New."])
    }

    @Test(arguments: [
        "Dr. No and Mrs. May met Prof. J. K. Rowling.", "See e.g. this, i.e. that, cf. those.", "It is No. 5 in Fig. 2.", "The U.S. Army is there.",
        "It is 3.14 or 1.000,5.", "Well... maybe so.", "Well… maybe so.", "\"Stop!\" he said.", "What?! no.", "1. First the one.", "z.B. so, bzw. anders.",
        "Am 3. Mai war es.", "Visit example.com today.", "At 5 p.m. sharp.",
    ])
    func oneSentenceStaysOne(text: String) {
        #expect(chunks([text]) == [text])
        #expect(chunks(text.unicodeScalars.map { String($0) }) == [text])
    }

    @Test(arguments: [
        ("One. Two! Three? Four", ["One.", "Two!", "Three?", "Four"]),
        ("He left the U.S. The end.", ["He left the U.S.", "The end."]),
        ("No. It is not.", ["No.", "It is not."]),
        ("So do I. You too.", ["So do I.", "You too."]),
        ("I got 3. You got 5.", ["I got 3.", "You got 5."]),
        ("\"Go.\" Then he went. (Really.) \"Why?\" Silence.", ["\"Go.\"", "Then he went.", "(Really.)", "\"Why?\"", "Silence."]),
        ("Ok... Right. Hm… So?", ["Ok...", "Right.", "Hm…", "So?"]),
        ("你好。这是测试！「真的？」他说。好", ["你好。", "这是测试！", "「真的？」", "他说。", "好"]),
        ("क्या? हाँ। نعم؟ لا", ["क्या?", "हाँ।", "نعم؟", "لا"]),
        ("A heading\nand text", ["A heading", "and text"]),
        ("Wait. — Go. !!! Now", ["Wait.", "— Go.", "!!! Now"]),
        ("  \n\n. . .\n", []),
    ])
    func sentencesAreParted(text: String, expected: [String]) {
        #expect(chunks([text]) == expected)
        #expect(chunks(text.unicodeScalars.map { String($0) }) == expected)
    }

    @Test func theFirstChunkMayEndAtAComma() {
        let text = "This is the first sentence, and it has a comma behind forty characters, so that sound begins early. This is the second one, which is as long, with commas, and stays whole."
        #expect(
            chunks([text]) == [
                "This is the first sentence, and it has a comma behind forty characters,", "so that sound begins early.",
                "This is the second one, which is as long, with commas, and stays whole.",
            ])
        #expect(chunks([text], firstLongest: 300).count == 2)
        #expect(chunks(["今天天气真的非常好，我们一起去公园散步吧，好不好？"]).count == 2)
    }

    @Test func longSentencesAreCutAtCommasThenBlanksThenCharacters() {
        let clause = "every word of this is needed, "
        let commas = chunks([String(repeating: clause, count: 30)], firstLongest: 100, longest: 100)
        #expect(commas.dropLast().allSatisfy { $0.count <= 100 && $0.hasSuffix(",") })
        let blanks = chunks([String(repeating: "word ", count: 100)], firstLongest: 50, longest: 100)
        #expect(blanks.map(\.count).max() == 99 && blanks[0].count == 49)
        let family = String(repeating: "👩‍👩‍👧‍👦a", count: 100)
        let whole = chunks([family], firstLongest: 50, longest: 50)
        #expect(whole.joined() == family && whole.allSatisfy { $0.unicodeScalars.count <= 50 })
        #expect(whole.flatMap { Array($0) } == Array(family))
    }

    @Test func everyWordComesOutInOrder() {
        var seed = TextSeed(11)
        for round in 0..<400 {
            let text = TextSamples.random(&seed, pieces: 60)
            let whole = chunks([text], firstLongest: 30 + round % 50, longest: 60 + round % 100)
            #expect(chunks(text.cut(&seed), firstLongest: 30 + round % 50, longest: 60 + round % 100) == whole)
            #expect(whole.allSatisfy { !$0.isEmpty && $0.first?.isWhitespace == false && $0.last?.isWhitespace == false })
            #expect(letters(whole.joined()) == letters(text))
            // Blanks are the only places where words end: none is cut that fits.
            let words = text.split(whereSeparator: \.isWhitespace).filter { $0.contains(where: \.isLetter) && $0.allSatisfy(\.isASCII) && $0.count < 30 }
            let spoken = Set(whole.flatMap { $0.split(separator: " ").map(String.init) })
            #expect(words.allSatisfy { spoken.contains(String($0)) })
        }
    }

    @Test(arguments: TextSamples.all)
    func spokenTextsKeepTheirWords(text: String) {
        let spoken = SpeakableText.spoken(text)
        #expect(letters(chunks([spoken]).joined()) == letters(spoken))
        #expect(chunks(spoken.unicodeScalars.map { String($0) }) == chunks([spoken]))
    }

    @Test func timeGrowsWithTheText() {
        for piece in ["word ", "a", ".", ". ", ") ", "\n", "你", "。", "A. ", "U.S. ", "👩‍👧", "e\u{301}", "\u{301}", ", "] {
            let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
            let time = ContinuousClock().measure { _ = chunks([text]) }
            #expect(time < .seconds(3), "\(piece)")
        }
    }

    private func letters(_ text: String) -> [Unicode.Scalar] { text.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) } }
}
