import Testing
import Voice

@Suite struct SpokenSymbolTests {
    @Test(arguments: [
        ("3.14, 1,000, 10:30 and 2024-05-01 stay.", "3.14, 1,000, 10:30 and 2024-05-01 stay."),
        ("100% of 5 %, 2% & more", "100 percent of 5 percent, 2 percent and more"),
        ("2*3*4 = 24", "2 times 3 times 4 equals 24"),
        ("2 * 3 + 4 - 1", "2 times 3 plus 4 minus 1"),
        ("2^3, 2**3", "2 to the power of 3, 2 to the power of 3"),
        ("x < y, x<=5, a >= b", "x less than y, x at most 5, a at least b"),
        ("20°C, 70 °F, 90°", "20 degrees Celsius, 70 degrees Fahrenheit, 90 degrees"),
        ("±5 ≈ 3×4 ~5", "plus or minus 5 about 3 times 4 about 5"),
        ("1–5 or cat—dog - yes", "1 to 5 or cat, dog, yes"),
        ("C++, C# #5 AT&T a@b.com 24/7 and/or", "C plus plus, C sharp number 5 AT and T a at b.com 24/7 and or"),
        ("a -> b => c → d", "a, b, c, d"),
        ("Say - - a $x^2$ b", "Say, a x to the power of 2 b"),
        ("x &lt; y &amp; z", "x less than y and z"),
    ])
    func symbolsBecomeWords(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("$5.99, $1, €20, 20€, 5 €, £2.", "5.99 dollars, 1 dollar, 20 euros, 20 euros, 5 euros, 2 pounds."),
        ("$3 million, then $5k and ($2bn)", "3 million dollars, then 5 thousand dollars and (2 billion dollars)"),
        ("$1,000.50!", "1,000.50 dollars!"),
        ("$ alone and a €", "alone and a euro"),
    ])
    func moneyIsReadInOrder(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("Great 👍! 👩‍👩‍👧 🇩🇪 ❤️ ok", "Great! ok"),
        ("1️⃣ first ✅ © ™ ●", "1 first"),
        ("نعم، می‌خواهم हिन्दी क्‍ष", "نعم، می‌خواهم हिन्दी क्‍ष"),
        ("e\u{301}te\u{301} — “so” it’s…", "e\u{301}te\u{301}, “so” it’s…"),
        ("👍", ""),
    ])
    func picturesAreDropped(text: String, spoken: String) { #expect(SpeakableText.spoken(text) == spoken) }

    @Test(arguments: [
        ("de", "Das sind 50 % für 5 €.\n```\nx\n```", "Das sind 50 Prozent für 5 Euro.\nDen Code habe ich ausgelassen."),
        ("fr-CA", "2 + 2 = 4", "2 plus 2 égale 4"),
        ("es", "$3 millones", "3 millones dólares"),
        // No vocabulary: what synthesisers know stays, nothing English is said.
        ("fi", "50 % ja 5 € & https://a.fi/x\n```\nx\n```", "50 % ja 5 € a.fi"),
    ])
    func wordsAreOfTheLanguage(language: String, text: String, spoken: String) { #expect(SpeakableText.spoken(text, language: language) == spoken) }

    @Test func nothingIsLostOfPlainText() {
        let text = "Nothing here needs a change: it's plain, \"quoted\" (and bracketed) text; isn't it? Yes!"
        #expect(SpeakableText.spoken(text) == text)
    }

    @Test func timeGrowsWithTheText() {
        // What makes a reader look back and forth; what looks too often takes minutes.
        for piece in ["word ", "*", "`", "[", "](", "<", "<a ", "- ", "> ", "| ", "#", "1", "$", "&", "👍", "](a", "<think"] {
            let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
            let time = ContinuousClock().measure { _ = SpeakableText.spoken(text) }
            #expect(time < .seconds(3), "\(piece)")
        }
    }
}
