/// The words of a folded text. Scripts without spaces, and pictographs, give one token per scalar.
struct PolicyTokens: Sendable {
    enum Kind: Sendable {
        case word
        case ideograph
        case pictograph
    }

    /// What stands before a token.
    enum Gap: Int, Sendable, Comparable {
        case none
        /// Up to three signs without a space: a hyphen, dots.
        case joint
        case space
        case comma
        case sentence

        static func < (first: Gap, second: Gap) -> Bool { first.rawValue < second.rawValue }
    }

    struct Token: Sendable {
        var start: Int
        var end: Int
        var kind: Kind
        var gap: Gap = .none
        /// Its value, where it is a number of up to four digits.
        var number: Int?

        var count: Int { end - start }
    }

    private(set) var scalars: [FoldedScalar]
    private(set) var tokens: [Token] = []

    init(_ text: String) {
        scalars = FoldedText.fold(text)
        var index = 0
        var gapStart = 0
        while index < scalars.count {
            guard let kind = Self.kind(scalars[index].value) else {
                index += 1
                continue
            }
            let start = index
            index += 1
            if kind == .word {
                while index < scalars.count, Self.kind(scalars[index].value) == .word { index += 1 }
            }
            var token = Token(start: start, end: index, kind: kind)
            token.gap = tokens.isEmpty ? .sentence : gap(gapStart..<start)
            token.number = number(token)
            tokens.append(token)
            gapStart = index
        }
    }

    func value(_ index: Int) -> UInt32 { scalars[index].value }

    /// The spelling of a token; long ones are cut, nothing compares them.
    func spelling(_ token: Int) -> String {
        let token = tokens[token]
        let values = scalars[token.start..<min(token.end, token.start + 40)].lazy.compactMap { Unicode.Scalar($0.value) }
        return String(String.UnicodeScalarView(values))
    }

    private func number(_ token: Token) -> Int? {
        guard token.kind == .word, token.count <= 4 else { return nil }
        var number = 0
        for index in token.start..<token.end {
            guard let digit = Self.digit(value(index)) else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    static func digit(_ value: UInt32) -> Int? { value >= 0x30 && value <= 0x39 ? Int(value) - 0x30 : nil }

    private func gap(_ range: Range<Int>) -> Gap {
        guard !range.isEmpty else { return .none }
        var hasSpace = false
        var hasComma = false
        var hasStop = false
        var hasDash = false
        for index in range {
            switch value(index) {
            case 0x0A, 0x0D, 0x2028, 0x2029, 0x3002, 0x964: return .sentence
            case 0x20, 0x09, 0xA0, 0x3000: hasSpace = true
            case 0x2E, 0x21, 0x3F, 0x3B, 0x61F, 0x2026: hasStop = true
            case 0x2C, 0x3001, 0x60C, 0x28, 0x29, 0x3A, 0x5B, 0x5D, 0x2F: hasComma = true
            case 0x2D, 0x2013, 0x2014: hasDash = true
            default: break
            }
        }
        guard hasSpace else { return range.count <= 3 ? .joint : .sentence }
        if hasStop { return .sentence }
        return hasComma || hasDash ? .comma : .space
    }

    private static func kind(_ value: UInt32) -> Kind? {
        if value < 0x80 {
            return (value >= 0x61 && value <= 0x7A) || (value >= 0x30 && value <= 0x39) ? .word : nil
        }
        switch value {
        case 0x3041...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0x20000...0x3FFFF,
            0x3005...0x3007, 0x1100...0x11FF, 0x3130...0x318F, 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF:
            return .ideograph
        case 0x2600...0x27BF, 0x1F300...0x1FAFF: return .pictograph
        default: break
        }
        guard let scalar = Unicode.Scalar(value) else { return nil }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark, .spacingMark,
            .decimalNumber:
            return .word
        default: return nil
        }
    }
}
