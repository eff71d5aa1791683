import Testing
import Voice

@Suite struct RenderingMarkupTests {
    private func html(_ text: String) -> String { MarkdownDocument(text).rendered(as: .telegramHTML) }

    @Test(arguments: [
        // Marks of blocks mean nothing inside of code.
        ("```python\n# comment\n- item\n1. x\n> y\n```\nend", "<pre><code class=\"language-python\"># comment\n- item\n1. x\n&gt; y</code></pre>\n\nend"),
        ("````\n```\ninner\n```\n````", "<pre>```\ninner\n```</pre>"),
        ("```\nnever closed\n# x", "<pre>never closed\n# x</pre>"),
        // Lists go on behind lists inside of them, with their numbers.
        ("1. one\n   - sub\n   - sub\n2. two\n  - less indented\n3. three", "1. one\n   • sub\n   • sub\n2. two\n   • less indented\n3. three"),
        ("1. one\n\n2. two\n\n```\ncode\n```\n\n3. three", "1. one\n2. two\n\n<pre>code</pre>\n\n3. three"),
        ("1. a\n1. b\n1. c", "1. a\n2. b\n3. c"),
        ("3) c\n7) g", "3. c\n7. g"),
        // Quotes end where they end.
        ("> one\n> two\nafter", "<blockquote>one\ntwo</blockquote>\n\nafter"),
        ("> one\n>\n> - item\n\nafter", "<blockquote>one\n\n• item</blockquote>\n\nafter"),
        // Nothing is escaped twice, or not at all.
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("&lt;b&gt; &amp;lt; &#65;", "&lt;b&gt; &amp;lt; A"),
        ("<b>x</b> <script>", "&lt;b&gt;x&lt;/b&gt; &lt;script&gt;"),
        ("`<b>` and `&lt;`", "<code>&lt;b&gt;</code> and <code>&amp;lt;</code>"),
        ("[x](https://e.com/?q=\"a\"&b=<c>)", "<a href=\"https://e.com/?q=&quot;a&quot;&amp;b=&lt;c&gt;\">x</a>"),
        ("```x\"><b>\ncode\n```", "<pre>code</pre>"),
        ("```c++\ncode\n```", "<pre><code class=\"language-c++\">code</code></pre>"),
        // Products and names are no emphasis.
        ("2*3*4 and a*b*c", "2*3*4 and a*b*c"),
        ("2**3**4, 5 * 6 * 7", "2**3**4, 5 * 6 * 7"),
        ("snake_case_names and _private_", "snake_case_names and <i>private</i>"),
    ])
    func faultsOfOthersAreNone(text: String, expected: String) { #expect(html(text) == expected) }

    @Test(arguments: [
        ("# Title\ntext", "<b>Title</b>\n\ntext"),
        ("Title\n=====", "<b>Title</b>"),
        ("one\ntwo  \nthree\\\nfour<br>five", "one\ntwo\nthree\nfour\nfive"),
        ("**bold** *it* __bold__ ~~s~~ ***both***", "<b>bold</b> <i>it</i> <b>bold</b> <s>s</s> <b><i>both</i></b>"),
        ("**a *b* c** *a **b** c*", "<b>a <i>b</i> c</b> <i>a <b>b</b> c</i>"),
        ("un**believ**able, **“so.”**he", "un<b>believ</b>able, <b>“so.”</b>he"),
        ("这是**重点。**好 *也*是", "这是<b>重点。</b>好 <i>也</i>是"),
        ("**open and *open `open", "**open and *open `open"),
        ("``a`b`` ` `` `", "<code>a`b</code> <code>``</code>"),
        ("**`code` in bold**", "<code>code</code><b> in bold</b>"),
        ("[**b** t](https://e.com) [x [y] z](https://e.com \"t\")", "<a href=\"https://e.com\"><b>b</b> t</a> <a href=\"https://e.com\">x [y] z</a>"),
        ("[a](<https://e.com/x y>) ![pic](https://i.j/k.png)", "<a href=\"https://e.com/x y\">a</a> <a href=\"https://i.j/k.png\">pic</a>"),
        ("[rel](docs/a.md) [top](#top) [js](javascript:alert(1))", "rel (docs/a.md) top js (javascript:alert(1))"),
        ("[a](b [c]( [d] e](f)", "[a](b [c]( [d] e](f)"),
        ("https://a.b/c_d_e, <https://f.g>", "https://a.b/c_d_e, https://f.g"),
        ("\\*lit\\* \\_x\\_ \\# \\q", "*lit* _x_ # \\q"),
        ("- [ ] todo\n- [x] done", "☐ todo\n☑ done"),
        ("- a\n\n  more\n\n- b\n  ```sh\n  ls\n    x\n  ```", "• a\n  more\n• b\n<pre><code class=\"language-sh\">ls\n  x</code></pre>"),
        ("- item\nlazy\n\npara", "• item\n  lazy\n\npara"),
        ("above\n\n---\n\nbelow", "above\n\n---\n\nbelow"),
        ("> > inner\n> outer", "<blockquote>&gt; inner\n\nouter</blockquote>"),
        ("    code\n      more", "<pre>code\n  more</pre>"),
        ("| A | B |\n|---|:-:|\n| 1 | `a|b` |", "<pre>A | B\n--+----\n1 | a|b</pre>"),
        ("A | B\n---|---\n[l](https://x.y) | a \\| **b**", "<b>A</b> | <b>B</b>\n---\n<a href=\"https://x.y\">l</a> | a | <b>b</b>"),
        ("a | b", "a | b"),
        ("1986. A great year\n", "1986. A great year"),
        ("It was\n1986. A great year", "It was\n1986. A great year"),
        ("#hashtag and #1", "#hashtag and #1"),
        ("# C#\n## x ##", "<b>C#</b>\n\n<b>x</b>"),
        ("", ""), ("\n \n", ""), ("```\n```", ""), ("#", ""),
    ])
    func markdownBecomesTelegramHTML(text: String, expected: String) { #expect(html(text) == expected) }

    @Test(arguments: [
        ("# Title\n**b** *i* ~~s~~ `c`", "*Title*\n\n*b* _i_ s `c`"),
        ("**a *b* c** *d*", "*a b c* _d_"),
        ("snake_case 2*3*4 [x] `a` b`", "snake\\_case 2\\*3\\*4 \\[x] `a` b\\`"),
        ("**a\\*b**", "*a*\\**b*"),
        ("``a`b``", "`a`\\``b`"),
        ("[a]b](https://e.com/a_(b))", "\\[a]b](https://e.com/a\\_(b))"),
        ("[a\\]b](https://e.com/a_(b))", "[a](https://e.com/a_(b%29)][b](https://e.com/a_(b%29)"),
        ("C:\\\\**x**", "C:*\\x*"),
        ("> one\n> two", "_one\ntwo_"),
        ("```js\nlet `a` = 1\n```", "```js\nlet `a` = 1```"),
        ("````\n```x`\n````", "```\n`\u{200B}`\u{200B}`x`\u{200B}```"),
    ])
    func markdownBecomesTelegramsOldMarkdown(text: String, expected: String) {
        let rendered = MarkdownDocument(text).rendered(as: .telegramMarkdown)
        #expect(rendered == expected)
        #expect(ChatMarkupCheck.check(rendered, as: .telegramMarkdown).valid)
    }

    @Test(arguments: [
        ("# Title\n**b** *i* ~~s~~ `c` ***x***", "**Title**\n\n**b** *i* ~~s~~ `c` ***x***"),
        ("- a\n  - b\n1. c", "- a\n  - b\n\n1. c"),
        ("> one\n> two\n\nafter", "> one\n> two\n\nafter"),
        ("> a\n>\n> ```sh\n> ls\n> ```", "> a\n> \n> ```sh\n> ls\n> ```"),
        ("2*3*4 snake_case \\# x\n\\- y\n\\> z\n1\\. w", "2\\*3\\*4 snake\\_case # x\n\\- y\n\\> z\n1\\. w"),
        ("[a b](https://e.com/x_(y)?q=\"z\") https://a.b/c_d", "[a b](https://e.com/x_%28y%29?q=\"z\") https://a.b/c_d"),
        ("**a***b* `c``d`", "**a**\u{200B}*b* ``c`\u{200B}`d``"),
        ("|| no spoiler || <@123>", "\\|\\| no spoiler \\|\\| \\<@123>"),
        ("&amp;amp; & AT&T", "\\&amp; & AT&T"),
        ("| A | Wide |\n|---|---|\n| **x** | 中文 |", "```\nA | Wide\n--+-----\nx | 中文\n```"),
        ("- a\n  ```\n  x\n  ```\n- b", "- a\n```\nx\n```\n- b"),
    ])
    func markdownBecomesDiscords(text: String, expected: String) {
        let rendered = MarkdownDocument(text).rendered(as: .discord)
        #expect(rendered == expected)
        #expect(ChatMarkupCheck.check(rendered, as: .discord).valid)
        #expect(Seen.solid(MarkdownDocument(rendered).rendered(as: .discord)) == Seen.solid(rendered))
    }

    @Test func plainTextHasNoMarks() {
        let text = "# T\n**b** `c` [l](https://e.com)\n- x\n> q\n> r\n```sh\nls\n```"
        #expect(MarkdownDocument(text).rendered(as: .plain) == "T\n\nb c l (https://e.com)\n\n• x\n\n> q\n> r\n\nls")
    }

    @Test func documentsAreValues() {
        let document = MarkdownDocument("# A **b**\n\n1. x\n2. [ ] y\n\n```c\nz\n```")
        #expect(
            document.blocks == [
                .heading(level: 1, [MarkdownSpan("A "), MarkdownSpan("b", .bold)]),
                .list(
                    MarkdownList(items: [
                        .init(number: 1, blocks: [.paragraph([MarkdownSpan("x")])]),
                        .init(number: 2, isDone: false, blocks: [.paragraph([MarkdownSpan("y")])]),
                    ])),
                .code("z", language: "c"),
            ])
    }

    @Test func linesMayEndInAnyWay() { #expect(html("# a\r\nb\r\r- c\n") == "<b>a</b>\n\nb\n\n• c") }
}
