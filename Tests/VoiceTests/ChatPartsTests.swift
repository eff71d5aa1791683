import Engines
import Foundation
import Testing
@testable import Voice

@Suite struct ChatPartsTests {
    private static func rendering(_ platform: ChatPlatform, limit: Int) -> ChatRendering {
        ChatRendering(ChatPortDouble(ChatPlatformDouble(), platform: platform, limit: limit))
    }

    @Test func whatFitsStaysAsItWasWritten() {
        let text = "# Hello\n\n* you\n* _there_ <&"
        for platform in ChatPlatform.allCases { #expect(Self.rendering(platform, limit: 200).parts(text) == [text]) }
        #expect(Self.rendering(.telegram, limit: 200).parts("") == [""])
    }

    /// Each part fits as the platform counts, and all that was written is there, once and in order.
    @Test(arguments: ChatPlatform.allCases) func longTextsAreCutAndFit(_ platform: ChatPlatform) {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "**bold words** ", "plain ", "naïve 🙂 ", "\n\n- item ", "\n\n> quote ", "\n\n1. one ", "\n\n# head\n\n", "`code` ",
            "[link](https://example.com/a) ",
        ]
        for _ in 0..<60 {
            var text = ""
            for number in 0..<Int.random(in: 30...160, using: &generator) {
                text += (pieces.randomElement(using: &generator) ?? "") + "w\(number) "
                if number == 20 { text += "\n\n```swift\nlet x = 1\n" + String(repeating: "call()\n", count: 30) + "```\n\n" }
            }
            let rendering = Self.rendering(platform, limit: 400)
            let parts = rendering.parts(text, spare: 100)
            #expect(parts.count > 1 && parts.allSatisfy { rendering.length($0) <= 300 })
            let words = parts.joined(separator: " ").matches(of: #/\bw(\d+)\b/#).map { Int($0.1) ?? -1 }
            #expect(words == Array(0...(words.last ?? 0)) && text.contains("w\(words.count - 1) ") && !text.contains("w\(words.count) "))
            #expect(parts.reduce(0) { $0 + $1.components(separatedBy: "call()").count - 1 } == 30)
            #expect(rendering.length(rendering.clipped(text)) <= 400)
        }
    }

    @Test func peopleSeeHowFarItIs() {
        let texts = ChatTexts(nil)
        var view = TurnView(texts, isSpoken: true)
        #expect(view.text == texts(.listening))
        let isNew = view.take(.heard(TranscriptSegment(start: 0, end: 1, text: "Two *stars*")))
        #expect(isNew)
        #expect(view.text == "> Two \\*stars\\*\n\n" + texts(.thinking))
        _ = view.take(.transcribed(Transcript(segments: [TranscriptSegment(start: 0, end: 1, text: "Two stars?")], language: nil, duration: 1)))
        _ = view.take(.text("<think>Hmm"))
        #expect(view.text == "> Two stars?\n\n" + texts(.thinking))
        _ = view.take(.text("</think>\n\nYes, "))
        _ = view.take(.text("two."))
        #expect(view.text == "> Two stars?\n\nYes, two. …")
        #expect(view.whole(with: "Yes, two.") == "> Two stars?\n\nYes, two.")
        let isNewAgain = view.take(.ended(.think))
        #expect(!isNewAgain)
        let written = TurnView(texts, isSpoken: false)
        #expect(written.text == texts(.thinking) && written.whole(with: "Hi") == "Hi")
    }

    @Test func textsOfPeopleStandInMarkdownAsTheyAre() {
        #expect(ChatMarkdown.escaped("# a_b [c](d) `e` <f>") == "\\# a\\_b \\[c\\](d) \\`e\\` \\<f\\>")
        #expect(ChatMarkdown.escaped("1 - 2\n- x") == "1 - 2\n\\- x")
        #expect(ChatMarkdown.quote("  two\n lines ", longest: 100) == "> two lines")
        #expect(ChatMarkdown.quote("", longest: 100) == "")
        #expect(ChatMarkdown.line("abcdef", longest: 4) == "abc…")
    }
}
