/// The rules of captions: ten to fifteen words, and in a chat of two nobody is spoken about.
///
///     try PromptCaption.checked("“You and I at the beach, laughing until the sun goes down.”", isPersonal: true)
enum PromptCaption {
    static let fewestWords = 10
    static let mostWords = 15

    /// The caption without quotes around it, on one line, cut behind the last word that is allowed.
    static func checked(_ text: String, isPersonal: Bool) throws(PromptFault) -> String {
        var caption = PromptText.firstWords(mostWords, of: unquoted(PromptText.singleSpaced(text)), mark: "")
        while let last = caption.last, ",;:-–—".contains(last) || last.isWhitespace { caption.removeLast() }
        let words = PromptText.wordCount(caption)
        guard words >= fewestWords else { throw .tooShort(words: words, least: fewestWords) }
        if isPersonal, let word = thirdPerson(in: caption) { throw .thirdPerson(word) }
        return caption
    }

    private static let quotes: [(Character, Character)] = [
        ("\"", "\""), ("'", "'"), ("`", "`"), ("“", "”"), ("„", "“"), ("‘", "’"), ("«", "»"), ("»", "«"), ("「", "」"), ("『", "』"),
    ]

    private static func unquoted(_ text: String) -> String {
        var text = text[...]
        while text.count > 1, let first = text.first, let last = text.last, quotes.contains(where: { $0 == (first, last) }) {
            text = text.dropFirst().dropLast()
        }
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static let pronouns: Set<String> = [
        "he", "she", "him", "her", "his", "hers", "himself", "herself", "they", "them", "their", "theirs", "themselves",
    ]
    private static let people: Set<String> = [
        "man", "woman", "person", "couple", "pair", "two", "friends", "people", "guy", "lady", "characters",
    ]

    /// The words by which a caption speaks about people instead of to them: "she", "the couple".
    private static func thirdPerson(in caption: String) -> String? {
        let words = caption.lowercased().split { !$0.isLetter }.map(String.init)
        for (index, word) in words.enumerated() {
            if pronouns.contains(word) { return word }
            let isNamed = index > 0 && ["the", "two", "both"].contains(words[index - 1])
            if isNamed, people.contains(word) { return "\(words[index - 1]) \(word)" }
        }
        return nil
    }
}
