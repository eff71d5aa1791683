import Testing
import Voice

@Suite struct RenderingPartsTests {
    private func seen(_ part: String, _ markup: ChatMarkup) throws -> String {
        switch markup {
        case .telegramHTML: try Seen.html(part)
        case .telegramMarkdown: try Seen.telegramMarkdown(part)
        // Long addresses of links are written out where there is no room for them to be repeated.
        case .discord: Seen.withoutAddresses(try Seen.html(MarkdownDocument(part).rendered(as: .telegramHTML)))
        case .plain: part
        }
    }

    private func solid(_ text: String, _ markup: ChatMarkup) -> String { Seen.solid(text, withoutQuotes: markup == .discord || markup == .plain) }

    @Test(arguments: ChatMarkup.allCases)
    func nothingIsLostNorDoubledAndEachPartFits(markup: ChatMarkup) throws {
        for seed in 0..<40 as Range<UInt64> {
            let (text, words) = RenderingSamples.document(seed, blocks: 12, hasLongWords: seed % 4 == 0)
            let document = MarkdownDocument(text)
            let whole = document.rendered(as: markup)
            #expect(Seen.words(try seen(whole, markup)) == Array(1...words), "seed \(seed)")
            for limit in [160, 700, 2000] {
                let parts = document.parts(as: markup, limit: limit)
                var joined = ""
                for part in parts {
                    let report = ChatMarkupCheck.check(part, as: markup)
                    #expect(report.valid && report.length <= limit && report.length > 0, "seed \(seed), limit \(limit): \(report)\n\(part)")
                    joined += try seen(part, markup)
                }
                #expect(Seen.words(joined) == Array(1...words), "seed \(seed), limit \(limit)")
                let (all, expected) = (solid(joined, markup), solid(try seen(whole, markup), markup))
                #expect(all == expected, "seed \(seed), limit \(limit): \(RenderingSamples.difference(all, expected))")
            }
        }
    }

    @Test func partsThatAreMarkdownFitInEveryMarkup() throws {
        for seed in 200..<230 as Range<UInt64> {
            let (text, words) = RenderingSamples.document(seed, blocks: 12, hasLongWords: seed % 4 == 0)
            for limit in [300, 2000] {
                let parts = MarkdownDocument(text).markdownParts(limit: limit)
                for markup in ChatMarkup.allCases {
                    let rendered = parts.map { MarkdownDocument($0).rendered(as: markup) }
                    #expect(Seen.words(try rendered.map { try seen($0, markup) }.joined()) == Array(1...words), "seed \(seed)")
                    for part in rendered where markup != .plain {
                        let report = ChatMarkupCheck.check(part, as: markup)
                        #expect(report.valid && report.length <= limit, "seed \(seed): \(report)\n\(part)")
                    }
                }
            }
        }
    }

    @Test(arguments: ChatMarkup.allCases)
    func junkIsNeverLostNorBroken(markup: ChatMarkup) throws {
        var seed = TextSeed(3)
        for _ in 0..<100 {
            let document = MarkdownDocument(TextSamples.random(&seed, pieces: 120))
            let whole = document.rendered(as: markup)
            var joined = ""
            for part in document.parts(as: markup, limit: 130) {
                let report = ChatMarkupCheck.check(part, as: markup)
                #expect(report.valid && report.length <= 130, "\(report)\n\(part.debugDescription)")
                joined += try seen(part, markup)
            }
            if markup == .discord { continue }
            #expect(solid(joined, markup) == solid(try seen(whole, markup), markup), "\(whole.debugDescription)")
        }
    }

