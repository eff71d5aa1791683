import Testing
import Voice

@Suite struct SpeakableTextTests {
    private func speak(_ pieces: [String], language: String? = nil) -> String {
        var text = SpeakableText(language: language)
        return pieces.map { text.feed($0) }.joined() + text.finish()
    }

    // MARK: Pieces

    @Test(arguments: TextSamples.all)
    func everyCutGivesTheSame(text: String) {
        let whole = SpeakableText.spoken(text)
        let scalars = Array(text.unicodeScalars)
        #expect(speak(scalars.map { String($0) }) == whole)
        for place in 0...scalars.count {
            let halves = [scalars[..<place], scalars[place...]].map { String(String.UnicodeScalarView($0)) }
            #expect(speak(halves) == whole, "cut at \(place)")
        }
    }

    @Test func randomTextsInRandomPiecesGiveTheSame() {
        var seed = TextSeed(7)
        for _ in 0..<300 {
            let text = TextSamples.random(&seed, pieces: 40)
            #expect(speak(text.cut(&seed)) == SpeakableText.spoken(text), "\(text.debugDescription)")
        }
    }

    @Test func wordsAreGivenAsTheyCome() {
        var text = SpeakableText()
        #expect(text.feed("## Hel") == "")
        #expect(text.feed("lo\nIt's **2") == "Hello.")
        #expect(text.feed("%** of it.") == "\nIt's 2 percent")
        #expect(text.finish() == " of it.")
        #expect(text.feed("Again") + text.finish() == "Again")
    }

    @Test func nothingIsHeldBackLongerThanAWord() {
        var text = SpeakableText()
        let said = "One two three four five six".split(separator: " ").map { text.feed($0 + " ") }
        #expect(said == ["", "One", " two", " three", " four", " five"])
    }

    @Test func scriptsWithoutBlanksAreGivenAtTheirCommas() {
        var text = SpeakableText()
        #expect(text.feed("你好，世界。") == "你好，")
    }

    // MARK: Thoughts

    @Test(arguments: [
        ("<think>plan</think>Hello.", "Hello."),
        ("\n<think>\nA **long**\n\nplan\n</think>\n\nHello.", "Hello."),
        ("<THINKING>x</THINKING> Yes.", "Yes."),
        ("Before. <think>not this</think> After.", "Before. After."),
        ("Before.\n<think>never closed", "Before."),
        ("<think>never closed", ""),
        ("</think>Hello.", "Hello."),
        ("I should be brief.\n</think>\n\nHello.", "Hello."),
        ("Okay, the user greets me. I greet back.</think>Hello.", "Hello."),
        ("Okay, the user interface is ready.", "Okay, the user interface is ready."),
        ("Hmm", "Hmm"),
        ("The `<think>` tag opens a thought.", "The think tag opens a thought."),
        ("```\n<think>\n```\nShown.", "I have left the code out.\nShown."),
        ("<think>a</think><think>b</think>c", "c"),
        ("a < b and <thin air>", "a less than b and thin air"),
    ])
    func thoughtsAreNotSpoken(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test func modelsThatBeginInsideAThoughtAreKnownThen() {
        var text = SpeakableText()
        _ = text.feed("The user greets.</think>Hello.") + text.finish()
        #expect(text.beganInThought)
        var next = SpeakableText(beginsInThought: true)
        #expect(next.feed("Being brief is best.</think>Hi") + next.finish() == "Hi")
        var other = SpeakableText()
        _ = other.feed("<think>x</think>Hello.") + other.finish()
        #expect(!other.beganInThought)
    }

    @Test func thoughtsAreTakenOutOfWrittenTextsToo() {
        var filter = ThoughtFilter()
        #expect(filter.feed("<think>The user greets me.</th") == "")
        #expect(filter.feed("ink>\n\n**Hello**\n") == "**Hello**\n")
        #expect(filter.feed("x <y") == "x ")
        #expect(filter.finish() == "<y")
    }

    // MARK: Markdown

    @Test(arguments: [
        ("# Title\ntext", "Title.\ntext"),
        ("## What now? ##\ntext", "What now?\ntext"),
        ("Title\n=====\ntext", "Title.\ntext"),
        ("#hashtag", "hashtag"),
        ("- one\n- two.\n- three:\n  - four", "one.\ntwo.\nthree:\nfour."),
        ("1. First\n2) Second", "1. First.\n2) Second."),
        ("- [ ] todo\n- [x] done", "todo.\ndone."),
        ("- \"Quoted!\"\n- (so.)", "\"Quoted!\"\n(so.)"),
        ("Hello **bold** _slanted_ ~~gone~~ ***both***.", "Hello bold slanted gone both."),
        ("un**believ**able snake_case_name", "unbelievable snake case name"),
        ("> A quote\n> over lines\n\nAfter.", "A quote over lines\nAfter."),
        ("> # Title\n> - item", "Title.\nitem."),
        ("one\ntwo\n\nthree", "one two\nthree"),
        ("above\n\n---\n\nbelow\n***\nend", "above\nbelow.\nend"),
        ("\\*literal\\* and \\# here", "literal and here"),
        ("A <b>bold</b> claim<br>and more", "A bold claim and more"),
        ("Claim[^1] and ![a picture](https://x.y/z.png)", "Claim and a picture"),
        ("Done.<|im_end|>", "Done."),
    ])
    func marksAreNotSpoken(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("Use `git commit -m` now", "Use git commit m now"),
        ("Call `foo_bar()`, then ``a`b``.", "Call foo bar(), then ab."),
        ("See:\n```python\nprint(1)\n# no heading\n```\nDone.", "See:\nI have left the code out.\nDone."),
        ("~~~~\n```\n~~~\n~~~~\nDone.", "I have left the code out.\nDone."),
        ("```\nnever closed\n\n# at all", "I have left the code out."),
        ("- item\n  ```sh\n  ls\n  ```\n- next", "item.\nI have left the code out.\nnext."),
        ("```one line``` of code", "one line of code"),
        ("```a\n```\n```b\n```", "I have left the code out.\nI have left the code out."),
    ])
    func codeIsLeftOut(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("See [the docs](https://a.b/c_(d)?q=\"x y\").", "See the docs."),
        ("See [two words](<https://a.b> \"and a title\") now.", "See two words now."),
        ("https://www.example.com/long/path?x=1#y", "a link to example.com"),
        ("(http://user@example.com:8080/a), ok", "(a link to example.com), ok"),
        ("<https://example.com>", "a link to example.com"),
        ("**www.example.org**.", "a link to example.org."),
        ("[https://example.com](https://example.com)", "a link to example.com"),
        ("[open", "open"),
        ("[text](https://never.closed", "text(a link to never.closed"),
    ])
    func addressesAreNotSpelled(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("| Name | Age |\n|---|---|\n| Al | 3 |\n| Bo | 4 |\n\nend", "Name: Al, Age: 3.\nName: Bo, Age: 4.\nend"),
        ("| a | b |\n| c | d |", "a, b.\nc, d."),
        ("| only | head |\n|---|---|", "only, head."),
        ("| a \\| b | **c** |\n|-|-|\n| `x` |  |\n| y. | z | extra |", "a b: x.\na b: y, c: z, extra."),
        ("A | B\n--- | ---\n1 | 2", "A B.\n1 2"),
    ])
    func tablesAreSpokenRowByRow(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }
}
