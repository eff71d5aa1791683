/// What kinds of characters there are, as far as reading texts aloud and rendering them is concerned.
extension Unicode.Scalar {
    var isASCIILetter: Bool { (65...90).contains(value) || (97...122).contains(value) }

    var isASCIIDigit: Bool { (48...57).contains(value) }

    /// The same letter, small; other scalars as they are.
    var lowercasedASCII: Unicode.Scalar { (65...90).contains(value) ? Unicode.Scalar(UInt8(value) | 0x20) : self }

    var isBlank: Bool { value < 128 ? value == 32 || (9...13).contains(value) : properties.isWhitespace }

    /// Letters, their marks, and digits.
    var isWordPart: Bool {
        if value < 128 { return isASCIILetter || isASCIIDigit }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark, .enclosingMark,
            .decimalNumber, .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }

    /// Punctuation and symbols, the way Markdown means it.
    var isPunctuationMark: Bool {
        if value < 128 { return value > 32 && value < 127 && !isASCIILetter && !isASCIIDigit }
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation, .finalPunctuation,
            .otherPunctuation, .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            return true
        default: return false
        }
    }

    /// Scripts that put no blanks between words: Han, kana, and their full-width company.
    var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xA000...0xA4CF, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }

    /// Pictures, and what holds them together.
    var isPictorial: Bool {
        if value < 0xA9 { return false }
        switch value {
        case 0x20E3, 0xFE00...0xFE0F, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: return true
        default: return properties.isEmoji
        }
    }
}
