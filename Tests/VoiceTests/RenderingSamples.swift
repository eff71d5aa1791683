import Foundation

/// Random documents in Markdown whose words are numbered, so that a lost, doubled or misplaced one is seen.
struct RenderingSamples {
    private var seed: TextSeed
    private var words = 0
    /// Whether there are words that are longer than any message.
    private let hasLongWords: Bool

    init(_ seed: UInt64, hasLongWords: Bool = false) {
        self.seed = TextSeed(seed)
        self.hasLongWords = hasLongWords
    }

    /// - Returns: the document, and how many words it has.
    static func document(_ seed: UInt64, blocks: Int, hasLongWords: Bool = false) -> (text: String, words: Int) {
        var samples = RenderingSamples(seed, hasLongWords: hasLongWords)
        let text = (0..<blocks).map { _ in samples.block() }.joined(separator: "\n\n")
        return (text, samples.words)
    }

    /// Where two texts begin to differ.
    static func difference(_ one: String, _ other: String) -> String {
        let same = zip(one, other).prefix { $0 == $1 }.count
        return "\(one.dropFirst(max(0, same - 20)).prefix(60)) / \(other.dropFirst(max(0, same - 20)).prefix(60))"
    }

    private mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &seed) == 0 }

    private mutating func pick(_ choices: [String]) -> String { choices.randomElement(using: &seed) ?? "" }

    private mutating func word() -> String {
        words += 1
        let word = "w\(words)x"
        if hasLongWords, chance(40) { return word + String(repeating: "ä👩‍👩‍👧", count: 300) }
        switch Int.random(in: 0..<24, using: &seed) {
        case 0: return "**\(word)**"
        case 1: return "*\(word)*"
        case 2: return "`\(word)`"
        case 3: return "~~\(word)~~"
        case 4: return "[\(word)](https://e.com/\(pick(["a", "a_(b)", "?q=\"x\"&y=<z>", "long/" + String(repeating: "p", count: 60)])))"
        case 5: return "***\(word)***"
        case 6: return "\(word)\(pick(["👍", "👩‍👩‍👧‍👦", "e\u{301}\u{323}", "🇩🇪", "中文。", "क्‍ष"]))"
        case 7: return "\(word)_snake_case"
        case 8: return "\(word) 2*3*4"
        case 9: return "\(word) \(pick(["*", "_", "`", "```x", "<", "&", "&amp;", ">", "[", "](", "\\", "~~", "**", "#", "|", "1.", "<b>", "\\*", "https://u.v/w_x_y"]))"
        case 10: return word + pick([".", "!", ",", "?", "…", ":"])
        default: return word
        }
    }

    private mutating func sentence(_ longest: Int = 30) -> String {
        (0..<Int.random(in: 1...longest, using: &seed)).map { _ in word() }.joined(separator: " ") + pick([".", "", "!"])
    }

    private mutating func codeLine() -> String {
        words += 1
        return pick(["", "  ", "    "]) + "w\(words)x" + pick([" = a[0] < b && *c", "", " # no heading", "`tick`", "- no item"])
    }

    private mutating func block() -> String {
        switch Int.random(in: 0..<10, using: &seed) {
        case 0: return String(repeating: "#", count: Int.random(in: 1...6, using: &seed)) + " " + sentence(6)
        case 1, 2:
            let fence = pick(["```", "~~~", "````"])
            let lines = (0..<Int.random(in: 1...25, using: &seed)).map { _ in codeLine() }
            return "\(fence)\(pick(["", "swift", "c++", "python title=\"x\""]))\n\(lines.joined(separator: "\n"))\n\(fence)"
        // Lists that follow each other would be one.
        case 3: return list(0) + "\n\n" + sentence(5)
        case 4: return (0..<Int.random(in: 1...6, using: &seed)).map { _ in "> " + sentence(12) }.joined(separator: "\n")
        case 5:
            let columns = Int.random(in: 1...4, using: &seed)
            let rows = (0..<Int.random(in: 1...8, using: &seed)).map { _ in
                "| " + (0..<columns).map { _ in cell() }.joined(separator: " | ") + " |"
            }
            return rows[0] + "\n|" + String(repeating: "---|", count: columns) + "\n" + rows.dropFirst().joined(separator: "\n")
        case 6 where chance(3): return "---"
        default: return (0..<Int.random(in: 1...4, using: &seed)).map { _ in sentence() }.joined(separator: pick([" ", "\n"]))
        }
    }

    private mutating func cell() -> String {
        words += 1
        return pick(["", "**", "`"]).wrapping("w\(words)x")
    }

    private mutating func list(_ depth: Int) -> String {
        let isOrdered = chance(2)
        let indent = String(repeating: " ", count: 3 * depth)
        return (1...Int.random(in: 1...5, using: &seed)).map { number in
            var item = "\(indent)\(isOrdered ? "\(number)." : "-") \(sentence(10))"
            if depth < 3, chance(4) { item += "\n" + list(depth + 1) }
            return item
        }.joined(separator: "\n")
    }
}

