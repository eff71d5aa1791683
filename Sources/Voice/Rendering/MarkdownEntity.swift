/// A character that is written by its name or number in HTML.
struct MarkdownEntity {
    let text: String
    /// Behind the semicolon.
    let end: Int

    private static let names: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®", "trade": "™", "hellip": "…",
        "mdash": "—",
        "ndash": "–", "ldquo": "“", "rdquo": "”", "lsquo": "‘", "rsquo": "’", "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "times": "×",
        "divide": "÷", "plusmn": "±", "deg": "°", "euro": "€", "pound": "£", "yen": "¥", "cent": "¢", "sect": "§", "para": "¶", "larr": "←",
        "rarr": "→",
        "le": "≤", "ge": "≥", "ne": "≠", "asymp": "≈", "micro": "µ", "frac12": "½",
    ]

    private static let longest = 12

    init?(_ scalars: [Unicode.Scalar], at start: Int) {
        guard let stop = scalars[start..<min(scalars.count, start + Self.longest)].firstIndex(of: ";") else { return nil }
        let name = String(String.UnicodeScalarView(scalars[(start + 1)..<stop]))
        if let text = Self.names[name] {
            self.text = text
        } else if name.hasPrefix("#") {
            let digits = name.dropFirst()
            let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            guard let value, value >= 32, let scalar = Unicode.Scalar(value) else { return nil }
            text = String(scalar)
        } else {
            return nil
        }
        end = stop + 1
    }

    static func decoded(_ text: String.UnicodeScalarView) -> String {
        guard text.contains("&") else { return String(text) }
        let scalars = Array(text)
        var decoded = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if scalars[index] == "&", let entity = MarkdownEntity(scalars, at: index) {
                decoded.append(contentsOf: entity.text.unicodeScalars)
                index = entity.end
            } else {
                decoded.append(scalars[index])
                index += 1
            }
        }
        return String(decoded)
    }
}
