/// A word of the text, as the model wrote it, with what clings to it.
struct SpokenToken: Sendable {
    var scalars: [Unicode.Scalar]
    var isCode: Bool
    /// Whether there is a blank in front of it.
    var isSpaced: Bool
}

/// Cuts lines of text into words. Blanks part words, unless they stand in an address of a link or in a tag; full stops and commas
/// of scripts without blanks do too, and so does the beginning or end of code.
struct WordReader: Sendable {
    private enum Open: Equatable {
        case none
        /// Inside the parentheses of a link, so many deep.
        case address(Int)
        case tag
    }

    private static let longestAddress = 1000
    private static let longestTag = 300
    private static let stops: Set<Unicode.Scalar> = ["。", "！", "？", "，", "、", "；", "：", "．"]
    /// Tags that part words as blanks do.
    private static let partingTags: Set<String> = ["br", "p", "div", "li", "tr", "td", "th", "hr", "ul", "ol", "table"]
    private static let tags: Set<String> = partingTags.union([
        "a", "b", "i", "u", "s", "em", "strong", "del", "ins", "sub", "sup", "span", "code", "pre", "kbd", "mark", "small", "big", "font", "center",
        "details", "summary", "thead", "tbody", "h1", "h2", "h3", "h4", "h5", "h6", "img", "blockquote", "q", "tt",
    ])

    private var word: [Unicode.Scalar] = []
    private var isSpaced = true
    private var open = Open.none
    /// Backticks in a row so far, and those that opened the code we're in; 0: we aren't in any.
    private var ticks = 0
    private var codeTicks = 0

    mutating func take(_ scalar: Unicode.Scalar, _ output: inout SpokenOutput) {
        if scalar == "`", open == .none {
            if codeTicks == 0, ticks == 0, word.last == "\\" { return }
            if ticks == 0 { endWord(&output) }
            ticks += 1
            return
        }
        endTicks()
        if scalar.isBlank {
            if goesOn { word.append(scalar) } else { endWord(&output, isSpaced: true) }
            return
        }
        let previous = word.last
        word.append(scalar)
        switch open {
        case .none where codeTicks > 0: break
        case .none:
            if scalar == "(", previous == "]" {
                open = .address(1)
            } else if previous == "<", scalar.isASCIILetter || scalar == "/" {
                open = .tag
            } else if Self.stops.contains(scalar) {
                endWord(&output)
            }
        case .address(let depth):
            if scalar == "(" { open = .address(depth + 1) }
            if scalar == ")" { open = depth == 1 ? .none : .address(depth - 1) }
        case .tag: if scalar == ">" { open = .none }
        }
    }

    /// Ends the word and the code that are open: neither goes on in the next line.
    mutating func endLine(_ output: inout SpokenOutput) {
        endTicks()
        endWord(&output, isSpaced: true)
        codeTicks = 0
    }

    /// Whether a blank belongs to the word.
    private var goesOn: Bool {
        guard word.count < Self.longestAddress else { return false }
        switch open {
        case .none: return false
        case .address: return true
        case .tag:
            guard let start = word.lastIndex(of: "<") else { return false }
            return Self.tagName(word[start...]) != nil
        }
    }

    private mutating func endTicks() {
        if ticks == 0 { return }
        if codeTicks == 0 { codeTicks = ticks } else if codeTicks == ticks { codeTicks = 0 }
        ticks = 0
    }

    private mutating func endWord(_ output: inout SpokenOutput, isSpaced spacesNext: Bool = false) {
        defer {
            word.removeAll(keepingCapacity: true)
            open = .none
            isSpaced = isSpaced || spacesNext
        }
        if word.isEmpty { return }
        let plain = codeTicks > 0 ? word : Self.withoutMarkup(word)
        for part in plain.split(whereSeparator: \.isBlank) {
            output.take(SpokenToken(scalars: Array(part), isCode: codeTicks > 0, isSpaced: isSpaced))
            isSpaced = true
        }
        if plain.last?.isBlank != true { isSpaced = false }
    }

    /// The name of the tag that begins here, if it is one of HTML.
    private static func tagName(_ text: ArraySlice<Unicode.Scalar>) -> String? {
        let name = text.dropFirst().drop { $0 == "/" }.prefix(11).prefix { $0.isASCIILetter || $0.isASCIIDigit }
        let text = String(String.UnicodeScalarView(name.map(\.lowercasedASCII)))
        return tags.contains(text) ? text : nil
    }

    /// The word without the addresses of links, footnote marks, tags, and the marks that models end with.
    private static func withoutMarkup(_ word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard word.contains(where: { $0 == "[" || $0 == "]" || $0 == "<" }) else { return word }
        var plain: [Unicode.Scalar] = []
        var index = 0
        while index < word.count {
            let scalar = word[index]
            let next = index + 1 < word.count ? word[index + 1] : nil
            if scalar == "]", next == "(", let end = closing(word, from: index + 1) {
                index = end + 1
            } else if scalar == "!", next == "[" {
                index += 1
            } else if scalar == "[", next == "^", let end = near("]", word, from: index) {
                index = end + 1
            } else if scalar == "<", let end = near(">", word, from: index) {
                if let name = tagName(word[index...]) {
                    if partingTags.contains(name) { plain.append(" ") }
                    index = end + 1
                } else if next == "|", word[end - 1] == "|" {
                    index = end + 1
                } else {
                    plain.append(scalar)
                    index += 1
                }
            } else {
                plain.append(scalar)
                index += 1
            }
        }
        return plain
    }

    private static func near(_ mark: Unicode.Scalar, _ word: [Unicode.Scalar], from start: Int) -> Int? {
        word[start..<min(word.count, start + longestTag)].firstIndex(of: mark)
    }

    private static func closing(_ word: [Unicode.Scalar], from start: Int) -> Int? {
        var depth = 0
        for index in start..<min(word.count, start + longestAddress) {
            if word[index] == "(" { depth += 1 }
            if word[index] == ")" {
                depth -= 1
                if depth == 0 { return index }
            }
        }
        return nil
    }
}