extension String {
    fileprivate func wrapping(_ text: String) -> String { self + text + self }
}

/// What is seen of a message, read in another way than the code under test reads it.
enum Seen {
    /// Fails with what is wrong with the tags.
    struct Broken: Error, CustomStringConvertible { let description: String }

    static func html(_ text: String) throws -> String {
        var seen = ""
        var open: [Substring] = []
        var rest = text[...]
        while let start = rest.firstIndex(of: "<") {
            seen += rest[..<start]
            guard let end = rest[start...].firstIndex(of: ">") else { throw Broken(description: "no end of tag") }
            let tag = rest[rest.index(after: start)..<end]
            if tag.hasPrefix("/") {
                guard open.popLast() == tag.dropFirst() else { throw Broken(description: "</\(tag)> closes nothing") }
            } else {
                guard let name = tag.split(separator: " ").first, ["b", "i", "s", "code", "pre", "a", "blockquote"].contains(name) else {
                    throw Broken(description: "<\(tag)>")
                }
                if open.contains("code"), !open.contains("pre") { throw Broken(description: "<\(tag)> in code") }
                open.append(name)
            }
            rest = rest[rest.index(after: end)...]
        }
        guard open.isEmpty else { throw Broken(description: "open: \(open)") }
        seen += rest
        var text = ""
        for (place, piece) in seen.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            guard place > 0 else {
                text += piece
                continue
            }
            let names = ["lt;": "<", "gt;": ">", "amp;": "&", "quot;": "\""]
            guard let (name, character) = names.first(where: { piece.hasPrefix($0.key) }) else { throw Broken(description: "& unescaped") }
            text += character + piece.dropFirst(name.count)
        }
        if seen.contains(">") { throw Broken(description: "> unescaped") }
        return text
    }

    /// Telegram's old Markdown: marks end at the next one of their kind.
    static func telegramMarkdown(_ text: String) throws -> String {
        var seen = ""
        var rest = text[...]
        while let start = rest.firstIndex(where: { "\\*_`[".contains($0) }) {
            seen += rest[..<start]
            let mark = rest[start]
            rest = rest[start...].dropFirst()
            if mark == "\\" {
                guard let next = rest.first, "*_`[".contains(next) else {
                    seen += "\\"
                    continue
                }
                seen.append(next)
                rest = rest.dropFirst()
            } else if mark == "`", rest.hasPrefix("``") {
                guard let line = rest.firstIndex(of: "\n"), let end = rest.dropFirst(2).firstRange(of: "```") else { throw Broken(description: "open code") }
                seen += rest[line..<end.lowerBound].dropFirst()
                rest = rest[end.upperBound...]
            } else {
                guard let end = rest.firstIndex(of: mark == "[" ? "]" : mark) else { throw Broken(description: "open \(mark)") }
                seen += rest[..<end]
                rest = rest[end...].dropFirst()
                if mark == "[" {
                    guard rest.first == "(", let end = rest.firstIndex(of: ")") else { throw Broken(description: "a link without address") }
                    rest = rest[end...].dropFirst()
                }
            }
        }
        return seen + rest
    }

    /// The numbers of the words, in order.
    static func words(_ text: String) -> [Int] {
        text.utf8.split(separator: UInt8(ascii: "w")).compactMap { piece in
            let digits = piece.prefix { (48...57).contains($0) }
            return piece.dropFirst(digits.count).first == UInt8(ascii: "x") ? Int(String(Substring(digits))) : nil
        }
    }

    /// Without blanks, what is invisible, and the marks of quotes, which may stand once more in every part.
    static func solid(_ text: String, withoutQuotes: Bool = false) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "\u{200B}" && !(withoutQuotes && $0 == ">") }))
    }

    /// Without the addresses that are written behind links.
    static func withoutAddresses(_ text: String) -> String {
        text.split(separator: "(https://e.com/", omittingEmptySubsequences: false).enumerated().map { place, piece in
            guard place > 0 else { return String(piece) }
            let address = piece.prefix { !$0.isWhitespace }
            return String(address.lastIndex(of: ")").map { piece[$0...].dropFirst() } ?? piece)
        }.joined()
    }
}
