/// A text as it will be seen, character by character, with the style of each. Any stretch of it can be written as markup that is
/// complete in itself.
struct StyledText {
    /// Where a text is best cut.
    enum Border: UInt8 { case none, line, block }

    struct Glyph {
        let character: Character
        /// UTF-16 units.
        let units: Int32
        /// A place in `styles`.
        let style: Int32
        /// Of a line break: what it parts.
        let border: Border
    }

    struct Style: Hashable {
        struct Flags: OptionSet, Hashable {
            let rawValue: UInt8
            static let bold = Flags(rawValue: 1)
            static let italic = Flags(rawValue: 2)
            static let struck = Flags(rawValue: 4)
            static let code = Flags(rawValue: 8)
            /// A block of code.
            static let block = Flags(rawValue: 16)
            static let quote = Flags(rawValue: 32)
            /// Written by the layout, such as an item's bullet: not to be escaped.
            static let mark = Flags(rawValue: 64)
            /// An address that stands in the text as it is.
            static let address = Flags(rawValue: 128)
        }

        var flags: Flags = []
        var link: String?
        /// Of a block of code.
        var language: String?
    }

    /// A character with more scalars than this is taken apart, so that every part can keep to its limit.
    private static let longestCharacter = 32

    private(set) var glyphs: [Glyph] = []
    private(set) var styles: [Style] = []
    private var places: [Style: Int32] = [:]

    mutating func append(_ text: String, _ style: Style) {
        if text.isEmpty { return }
        let place = place(of: style)
        for character in text {
            let units = character.utf16.count
            if units > Self.longestCharacter {
                for scalar in character.unicodeScalars { append(Character(scalar), UTF16.width(scalar), place) }
            } else {
                append(character, units, place)
            }
        }
    }

    mutating func append(border: Border, _ style: Style) {
        glyphs.append(Glyph(character: "\n", units: 1, style: place(of: style), border: border))
    }

    private mutating func append(_ character: Character, _ units: Int, _ style: Int32) {
        glyphs.append(Glyph(character: character, units: Int32(units), style: style, border: character == "\n" ? .line : .none))
    }

    private mutating func place(of style: Style) -> Int32 {
        if let place = places[style] { return place }
        styles.append(style)
        places[style] = Int32(styles.count - 1)
        return Int32(styles.count - 1)
    }

    func style(at index: Int) -> Style { styles[Int(glyphs[index].style)] }

    func flags(at index: Int) -> Style.Flags { styles[Int(glyphs[index].style)].flags }

    /// Writes a stretch as markup, complete in itself.
    func rendered(_ range: Range<Int>, as markup: ChatMarkup) -> String {
        var writer: any MarkupWriter =
            switch markup {
            case .telegramHTML: TelegramHTMLWriter()
            case .telegramMarkdown: TelegramMarkdownWriter()
            case .discord: DiscordWriter()
            case .plain: PlainWriter()
            }
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start
            var text = ""
            while end < range.upperBound, glyphs[end].style == glyphs[start].style {
                text.append(glyphs[end].character)
                end += 1
            }
            writer.write(text, style(at: start))
            start = end
        }
        return writer.finish()
    }
}

/// Writes stretches of text, each of one style, as markup.
protocol MarkupWriter {
    mutating func write(_ text: String, _ style: StyledText.Style)
    /// Closes what is open and gives everything.
    mutating func finish() -> String
}
