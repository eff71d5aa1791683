import ImageStudio
import Testing

@Suite struct PromptTextTests {
    @Test(arguments: [
        ("  u r late, pls come  ", "you are late, please come"), ("UR cake. PLS!", "your cake. please!"), ("u're", "you're"),
        ("curl, burr, plus", "curl, burr, plus"), ("U.S. and R&B and u-turn and @u and #r", "U.S. and R&B and u-turn and @u and #r"),
        ("hmm...u know", "hmm...you know"), ("is it u? (ur)", "is it you? (your)"), ("soooo niiice, see", "soo niice, see"),
        ("woooow!!! whaaat??", "woow! whaat?"),
        ("really?!", "really?!"), ("1000000 ...", "1000000 ..."), ("ok 😂😂", "ok 😂😂"), ("ok 😂😂🎉", "ok 🎉🎉"), ("😂 😂 😂", "😂 😂 😂"),
        ("❤❤❤❤ a", "❤❤ a"), ("👨‍👩‍👧👨‍👩‍👧👍🏽👍🏽 x", "👍🏽👍🏽 x"), ("@baaaab soooo", "@baaaab soo"), ("пррривет", "прривет"), ("नमस्ते", "नमस्ते"),
        ("", ""), ("   ", ""), ("!!!", "!"), ("u", "you"), ("r\nu", "are\nyou"),
    ])
    func habitsAreCleaned(text: String, cleaned: String) {
        #expect(PromptText.cleaned(text) == cleaned)
        #expect(PromptText.cleaned(cleaned) == cleaned)
    }

    @Test func ninetyCharactersAreCountedAsPeopleSeeThem() {
        let family = String(repeating: "👨‍👩‍👧", count: 100)
        #expect(PromptText.truncated(family).count == 90)
        #expect(PromptText.truncated(String(repeating: "e\u{301}", count: 91)).count == 90)
        #expect(PromptText.truncated(String(repeating: "a", count: 90)).count == 90)
        #expect(PromptText.truncated("one two", to: 4) == "one")
        #expect(PromptText.truncated("one", to: 0) == "")
        #expect(PromptText.truncated("one", to: -1) == "")
    }

    @Test(arguments: [
        (3, "one two three", "one two three"), (3, "one two three four", "one two three…"), (2, " one\n\ttwo ", "one two"), (0, "one", "…"),
        (2, "", ""),
        (2, "你好世界朋友", "你好世界…"), (3, "你好世界朋友", "你好世界朋友"), (2, "ok 你好世", "ok 你好…"),
    ])
    func textsAreCutBehindWords(count: Int, text: String, short: String) { #expect(PromptText.firstWords(count, of: text) == short) }

    @Test func aWordWithoutEndIsCutToo() {
        let text = PromptText.firstWords(10, of: String(repeating: "a", count: 100_000))
        #expect(text.count == 301)
        #expect(PromptText.wordCount(String(repeating: "a", count: 3000)) == 100)
    }

    @Test(arguments: [("", 0), ("one", 1), (" a  b\nc ", 3), ("👍 ok", 2), ("今日は", 2), ("it's well-known", 2)])
    func wordsAreCounted(text: String, count: Int) { #expect(PromptText.wordCount(text) == count) }

    @Test func hiddenCharactersAreDropped() {
        #expect(PromptText.firstWords(9, of: "a\u{202E}b\u{200B}c\u{0}d \u{FEFF}e") == "abc d e")
        #expect(PromptText.firstWords(9, of: "👨‍👩‍👧 ok") == "👨‍👩‍👧 ok")
    }
}
