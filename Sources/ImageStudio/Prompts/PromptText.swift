import Foundation

/// Cleaning and shortening of what people write in chats.
public enum PromptText {
    /// The text without chat habits: `u`, `ur`, `r` and `pls` are written out, letters stand at most twice in a row, exclamation and
    /// question marks once, and of three or more emoji in a row the last one stays, twice.
    ///
    ///     PromptText.cleaned("pls come, ur cake is sooooo good!!! 😂😂🎉")   // "please come, your cake is soo good! 🎉🎉"
    public static func cleaned(_ text: String) -> String {
        collapsed(writtenOut(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    private static let words = ["u": "you", "ur": "your", "r": "are", "pls": "please"]

    /// Whole words only: "U.S.", "R&B", "@u" and "u-turn" have none.
    private static func writtenOut(_ text: String) -> String {
        let characters = Array(text)
        func character(_ index: Int) -> Character { characters.indices.contains(index) ? characters[index] : " " }
        func joins(_ mark: Int, _ beyond: Int) -> Bool {
            ["&", "-", "@", "#", "/"].contains(character(mark)) || (character(mark) == "." && character(beyond).isLetter)
        }
        var result = ""
        var start = 0
        while start < characters.count {
            let end = characters[start...].firstIndex { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? characters.count
            let word = String(characters[start..<end])
            let isWhole = !joins(start - 1, start - 2) && !joins(end, end + 1)
            result += isWhole ? words[word.lowercased()] ?? word : word
            if end < characters.count { result.append(characters[end]) }
            start = end + 1
        }
        return result
    }

    private static func collapsed(_ text: String) -> String {
        var result: [Character] = []
        var run = 0
        var emoji: [Character] = []
        // Handles are names: their letters stay.
        var isHandle = false
        for character in text {
            if character.isPicture {
                emoji.append(character)
                continue
            }
            if !emoji.isEmpty { run = 0 }
            result += shown(emoji)
            emoji = []
            isHandle = character == "@" || (isHandle && (character.isLetter || character.isNumber || "_.".contains(character)))
            run = result.last == character ? run + 1 : 1
            if character.isLetter, run > 2, !isHandle { continue }
            if character == "!" || character == "?", run > 1 { continue }
            result.append(character)
        }
        return String(result + shown(emoji))
    }

    private static func shown(_ emoji: [Character]) -> [Character] {
        guard emoji.count >= 3, let last = emoji.last else { return emoji }
        return [last, last]
    }

    /// At most so many characters, counted as people see them: an emoji of several code points is one. A blank at the end goes too.
    public static func truncated(_ text: String, to count: Int = 90) -> String {
        guard text.dropFirst(max(0, count)).first != nil else { return text }
        return String(text.prefix(max(0, count))).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The first words of a text, and "…" when there were more.
    public static func firstWords(_ count: Int, of text: String, mark: String = "…") -> String {
        let text = singleSpaced(text)
        guard let end = WordCounter.end(of: count, in: text) else { return text }
        return text[..<end].trimmingCharacters(in: .whitespaces) + mark
    }

    /// Words between blanks. Scripts without blanks, and words without end, count by their length.
    public static func wordCount(_ text: String) -> Int { WordCounter.count(text) }

    /// One line, without characters that can't be seen or that turn the direction of the text around.
    static func singleSpaced(_ text: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: scalars.append(" ")
            case .surrogate, .privateUse, .unassigned: continue
            // What joins letters of several scripts and the parts of emoji stays.
            case .format where scalar != "\u{200C}" && scalar != "\u{200D}": continue
            default: scalars.append(scalar)
            }
        }
        return String(scalars).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    /// Without emoji: image models paint them as stickers.
    static func withoutPictures(_ text: String) -> String { singleSpaced(String(text.map { $0.isPicture ? " " : $0 })) }
}

extension Character {
    /// An emoji, also when the mark that makes it one is missing. Digits, "#" and "™" can be made into some, but are none.
    var isPicture: Bool {
        guard let first = unicodeScalars.first, first.properties.isEmoji else { return false }
        return first.properties.isEmojiPresentation || (first.value > 0x2190 && first.value < 0x3000) || first.value > 0xFFFF
            || unicodeScalars.contains { $0 == "\u{FE0F}" || $0 == "\u{20E3}" }
    }
}

/// Counts words in halves: a character of a script without blanks is half a word.
private enum WordCounter {
    /// A word that is longer than this counts as several.
    private static let longestWord = 30

    static func count(_ text: String) -> Int {
        var halves = 0
        _ = walk(text) {
            halves = $0
            return true
        }
        return (halves + 1) / 2
    }

    /// Where the given number of words ends.
    /// - Returns: `nil`: the text has no more than these.
    static func end(of count: Int, in text: String) -> String.Index? {
        walk(text) { $0 <= max(0, count) * 2 }
    }

    /// The place where `goesOn` says no, before the character that was too much.
    private static func walk(_ text: String, _ goesOn: (Int) -> Bool) -> String.Index? {
        var halves = 0
        var length = 0
        for index in text.indices {
            let character = text[index]
            if character.isWhitespace {
                length = 0
                continue
            }
            if character.isWide {
                halves += 1
                length = 0
            } else {
                if length % longestWord == 0 { halves += 2 }
                length += 1
            }
            if !goesOn(halves) { return index }
        }
        return nil
    }
}

extension Character {
    /// Of a script that puts no blanks between words: Han, kana, Thai and their neighbours.
    fileprivate var isWide: Bool {
        guard let scalar = unicodeScalars.first else { return false }
        switch scalar.value {
        case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF,
            0x20000...0x3FFFD:
            return true
        default: return false
        }
    }
}
