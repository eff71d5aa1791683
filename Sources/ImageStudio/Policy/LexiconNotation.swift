/// How the lexicon is written down: terms between commas or line ends.
///
/// - `boob/s` is boob and boobs; `bab|y|ies` is baby and babies; `masturbat*` begins a word.
/// - `nude+/s` also counts when it is written together with a companion word: nudephoto.
/// - A term of several words is a phrase; `~` in it stands for up to two words, `(shirt/s;tank top)` for either.
enum LexiconNotation {
    struct Word: Hashable {
        var spelling: String
        var isStem: Bool
        var isJoinable: Bool
    }

    struct Element {
        /// Any of these.
        var words: [Word]
        /// How many words may stand before it.
        var gap: Int
    }

    static func terms(_ source: String) -> [[Element]] {
        source.split(whereSeparator: { $0 == "," || $0.isNewline }).flatMap { spelledOut(String($0)) }.compactMap { term in
            var elements: [Element] = []
            var gap = 0
            for piece in term.split(separator: " ") {
                if piece == "~" {
                    gap = 2
                } else {
                    elements.append(Element(words: words(String(piece)), gap: gap))
                    gap = 0
                }
            }
            return elements.isEmpty ? nil : elements
        }
    }

    /// A term once for each alternative of several words in it; alternatives of one word stay together.
    private static func spelledOut(_ term: String) -> [String] {
        var rest = Substring(term)
        var terms = [""]
        while let open = rest.firstIndex(of: "("), let close = rest[open...].firstIndex(of: ")") {
            let alternatives = rest[rest.index(after: open)..<close].split(separator: ";").map(String.init)
            let short = alternatives.filter { !$0.contains(" ") }
            let endings = alternatives.filter { $0.contains(" ") } + (short.isEmpty ? [] : ["(\(short.joined(separator: ";")))"])
            terms = terms.flatMap { term in endings.map { term + rest[..<open] + $0 } }
            rest = rest[rest.index(after: close)...]
        }
        return terms.map { $0 + rest }
    }

    private static func words(_ piece: String) -> [Word] {
        if piece.hasPrefix("("), piece.hasSuffix(")") {
            return piece.dropFirst().dropLast().split(separator: ";").flatMap { words(String($0)) }
        }
        let isJoinable = piece.contains("+")
        let piece = piece.filter { $0 != "+" }
        if piece.contains("|") {
            let parts = piece.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            return parts.dropFirst().map { word(parts[0] + $0, isJoinable: isJoinable) }
        }
        let parts = piece.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        return [word(parts[0], isJoinable: isJoinable)] + parts.dropFirst().map { word(parts[0] + $0, isJoinable: isJoinable) }
    }

    private static func word(_ spelling: String, isJoinable: Bool) -> Word {
        let isStem = spelling.hasSuffix("*")
        return Word(spelling: isStem ? String(spelling.dropLast()) : spelling, isStem: isStem, isJoinable: isJoinable)
    }
}
