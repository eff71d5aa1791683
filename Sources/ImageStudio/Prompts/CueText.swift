/// A text as words and emoji, in which cues are looked for.
struct CueText {
    private let words: [String]
    private let places: [String: [Int]]

    init(_ text: String) {
        words = Self.words(of: text)
        places = Dictionary(grouping: words.indices) { [words] in words[$0] }
    }

    /// Small letters, plurals without their "s", every emoji for itself.
    fileprivate static func words(of text: String) -> [String] {
        var words: [String] = []
        var word = ""
        func end() {
            if !word.isEmpty { words.append(singular(word.lowercased())) }
            word = ""
        }
        for character in text {
            if character.isPicture {
                end()
                words.append(plain(character))
            } else if character.isLetter || character.isNumber {
                word.append(character)
            } else if character != "'" && character != "’" {
                end()
            }
        }
        end()
        return words
    }

    private static func singular(_ word: String) -> String {
        guard word.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss") else { return word }
        let isLong = ["ches", "shes", "xes", "sses"].contains(where: word.hasSuffix)
        return String(word.dropLast(isLong ? 2 : 1))
    }

    /// An emoji without its colour of skin and without the mark that makes it one.
    private static func plain(_ emoji: Character) -> String {
        String(String.UnicodeScalarView(emoji.unicodeScalars.filter { $0 != "\u{FE0F}" && !$0.properties.isEmojiModifier }))
    }

    /// Where the first of the cues is.
    func place(of cues: Cues) -> Int? { cues.phrases.lazy.compactMap(place).min() }

    /// The first entry of a list that has a cue in the text: lists have the more telling entries first.
    func first<Entry>(of entries: [Entry], _ cues: (Entry) -> Cues) -> Entry? { entries.first { place(of: cues($0)) != nil } }

    private func place(of phrase: [String]) -> Int? {
        guard let first = phrase.first else { return nil }
        return places[first]?.first { words[$0...].starts(with: phrase) }
    }
}

/// Words, short phrases and emoji that hint at something.
struct Cues: Sendable, ExpressibleByArrayLiteral {
    fileprivate let phrases: [[String]]

    init(arrayLiteral elements: String...) { phrases = elements.map(CueText.words) }
}

/// Chooses among variants by a text: always the same one for the same text.
enum StableChoice {
    static func of<Value>(_ values: [Value], for text: String) -> Value? {
        guard !values.isEmpty else { return nil }
        // FNV-1a: Swift's own hashes differ from run to run.
        let hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        return values[Int(hash % UInt64(values.count))]
    }
}
