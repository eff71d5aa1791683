/// Reads a message as Telegram reads HTML (https://core.telegram.org/bots/api#html-style).
struct TelegramHTMLCheck {
    private struct Tag {
        let name: String
        let place: Int
    }

    private static let plainTags: Set<String> = [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "tg-spoiler", "code", "pre", "a", "blockquote", "span", "tg-emoji", "tg-time",
    ]

    private static let deepest = 100

    private let bytes: [UInt8]
    private var index = 0
    private var visible: [UInt8] = []
    /// What is visible outside of code.
    private var text: [UInt8] = []
    private var open: [Tag] = []
    private var codeDepth = 0
    private var findings = MarkupFindings()

    static func findings(in text: String) -> MarkupFindings {
        var check = TelegramHTMLCheck(bytes: Array(text.utf8))
        check.read()
        return check.findings
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func read() {
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "<"): readTag()
            case UInt8(ascii: "&"): readEntity()
            default:
                if bytes[index] == UInt8(ascii: ">") { findings.warn("`>` is best written as `&gt;`.") }
                show(bytes[index...index])
                index += 1
            }
        }
        for tag in open { findings.fail("`<\(tag.name)>` at byte \(tag.place) is never closed.") }
        findings.visible = String(decoding: visible, as: UTF8.self)
        findings.warnAboutMarkdown(in: String(decoding: text, as: UTF8.self))
    }

    private mutating func show(_ shown: some Sequence<UInt8>) {
        visible.append(contentsOf: shown)
        if codeDepth == 0 { text.append(contentsOf: shown) }
    }

    private mutating func readTag() {
        let start = index
        index += 1
        let isClosing = index < bytes.count && bytes[index] == UInt8(ascii: "/")
        if isClosing { index += 1 }
        let name = readName()
        if !isClosing, !Self.plainTags.contains(name) {
            findings.fail(
                name.isEmpty ? "`<` at byte \(start) begins no tag: write `&lt;`." : "`<\(name)>` at byte \(start) is no tag that Telegram knows.")
            show(bytes[start..<index])
            return
        }
        guard let attributes = readAttributes() else {
            findings.fail("`<\(name)>` at byte \(start) has no end.")
            return
        }
        if isClosing { close(name, start) } else { open(name, attributes, start) }
    }

    private mutating func readName() -> String {
        let start = index
        while index < bytes.count, isNamePart(bytes[index]) { index += 1 }
        return String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
    }

    private func isNamePart(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-")
    }

    /// Reads up to behind the tag's end; `nil`: there is none.
    private mutating func readAttributes() -> [String: String]? {
        var attributes: [String: String] = [:]
        while index < bytes.count {
            if bytes[index] == UInt8(ascii: ">") {
                index += 1
                return attributes
            }
            guard isNamePart(bytes[index]) else {
                guard bytes[index] == 32 || bytes[index] == 10 || bytes[index] == 9 || bytes[index] == 13 else { return nil }
                index += 1
                continue
            }
            let name = readName()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "=") else {
                attributes[name] = ""
                continue
            }
            index += 1
            guard index < bytes.count else { return nil }
            let quote = bytes[index]
            let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            if isQuoted { index += 1 }
            let start = index
            while index < bytes.count, isQuoted ? bytes[index] != quote : isNamePart(bytes[index]) || bytes[index] == UInt8(ascii: ".") { index += 1 }
            attributes[name] = String(decoding: bytes[start..<index], as: UTF8.self)
            if isQuoted {
                guard index < bytes.count else { return nil }
                index += 1
            }
        }
        return nil
    }

    private mutating func open(_ name: String, _ attributes: [String: String], _ start: Int) {
        if name == "span", attributes["class"] != "tg-spoiler" {
            findings.fail("`<span>` at byte \(start) is no spoiler, the only kind that Telegram knows.")
        }
        if name == "tg-emoji", attributes["emoji-id"] == nil { findings.fail("`<tg-emoji>` at byte \(start) names no emoji.") }
        if name == "blockquote", open.contains(where: { $0.name == "blockquote" }) {
            findings.fail("`<blockquote>` at byte \(start) stands inside another.")
        }
        if let code = open.last(where: { $0.name == "pre" || $0.name == "code" }), !(code.name == "pre" && name == "code") {
            findings.warn("Styles inside of code are not shown.")
        }
        if name == "a", open.contains(where: { $0.name == "a" }) { findings.warn("Links inside of links are not shown.") }
        findings.entities += 1
        if open.count == Self.deepest { return findings.fail("Tags stand inside each other more than \(Self.deepest) deep.") }
        open.append(Tag(name: name, place: start))
        if name == "pre" || name == "code" { codeDepth += 1 }
    }

    private mutating func close(_ name: String, _ start: Int) {
        guard let tag = open.popLast() else { return findings.fail("`</\(name)>` at byte \(start) closes nothing.") }
        if tag.name == "pre" || tag.name == "code" { codeDepth -= 1 }
        if !name.isEmpty, tag.name != name { findings.fail("`</\(name)>` at byte \(start) closes `<\(tag.name)>`.") }
    }

    private mutating func readEntity() {
        let end = bytes[index..<min(bytes.count, index + 10)].firstIndex(of: UInt8(ascii: ";"))
        if let end {
            let name = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
            if let text = Self.decoded(name) {
                show(text.utf8)
                index = end + 1
                return
            }
        }
        findings.warn("`&` is best written as `&amp;`.")
        show(bytes[index...index])
        index += 1
    }

    private static func decoded(_ name: String) -> String? {
        switch name {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        default:
            guard name.hasPrefix("#") else { return nil }
            let digits = name.dropFirst()
            let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap(Unicode.Scalar.init).map { String($0) }
        }
    }
}
