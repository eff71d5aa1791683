/// How much of a message's limit each character takes, at most, in a markup.
struct MarkupCost {
    private let markup: ChatMarkup
    /// Per style: what its marks take where it begins and ends.
    private let around: [Int]
    private let flags: [StyledText.Style.Flags]

    init(_ markup: ChatMarkup, _ styles: [StyledText.Style]) {
        self.markup = markup
        flags = styles.map(\.flags)
        around = styles.map { style in
            switch markup {
            case .telegramHTML: return 0
            case .plain: return style.flags.contains(.quote) ? 2 : 0
            // The invisible mark behind a backtick.
            case .telegramMarkdown: return style.flags.contains(.block) ? 1 : 0
            case .discord:
                // Something invisible that keeps marks apart, and the mark of the quote.
                var units = style.flags.contains(.quote) ? 3 : 1
                // Two fences in lines of their own, a blank line around, the mark of the quote in front of each.
                if style.flags.contains(.block) { return units * 4 + 16 + (style.language?.utf16.count ?? 0) }
                if style.flags.contains(.bold) { units += 4 }
                if style.flags.contains(.italic) { units += 2 }
                if style.flags.contains(.struck) { units += 4 }
                if style.flags.contains(.code) { units += 6 }
                // Each of its characters may have to be written as three.
                if let link = style.link { units += 4 + link.unicodeScalars.reduce(0) { $0 + (Self.isBracket($1) ? 3 : UTF16.width($1)) } }
                return units
            }
        }
    }

    /// - Parameter beginsRun: the glyph before has another style, or isn't in the part.
    func units(of glyph: StyledText.Glyph, beginsRun: Bool) -> Int {
        let style = Int(glyph.style)
        var units = Int(glyph.units) + (beginsRun ? around[style] : 0)
        if glyph.units > 1 { return units }
        let flags = flags[style]
        switch markup {
        case .telegramHTML: break
        case .plain:
            if flags.contains(.quote), glyph.character == "\n" { units += 2 }
        case .telegramMarkdown:
            if flags.contains(.block), glyph.character == "`" { units += 1 }
        case .discord:
            if glyph.character == "\n" {
                // A quote's mark, and what may have to be escaped in the next line.
                units += flags.contains(.quote) ? 3 : 1
            } else if glyph.character == "`" || (!flags.contains(.block) && !flags.contains(.code) && Self.isEscaped(glyph.character)) {
                units += 1
            }
        }
        return units
    }

    private static func isBracket(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case " ", "(", ")", "<", ">", "\\": true
        default: false
        }
    }

    private static func isEscaped(_ character: Character) -> Bool {
        switch character {
        case "\\", "*", "_", "~", "|", "<", "[", "]", "#", "-", "+", ">", "=", "&", "•": true
        default: false
        }
    }
}
