import Testing
import Voice

@Suite struct ChatMarkupCheckTests {
    @Test(arguments: [
        "<b>a</b>", "<b><i>a</i> <u>b</u></b>", "<pre><code class=\"language-c\">a</code></pre>", "<a href=\"https://e.com/?a&amp;b\">x</a>",
        "<blockquote expandable>a</blockquote>", "<span class=\"tg-spoiler\">x</span> <tg-spoiler>y</tg-spoiler>", "a &lt; b &#65; &quot;",
        "<tg-emoji emoji-id=\"5368324170671202286\">👍</tg-emoji>", "<B>a</B>", "a > b", "AT&T",
    ])
    func telegramTakesThis(html: String) { #expect(ChatMarkupCheck.check(html, as: .telegramHTML).valid) }

    @Test(arguments: [
        ("<b>a", "never closed"), ("a</b>", "closes nothing"), ("<b><i>a</b></i>", "closes `<i>`"), ("a < b", "begins no tag"), ("<div>a</div>", "no tag that"),
        ("<a href=\"x>a</a>", "has no end"), ("<span>a</span>", "no spoiler"), ("<blockquote><blockquote>a</blockquote></blockquote>", "inside another"),
        ("", "nothing to see"), ("<b> </b>", "nothing to see"),
    ])
    func telegramRefusesThis(html: String, reason: String) {
        let report = ChatMarkupCheck.check(html, as: .telegramHTML)
        #expect(!report.valid && report.errors.contains { $0.contains(reason) }, "\(report)")
    }

    @Test func warningsNameWhatLooksWrong() {
        func warnings(_ text: String, _ markup: ChatMarkup) -> String { ChatMarkupCheck.check(text, as: markup).warnings.joined(separator: "\n") }
        #expect(warnings("a & b > c", .telegramHTML).contains("&amp;") && warnings("a & b > c", .telegramHTML).contains("&gt;"))
        #expect(warnings("**bold**", .telegramHTML).contains("“**”"))
        #expect(warnings("# x", .telegramMarkdown).contains("heading"))
        #expect(warnings("<pre># x **y**</pre>", .telegramHTML).isEmpty)
        #expect(warnings("**bold**", .telegramMarkdown).contains("twice"))
        #expect(warnings("| a | b |\n|---|---|", .discord).contains("Tables"))
        #expect(warnings("```\n| a | b |\n|---|---|\n```", .discord).isEmpty)
        #expect(warnings("lost \u{FFFD}", .plain).contains("U+FFFD"))
        #expect(warnings("**bold**", .plain).contains("“**”"))
        #expect(warnings(String(repeating: "<b>x</b> ", count: 101), .telegramHTML).contains("101"))
    }

    @Test(arguments: [
        ("*a* _b_ `c` [d](https://e.com) \\_ ```c\nx```", true), ("*a", false), ("snake_case", false), ("snake\\_case", true), ("[a](b", false), ("[a", false),
        ("`a*b_c`", true), ("```\na", false), ("*a\\*b*", false),
    ])
    func oldMarkdownIsReadAsTelegramReadsIt(text: String, isValid: Bool) {
        #expect(ChatMarkupCheck.check(text, as: .telegramMarkdown).valid == isValid)
    }

    @Test(arguments: [
        ("**a** *b* ~~c~~ `d` [e](https://f.g)", true), ("**a", false), ("*a", false), ("`a", false), ("```\na", false), ("```a``` b", true), ("[a](b", false),
        ("5 * 3, snake_case, 2*3*4", true), ("\\*a", true), ("```\n**a\n```", true), ("(a] [b)", true),
    ])
    func discordMarkupIsWholeOrNot(text: String, isValid: Bool) { #expect(ChatMarkupCheck.check(text, as: .discord).valid == isValid) }

    @Test func lengthsCountWhatThePlatformCounts() {
        let html = ChatMarkupCheck.check("<b>a&lt;😀</b>", as: .telegramHTML)
        #expect(html.length == 4 && html.limit == 4096)
        #expect(ChatMarkupCheck.check("*a*\\_", as: .telegramMarkdown).length == 2)
        let discord = ChatMarkupCheck.check("**a**", as: .discord)
        #expect(discord.length == 5 && discord.limit == 2000)
        func report(_ count: Int) -> RenderingReport { ChatMarkupCheck.check(String(repeating: "a", count: count), as: .discord) }
        #expect(report(1800).warnings.isEmpty && report(1801).warnings.count == 1 && report(2000).valid && !report(2001).valid)
    }

    @Test func hostileTextsAreReadInTime() {
        for piece in ["<", "<b", "<b>", "</b>", "&", "*", "`", "[", "](", "```", "<a href=\"", "# x\n", "|-|\n"] {
            let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
            let time = ContinuousClock().measure { for markup in ChatMarkup.allCases { _ = ChatMarkupCheck.check(text, as: markup) } }
            #expect(time < .seconds(3), "\(piece)")
        }
    }
}
