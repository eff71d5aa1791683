/// Where sentences end.
enum SentenceBorder {
    enum Decision { case yes, no, undecided }

    // MARK: Kinds of scalars

    static func isLineBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 10, 11, 12, 13, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\t" || (scalar.value > 127 && scalar.properties.isWhitespace)
    }

    static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 48...57, 65...90, 97...122: true
        case ..<128: false
        default: scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
    }

    static func isWideStop(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "。", "！", "？", "｡", "．": true
        default: false
        }
    }

    static func isWideComma(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "，", "、", "；", "：", "､": true
        default: false
        }
    }

    static func isWideCloser(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "」", "』", "）", "】", "》", "〉", "”", "’": true
        default: false
        }
    }

    private static func isStop(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ".", "!", "?", "…", "।", "॥", "؟", "۔", "‼", "⁉", "⁈": true
        default: false
        }
    }

    private static func isCloser(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case ")", "]", "}", "\"", "'", "”", "’", "»", "›", "*", "_": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { (48...57).contains(scalar.value) }

    // MARK: Ends

    /// Whether a blank behind this text may part two sentences.
    static func mayEnd(_ text: [Unicode.Scalar]) -> Bool {
        guard let last = text.last(where: { !isCloser($0) }) else { return false }
        return isStop(last)
    }

    /// Whether the text ends with a full stop that needs no blank behind it.
    static func endsWide(_ text: [Unicode.Scalar]) -> Bool {
        guard let last = text.last(where: { !isWideCloser($0) }) else { return false }
        return isWideStop(last)
    }

    /// Whether the text ends with a comma or what is like one.
    static func isClauseEnd(_ text: [Unicode.Scalar]) -> Bool {
        guard let last = text.last(where: { !isCloser($0) || $0 == ")" }) else { return false }
        switch last {
        case ",", ";", ":", "—", "–", ")", "،", "؛": return true
        default: return false
        }
    }

    /// Whether a sentence ends at a place, as far as the word behind it says.
    /// - Parameters:
    ///   - text: what has come so far: the sentence, a blank, and the beginning of the next word.
    ///   - end: behind the sentence's last mark.
    ///   - next: what follows the text.
    static func decide(_ text: [Unicode.Scalar], end: Int, next: Unicode.Scalar) -> Decision {
        let word = text[min(text.count, end + 1)...]
        // The blank itself says nothing.
        if word.isEmpty, isBlank(next) { return .undecided }
        let first = word.first(where: { !isOpener($0) }) ?? (isOpener(next) ? nil : next)
        guard let first else { return word.count > 4 ? .yes : .undecided }
        if first.properties.isLowercase { return .no }
        let closed = text[..<end].lastIndex { !isCloser($0) } ?? end - 1
        guard text[closed] == ".", closed == 0 || text[closed - 1] != "." else { return .yes }
        let before = Self.word(text, endingAt: closed)
        if before.isAbbreviation || (before.isNumbering && isDigit(first)) || (before.isShortNumber && before.isFirst) { return .no }
        guard before.isDotted || before.isShortNumber else { return .yes }
        // It depends on what the next word is: wait for all of it.
        if isWordPart(next), word.count < 12 { return .undecided }
        let letters = word.drop(while: isOpener).prefix(while: isWordPart)
        let name = String(String.UnicodeScalarView(letters)).lowercased()
        return before.isDotted ? (starters.contains(name) ? .yes : .no) : (months.contains(name) ? .no : .yes)
    }

    private static func isOpener(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "(", "[", "\"", "'", "“", "‘", "«", "‹", "„", "¿", "¡": true
        default: false
        }
    }

    private struct Word {
        var isAbbreviation = false
        /// A word that has a full stop in front of numbers only.
        var isNumbering = false
        /// Letters with dots between them, or a single capital.
        var isDotted = false
        var isShortNumber = false
        /// The text begins with it.
        var isFirst = false
    }

    /// Looks at the word in front of a full stop.
    private static func word(_ text: [Unicode.Scalar], endingAt dot: Int) -> Word {
        var start = dot
        while start > 0, dot - start < 20, isWordPart(text[start - 1]) || text[start - 1] == "." { start -= 1 }
        let scalars = text[start..<dot]
        var word = Word(isFirst: start == 0)
        guard let first = scalars.first else { return word }
        let name = String(String.UnicodeScalarView(scalars)).lowercased()
        word.isAbbreviation = abbreviations.contains(name)
        word.isNumbering = numberings.contains(name)
        word.isShortNumber = scalars.count <= 2 && scalars.allSatisfy(isDigit)
        let parts = scalars.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count > 1 {
            word.isDotted = parts.allSatisfy { $0.count == 1 && !isDigit($0[$0.startIndex]) }
        } else {
            word.isDotted = scalars.count == 1 && first != "I" && first.properties.isUppercase
        }
        return word
    }

    // MARK: Long sentences

    /// Where a text that is too long is cut: at a comma, else at a blank, else between two characters.
    /// - Returns: `nil`: there is no place.
    static func cut(_ text: [Unicode.Scalar], limit: Int) -> Int? {
        var blank: Int?
        var index = min(limit, text.count - 1)
        while index > 0 {
            if text[index] == " " {
                blank = blank ?? index
                if index >= limit / 3, isClauseEnd(Array(text[max(0, index - 4)..<index])) { return index }
            } else if isWideComma(text[index - 1]), index >= limit / 3 {
                return index
            }
            index -= 1
        }
        if let blank { return blank }
        // What follows may still belong to the last character.
        let whole = String(String.UnicodeScalarView(text))
        var end = 0
        for character in whole.dropLast() {
            let next = end + character.unicodeScalars.count
            if next > limit, end > 0 { break }
            end = next
        }
        return end > 0 ? end : nil
    }

    // MARK: Words

    /// Words that are followed by a full stop inside a sentence.
    private static let abbreviations: Set<String> = [
        "dr", "mr", "mrs", "ms", "mx", "prof", "st", "sr", "jr", "rev", "hon", "gen", "col", "lt", "sgt", "capt", "cmdr", "gov", "sen", "rep", "pres",
        "e.g", "i.e", "cf", "vs", "viz", "approx", "ed", "eds", "al", "dept", "mt", "ave", "blvd",
        "z.b", "d.h", "u.a", "bzw", "ggf", "vgl", "hr", "fr", "bspw", "inkl", "evtl", "sog", "str", "mme", "mlle", "sra", "srta", "p.ej", "dott",
        "sig",
    ]

    private static let numberings: Set<String> = ["no", "nos", "nr", "fig", "figs", "vol", "p", "pp", "eq", "ca", "sec", "ch", "est", "art"]

    /// Words that a sentence begins with, rather than a name.
    private static let starters: Set<String> = [
        "the", "a", "an", "it", "he", "she", "they", "we", "you", "i", "in", "on", "at", "this", "that", "these", "those", "but", "and", "so", "if",
        "there", "then", "when", "what", "who", "how", "why", "where", "is", "are", "was", "do", "does", "yes", "no", "my", "your", "his", "her",
        "our", "their", "as",
        "der", "die", "das", "es", "er", "sie", "wir", "ich", "le", "la", "les", "il", "elle", "el", "los", "las",
    ]

    /// Months behind the number of a day, where that has a full stop.
    private static let months: Set<String> = [
        "januar", "februar", "märz", "april", "mai", "juni", "juli", "august", "september", "oktober", "november", "dezember", "jänner", "january",
        "february", "march", "may", "june", "july", "october", "december", "januari", "februari", "maart", "mei", "augustus",
    ]
}
