/// Random numbers that are the same in every run.
struct TextSeed: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

enum TextSamples {
    /// Texts as models write them, and worse.
    static let all = [
        "<think>\nThe user says hi. **Plan**: greet.\n</think>\n\nHello! I'm *June*, your `assistant_bot`. How can I help?",
        "Okay, the user wants a joke.\nLet me think.</think>Why did the chicken cross the road? To get to the other side.",
        "# Plan for 2024\n\n1. Buy **two** eggs (about $3.50)\n2. Boil them:\n   - 5 minutes: soft\n   - 10 minutes: hard\n3. Eat\n\nThat's 100% of it.",
        "Here is the code:\n\n```swift\n# not a heading\n- not a list\nlet x = \"</think>\"\n```\n\nIt prints `x`, see [the docs](https://example.com/a_(b)?q=\"1\").",
        "| Name | Price |\n|:-----|------:|\n| Tea | €2 |\n| Coffee, `big` | £3.20 |\n\nAnd a | b without a table.",
        "> A quote over\n> two lines – with dashes.\n\nAfter it. Dr. Smith, e.g., paid $5 million; 2*3*4 = 24… snake_case_names stay.",
        "你好，世界！今天是 2024 年。我们去 https://www.example.cn/x 看看，好吗？\n\n- 第一\n- 第二",
        "Family 👩‍👩‍👧‍👦 and flags 🇩🇪🇫🇷, e\u{301}te\u{301} 1️⃣. Done 👍!",
        "A <b>bold</b> tag, a<br>break, x < y, <|im_end|> and an <unknown thing> here. ~~~\n~~~\ncode never closed\n",
        "Title\n=====\ntext\n---\n* * *\n--- | ---\n- - -\n- [x] done\n+ plus\n2) two\n[1]: https://a.b\nend[^1]",
        "Unclosed `code and **bold and [link](https://x.y and <a href=\"z\n\nnext paragraph!! ???\r\nwindows line\r\n",
        "He said \"Stop!\" and went. \"Why?\" Nobody knew... The U.S. Army left the U.S. The end. No. 5 is alive. No. It isn't. It was the 3. Mai then.",
        "Ask me about <think>secret <b>things</b> that never end",
        "", "   ", "\n\n\n", "*", "**", "```", "`", "<", "<think", "</think>", "#", "- ", "1.", "|", "👍", "$", "5 -",
    ]

    /// A text of marks, words and breaks in random order.
    static func random(_ seed: inout TextSeed, pieces: Int) -> String {
        let parts = [
            "word", "two words", " ", "\n", "\n\n", "*", "**", "_", "`", "```", "~~~", "#", "## ", "- ", "1. ", "> ", "|", "[", "](", ")", "<", ">", "<think>",
            "</think>", "https://a.b/c", "$5", "€", "3.14", ". ", "! ", ", ", "—", "👩‍👧", "e\u{301}", "中文。", "，", "\\", "&", "%", "---", "=", "<b>", "million", "\t", "\r\n",
        ]
        return (0..<pieces).map { _ in parts.randomElement(using: &seed) ?? "" }.joined()
    }
}

extension String {
    /// The text cut at random places between scalars, some pieces empty.
    func cut(_ seed: inout TextSeed) -> [String] {
        var pieces = [""]
        for scalar in unicodeScalars {
            while Int.random(in: 0..<5, using: &seed) == 0 { pieces.append("") }
            pieces[pieces.count - 1].unicodeScalars.append(scalar)
        }
        return pieces
    }
}
