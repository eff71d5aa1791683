import Engines
import Foundation
import Foundations

/// What people see of a turn: what was heard of them, and the answer as far as it has come. A value: events go in, texts come out.
struct TurnView: Sendable {
    private let texts: ChatTexts
    private let isSpoken: Bool
    private var heard: [String] = []
    private var filter = ThoughtFilter()
    private var words = ""
    private var stage: VoiceStage?

    /// Characters of what was heard that are shown; the history has all of it.
    private static let quoted = 600

    /// - Parameters:
    ///   - isSpoken: whether the question is.
    ///   - heard: what is known of it already.
    init(_ texts: ChatTexts, isSpoken: Bool, heard: String? = nil) {
        self.texts = texts
        self.isSpoken = isSpoken
        if let heard { self.heard = [heard] }
    }

    /// - Returns: whether there is something else to see.
    mutating func take(_ event: VoiceTurnEvent) -> Bool {
        switch event {
        case .began(let begun):
            stage = begun
            return words.isEmpty
        case .ended: return false
        case .heard(let segment): heard.append(segment.text)
        case .transcribed(let transcript): heard = [transcript.text]
        case .text(let piece): words += filter.feed(piece)
        case .sound: return false
        }
        return true
    }

    /// As it stands.
    var text: String {
        let said = words.trimmingCharacters(in: .whitespacesAndNewlines)
        return whole(with: said.isEmpty ? texts(waiting) : said + " …")
    }

    private var waiting: ChatPhrase {
        guard isSpoken else { return .thinking }
        return heard.isEmpty || stage == .transcribe || stage == .decode ? .listening : .thinking
    }

    /// With the final answer, or what is said instead of one.
    /// - Parameter answer: Markdown, without thoughts.
    func whole(with answer: String) -> String {
        let quote = isSpoken ? ChatMarkdown.quote(heard.joined(separator: " "), longest: Self.quoted) : ""
        return quote.isEmpty ? answer : quote + "\n\n" + answer
    }
}

/// Makes texts that people wrote or said fit to stand in Markdown.
enum ChatMarkdown {
    /// The text as it is, whatever marks are in it.
    static func escaped(_ text: String) -> String {
        var out = ""
        var isStart = true
        for character in text {
            if "\\`*_[]<>~|&".contains(character) || isStart && "#-+=".contains(character) { out.append("\\") }
            out.append(character)
            isStart = character.isNewline || isStart && character.isWhitespace
        }
        return out
    }

    /// A text on one line, cut short where it is long.
    static func line(_ text: String, longest: Int) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return escaped(words.count > longest ? words.prefix(longest - 1) + "…" : words)
    }

    static func quote(_ text: String, longest: Int) -> String {
        let line = line(text, longest: longest)
        return line.isEmpty ? "" : "> " + line
    }

    /// Fit to stand between backticks.
    static func code(_ text: String) -> String { text.replacingOccurrences(of: "`", with: "'") }
}
