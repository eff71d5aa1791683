/// Text without markup, quotes marked as people do it.
struct PlainWriter: MarkupWriter {
    private var out = ""
    private var isAtLineStart = true

    mutating func write(_ text: String, _ style: StyledText.Style) {
        guard style.flags.contains(.quote) else {
            out += text
            isAtLineStart = text.last == "\n"
            return
        }
        for character in text {
            if isAtLineStart { out += "> " }
            out.append(character)
            isAtLineStart = character == "\n"
        }
    }

    mutating func finish() -> String { out }
}

/// Telegram's HTML (https://core.telegram.org/bots/api#html-style).
struct TelegramHTMLWriter: MarkupWriter {
    private enum Tag: Equatable {
        case quote, bold, italic, struck, code
        case link(String)
        case block(language: String?)
    }

    private var out = ""
    private var open: [Tag] = []

    mutating func write(_ text: String, _ style: StyledText.Style) {
        let tags = Self.tags(of: style)
        // What is open already stays outside.
        let common = open.prefix { tags.contains($0) }
        close(to: common.count)
        for tag in tags where !common.contains(tag) {
            out += Self.opening(tag)
            open.append(tag)
        }
        out += Self.escaped(text)
    }

    mutating func finish() -> String {
        close(to: 0)
        return out
    }

    private mutating func close(to count: Int) {
        while open.count > count { out += Self.closing(open.removeLast()) }
    }

    /// From the outside to the inside. Code holds no other style, and links hold no code.
    private static func tags(of style: StyledText.Style) -> [Tag] {
        var tags: [Tag] = []
        let flags = style.flags
        if flags.contains(.quote) { tags.append(.quote) }
        if flags.contains(.block) { return tags + [.block(language: style.language)] }
        if let link = style.link { tags.append(.link(link)) } else if flags.contains(.code) { return tags + [.code] }
        if flags.contains(.bold) { tags.append(.bold) }
        if flags.contains(.italic) { tags.append(.italic) }
        if flags.contains(.struck) { tags.append(.struck) }
        return tags
    }

    private static func opening(_ tag: Tag) -> String {
        switch tag {
        case .quote: "<blockquote>"
        case .bold: "<b>"
        case .italic: "<i>"
        case .struck: "<s>"
        case .code: "<code>"
        case .link(let address): "<a href=\"\(escaped(address))\">"
        case .block(nil): "<pre>"
        case .block(let language?): "<pre><code class=\"language-\(escaped(language))\">"
        }
    }

    private static func closing(_ tag: Tag) -> String {
        switch tag {
        case .quote: "</blockquote>"
        case .bold: "</b>"
        case .italic: "</i>"
        case .struck: "</s>"
        case .code: "</code>"
        case .link: "</a>"
        case .block(nil): "</pre>"
        case .block: "</code></pre>"
        }
    }

    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): escaped.append(contentsOf: "&amp;".utf8)
            case UInt8(ascii: "<"): escaped.append(contentsOf: "&lt;".utf8)
            case UInt8(ascii: ">"): escaped.append(contentsOf: "&gt;".utf8)
            case UInt8(ascii: "\""): escaped.append(contentsOf: "&quot;".utf8)
            default: escaped.append(byte)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

/// Telegram's old Markdown (https://core.telegram.org/bots/api#markdown-style). Styles can't be nested, so the most telling one is
/// taken; a style's own mark can't stand inside of it, so the style is interrupted there.
struct TelegramMarkdownWriter: MarkupWriter {
    private enum Mark: Equatable {
        case none, bold, italic, code
        case link(String)
        case block(language: String?)
    }

    private var out = ""
    /// Text that isn't written yet, because more of the same may follow.
    private var pending = ""
    private var mark = Mark.none

    mutating func write(_ text: String, _ style: StyledText.Style) {
        let next = text.allSatisfy(\.isWhitespace) && !style.flags.contains(.block) ? Mark.none : Self.mark(of: style)
        if next != mark {
            flush()
            // A backslash in front of a mark would escape it. Inside it's an ordinary character.
            if next != .none, out.last == "\\" { pending = String(out.removeLast()) }
            mark = next
        }
        pending += text
    }

    mutating func finish() -> String {
        flush()
        return out
    }

    private static func mark(of style: StyledText.Style) -> Mark {
        let flags = style.flags
        if flags.contains(.block) { return .block(language: style.language) }
        if let link = style.link { return .link(link) }
        if flags.contains(.code) { return .code }
        if flags.contains(.bold) { return .bold }
        return flags.contains(.italic) || flags.contains(.quote) ? .italic : .none
    }

    private mutating func flush() {
        switch mark {
        case .none: out += Self.escaped(pending)
        case .bold: interrupt(pending, at: "*", opening: "*", closing: "*")
        case .italic: interrupt(pending, at: "_", opening: "_", closing: "_")
        case .code: interrupt(pending, at: "`", opening: "`", closing: "`")
        case .link(let address): interrupt(pending, at: "]", opening: "[", closing: "](\(address.replacing(")", with: "%29")))")
        case .block(let language): out += "```\(language ?? "")\n\(Self.withoutFences(pending))```"
        }
        pending = ""
    }

    private mutating func interrupt(_ text: String, at mark: Character, opening: String, closing: String) {
        for (place, piece) in text.split(separator: mark, omittingEmptySubsequences: false).enumerated() {
            if place > 0 { out += mark == "]" ? "]" : "\\\(mark)" }
            if !piece.isEmpty { out += opening + piece + closing }
        }
    }

    private static func escaped(_ text: String) -> String {
        var escaped: [UInt8] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: "_") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "`") || byte == UInt8(ascii: "[") {
                escaped.append(UInt8(ascii: "\\"))
            }
            escaped.append(byte)
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    /// Parts backticks with something invisible where they would end the code.
    static func withoutFences(_ code: String) -> String {
        let parted = code.replacing("``", with: "`\u{200B}`").replacing("``", with: "`\u{200B}`")
        return parted.hasSuffix("`") ? parted + "\u{200B}" : parted
    }
}