    @Test func aShortTextIsOnePart() {
        let document = MarkdownDocument("# Hi\n\nthere")
        for markup in ChatMarkup.allCases { #expect(document.parts(as: markup, limit: 2000) == [document.rendered(as: markup)]) }
        #expect(MarkdownDocument(" \n").parts(as: .discord, limit: 2000).isEmpty)
    }

    @Test func partsEndBetweenBlocksThenLinesThenSentencesThenWords() {
        let paragraph = "One sentence. "
        let blocks = MarkdownDocument((1...6).map { "Paragraph \($0). " + String(repeating: paragraph, count: 10) }.joined(separator: "\n\n"))
        #expect(blocks.parts(as: .telegramHTML, limit: 400).map { $0.split(separator: "\n\n").count } == [2, 2, 2])
        let lines = MarkdownDocument((1...30).map { "- line \($0) of many" }.joined(separator: "\n")).parts(as: .telegramHTML, limit: 100)
        #expect(lines.allSatisfy { $0.hasPrefix("• line") && $0.hasSuffix("of many") })
        let sentences = MarkdownDocument(String(repeating: "This is one. Is this? Yes! ", count: 30)).parts(as: .telegramHTML, limit: 100)
        #expect(sentences.allSatisfy { ".?!".contains($0.last ?? "x") })
        let words = MarkdownDocument(String(repeating: "word ", count: 100)).parts(as: .telegramHTML, limit: 99)
        #expect(words.allSatisfy { $0.split(separator: " ").allSatisfy { $0 == "word" } } && words.count == 5)
    }

    @Test func aHeadingStaysWithItsText() {
        let text = String(repeating: "Filling words. ", count: 20) + "\n\n# Heading\n\n" + String(repeating: "Its text. ", count: 20)
        let parts = MarkdownDocument(text).parts(as: .telegramHTML, limit: 350)
        #expect(parts.count == 2 && parts[1].hasPrefix("<b>Heading</b>\n\nIts text."))
    }

    @Test func codeIsOpenedAgainWithItsLanguage() {
        let code = (1...200).map { "    line\($0)(x)" }.joined(separator: "\n")
        let document = MarkdownDocument("Code:\n\n```swift\n\(code)\n```\n\nDone.")
        let html = document.parts(as: .telegramHTML, limit: 1000)
        #expect(html.count == 3 && html[1].hasPrefix("<pre><code class=\"language-swift\">    line") && html[1].hasSuffix("(x)</code></pre>"))
        let discord = document.parts(as: .discord, limit: 1000)
        #expect(discord[1].hasPrefix("```swift\n    line") && discord[1].hasSuffix("(x)\n```"))
        let old = document.parts(as: .telegramMarkdown, limit: 1000)
        #expect(old[1].hasPrefix("```swift\n    line") && old[1].hasSuffix("(x)```"))
    }

    @Test func stylesLinksAndQuotesGoOn() {
        let words = String(repeating: "word ", count: 60) + "end"
        let document = MarkdownDocument("> **bold \(words)**\n\n[link \(words)](https://e.com)")
        let parts = document.parts(as: .telegramHTML, limit: 200)
        #expect(parts[1].hasPrefix("<blockquote><b>word") && parts[1].hasSuffix("</b></blockquote>"))
        #expect(parts.last?.hasPrefix("<a href=\"https://e.com\">word") == true)
        #expect(document.parts(as: .discord, limit: 200)[1].hasPrefix("> **word"))
    }

    @Test func oneWordOfTenThousandCharactersIsCutAnywhere() {
        let word = String(repeating: "a", count: 10_000)
        #expect(MarkdownDocument(word).parts(as: .telegramHTML, limit: 4096).map(\.count) == [4096, 4096, 1808])
        #expect(MarkdownDocument(word).parts(as: .discord, limit: 2000).joined() == word)
    }

    @Test func unitsAreCountedAndCharactersKeptWhole() {
        // Two units each; four people of eleven units; a letter with its marks.
        #expect(MarkdownDocument(String(repeating: "😀", count: 3000)).parts(as: .telegramHTML, limit: 4096).map(\.count) == [2048, 952])
        let family = MarkdownDocument(String(repeating: "👩‍👩‍👧‍👦", count: 100)).parts(as: .telegramHTML, limit: 100)
        #expect(family.allSatisfy { $0.allSatisfy { $0 == "👩‍👩‍👧‍👦" } && $0.utf16.count == 99 } == false || family.count == 12)
        #expect(family.joined().count == 100)
        let marks = MarkdownDocument(String(repeating: "e\u{301}\u{323}", count: 200)).parts(as: .telegramHTML, limit: 100)
        #expect(marks.allSatisfy { $0.allSatisfy { $0 == "e\u{301}\u{323}" } })
        let endless = MarkdownDocument("e" + String(repeating: "\u{301}", count: 1000)).parts(as: .telegramHTML, limit: 100)
        #expect(endless.allSatisfy { $0.utf16.count <= 100 } && endless.joined().unicodeScalars.count == 1001)
        // Tags don't count for Telegram, marks do for Discord.
        let bold = MarkdownDocument(String(repeating: "**b** ", count: 1000))
        #expect(bold.parts(as: .telegramHTML, limit: 4096).count == 1)
        #expect(bold.parts(as: .discord, limit: 2000).count > 2)
    }

    @Test func timeGrowsWithTheText() {
        let (document, _) = RenderingSamples.document(1, blocks: 500)
        let samples = ["*a ", "**", "_a_", "`", "[", "[a](b", "[a](b) ", "![", "](", "<h", "&a;", "> ", "- ", "| a ", "\n- a\n  - b", "\\", "a\n", "#", "e\u{301}"]
        for text in [document] + samples.map({ String(repeating: $0, count: 30_000 / $0.utf8.count) }) {
            let time = ContinuousClock().measure {
                let document = MarkdownDocument(text)
                for markup in ChatMarkup.allCases { for part in document.parts(as: markup, limit: 2000) { _ = ChatMarkupCheck.check(part, as: markup) } }
            }
            #expect(time < .seconds(4), "\(text.prefix(20))")
        }
    }
}
