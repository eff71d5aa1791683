/// Addresses in Markdown.
struct MarkdownLinkTarget {
    /// Addresses and titles that are longer are text. Bounds the time that looking for their ends takes.
    private static let longest = 2048
    private static let deepest = 32

    let address: String
    /// Behind the closing parenthesis.
    let end: Int

    /// Reads `(address "title")`; the address may be in angle brackets, the title in parentheses.
    init?(_ text: [Unicode.Scalar], from start: Int) {
        guard start < text.count, text[start] == "(" else { return nil }
        let limit = min(text.count, start + 2 * Self.longest)
        var index = start + 1
        func skipBlanks() { while index < limit, text[index].isBlank { index += 1 } }
        skipBlanks()
        var address = String.UnicodeScalarView()
        if index < limit, text[index] == "<" {
            index += 1
            while index < limit, text[index] != ">" {
                if text[index] == "\n" || text[index] == "<" { return nil }
                address.append(text[index])
                index += 1
            }
            index += 1
        } else {
            var depth = 0
            while index < limit, !text[index].isBlank {
                if text[index] == "\\", index + 1 < limit, text[index + 1].value < 128, text[index + 1].isPunctuationMark {
                    index += 1
                } else if text[index] == "(" {
                    depth += 1
                    if depth > Self.deepest { return nil }
                } else if text[index] == ")" {
                    if depth == 0 { break }
                    depth -= 1
                }
                address.append(text[index])
                index += 1
            }
            if depth > 0 { return nil }
        }
        let afterAddress = index
        skipBlanks()
        if index < limit, index > afterAddress, text[index] == "\"" || text[index] == "'" || text[index] == "(" {
            let closing: Unicode.Scalar = text[index] == "(" ? ")" : text[index]
            index += 1
            while index < limit, text[index] != closing { index += text[index] == "\\" ? 2 : 1 }
            index += 1
            skipBlanks()
        }
        guard index < limit, text[index] == ")" else { return nil }
        self.address = MarkdownEntity.decoded(address)
        end = index + 1
    }

    /// What hardly stands in an address, but right behind one.
    private static func endsAddress(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "<", ">", "\"", "`", "|", "\\", "*", "，", "。", "、", "！", "？", "；", "：", "（", "）", "「", "」": true
        default: scalar.isBlank
        }
    }

    /// Where an address of the web ends that stands in the text as it is.
    static func bareEnd(_ text: [Unicode.Scalar], from start: Int) -> Int? {
        let schemes = ["http://", "https://"].map(\.unicodeScalars)
        guard let scheme = schemes.first(where: { text[start...].starts(with: $0) }) else { return nil }
        let first = start + scheme.count
        var end = first
        while end < text.count, !endsAddress(text[end]) { end += 1 }
        // Marks at the end belong to the sentence, and so does a parenthesis that was opened outside.
        var open = 0
        for scalar in text[first..<end] {
            if scalar == "(" { open += 1 }
            if scalar == ")" { open -= 1 }
        }
        while end > first {
            switch text[end - 1] {
            case ".", ",", ";", ":", "!", "?", "'", "_", "~", "]", "[", "”", "’", "»": break
            case ")" where open < 0: open += 1
            default: return end
            }
            end -= 1
        }
        return nil
    }
}
