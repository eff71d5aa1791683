/// Discord's Markdown. What it writes is Markdown that `MarkdownDocument` reads back as the same text.
struct DiscordWriter: MarkupWriter {
    private enum Mark: Equatable {
        case link(String)
        case bold, italic, struck

        var opening: String {
            switch self {
            case .link: "["
            case .bold: "**"
            case .italic: "*"
            case .struck: "~~"
            }
        }

        var closing: String {
            switch self {
            case .link(let address): "](\(address))"
            default: opening
            }
        }
    }

    private var out = ""
    private var open: [Mark] = []
    /// Blanks that stand before the next word: marks don't count next to blanks.
    private var blanks = ""
    private var isQuoted = false
    private var isAtLineStart = true
    /// Whether the line so far is a number, which a full stop would make an item of a list.
    private var isNumber = false

    mutating func write(_ text: String, _ style: StyledText.Style) {
        isQuoted = style.flags.contains(.quote)
        if style.flags.contains(.block) { return block(text, style.language) }
        for (place, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if place > 0 {
                close(to: 0)
                flushBlanks()
                emit("\n")
            }
            write(line: line, style)
        }
    }

    private mutating func write(line: Substring, _ style: StyledText.Style) {
        let lead = line.prefix { $0 == " " || $0 == "\t" }
        blanks += lead
        let core = line.dropFirst(lead.count)
        guard let end = core.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return }
        let word = core[...end]
        set(marks(of: style))
        if style.flags.contains(.code) {
            let code = Self.code(String(word))
            keepApart(from: code)
            emit(code)
        } else if style.flags.contains(.mark) || (style.flags.contains(.address) && word.hasPrefix("http")) {
            emit(word)
        } else {
            emit(escaped: word)
        }
        blanks = String(core[end...].dropFirst())
    }

    mutating func finish() -> String {
        close(to: 0)
        flushBlanks()
        return out
    }

    // MARK: Marks

    private func marks(of style: StyledText.Style) -> [Mark] {
        var marks: [Mark] = []
        if let link = style.link { marks.append(.link(Self.escaped(address: link))) }
        if style.flags.contains(.bold) { marks.append(.bold) }
        if style.flags.contains(.struck) { marks.append(.struck) }
        if style.flags.contains(.italic) { marks.append(.italic) }
        return marks
    }

    private mutating func set(_ marks: [Mark]) {
        // What is open already stays outside.
        let common = open.prefix { marks.contains($0) }
        close(to: common.count)
        flushBlanks()
        let added = marks.filter { !common.contains($0) }
        if let first = added.first { keepApart(from: first.opening) }
        for mark in added {
            emit(mark.opening)
            open.append(mark)
        }
    }

    /// Parts equal marks that would run together with something invisible.
    private mutating func keepApart(from next: String) {
        if let last = out.last, last == next.first, last != "[" { emit("\u{200B}") }
    }

    private mutating func close(to count: Int) {
        while open.count > count { emit(open.removeLast().closing) }
    }

    // MARK: Output

    /// Writes text as it is, with the mark of the quote in front of its lines.
    private mutating func emit(_ text: some StringProtocol) {
        for character in text {
            if isAtLineStart, isQuoted { out += "> " }
            out.append(character)
            isAtLineStart = character == "\n"
            isNumber = false
        }
    }

    private mutating func flushBlanks() {
        emit(blanks)
        blanks = ""
    }

    private mutating func emit(escaped text: Substring) {
        var rest = text
        while let character = rest.first {
            if needsEscape(character, rest) { emit("\\") }
            let isDigit = character.isASCII && character.isNumber && (isAtLineStart || isNumber)
            emit(String(character))
            isNumber = isDigit
            rest = rest.dropFirst()
        }
    }

    private func needsEscape(_ character: Character, _ rest: Substring) -> Bool {
        switch character {
        case "\\", "*", "_", "~", "`", "|", "<", "[", "]": true
        case "#", "-", "+", ">", "=", "•": isAtLineStart
        case ".", ")": isNumber
        // What Discord shows as it is, others read as a character's name.
        case "&": MarkdownEntity(Array(rest.prefix(12).unicodeScalars), at: 0) != nil
        default: false
        }
    }

    private static func escaped(address: String) -> String {
        var escaped = ""
        for scalar in address.unicodeScalars {
            switch scalar {
            case " ": escaped += "%20"
            case "(": escaped += "%28"
            case ")": escaped += "%29"
            case "<": escaped += "%3C"
            case ">": escaped += "%3E"
            case "\\": escaped += "%5C"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    // MARK: Code

    private static func code(_ code: String) -> String {
        guard code.contains("`") else { return "`\(code)`" }
        let parted = code.replacing("``", with: "`\u{200B}`").replacing("``", with: "`\u{200B}`")
        return parted.hasPrefix("`") || parted.hasSuffix("`") ? "`` \(parted) ``" : "``\(parted)``"
    }

    private mutating func block(_ code: String, _ language: String?) {
        close(to: 0)
        flushBlanks()
        // A fence begins a line, also inside a list.
        if !isAtLineStart { emit("\n") }
        emit("```\(language ?? "")\n\(TelegramMarkdownWriter.withoutFences(code))\n```")
    }
}
