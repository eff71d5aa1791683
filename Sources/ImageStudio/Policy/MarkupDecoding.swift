/// Takes HTML tags and character references out of a text: an image model's tokenizer may read through them as a browser does.
enum MarkupDecoding {
    private static let named: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "shy": "\u{AD}", "zwj": "\u{200D}", "zwnj": "\u{200C}",
    ]
    private static let longestReference = 10
    private static let longestTag = 60

    static func decoded(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0x26 || $0 == 0x3C }) else { return text }
        let scalars = Array(text.unicodeScalars)
        var kept = String.UnicodeScalarView()
        var index = 0
        while index < scalars.count {
            if scalars[index] == "&", let (scalar, end) = reference(in: scalars, at: index) {
                kept.append(scalar)
                index = end
            } else if scalars[index] == "<", let end = tagEnd(in: scalars, at: index) {
                index = end
            } else {
                kept.append(scalars[index])
                index += 1
            }
        }
        return String(kept)
    }

    private static func reference(in scalars: [Unicode.Scalar], at start: Int) -> (Unicode.Scalar, Int)? {
        var end = start + 1
        var name = ""
        while end < scalars.count, end - start <= longestReference, scalars[end] == "#" || scalars[end].properties.isAlphabetic
            || scalars[end].properties.numericType != nil {
            name.unicodeScalars.append(scalars[end])
            end += 1
        }
        let isClosed = end < scalars.count && scalars[end] == ";"
        guard name.hasPrefix("#") else {
            guard isClosed, let scalar = named[name.lowercased()] else { return nil }
            return (scalar, end + 1)
        }
        let digits = name.dropFirst()
        let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let value, let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, isClosed ? end + 1 : end)
    }

    private static func tagEnd(in scalars: [Unicode.Scalar], at start: Int) -> Int? {
        guard start + 1 < scalars.count, scalars[start + 1] == "/" || scalars[start + 1] == "!" || scalars[start + 1].isASCIILetter else {
            return nil
        }
        var end = start + 1
        while end < scalars.count, end - start <= longestTag {
            if scalars[end] == ">" { return end + 1 }
            if scalars[end] == "<" { return nil }
            end += 1
        }
        return nil
    }
}

extension Unicode.Scalar {
    var isASCIILetter: Bool { (value >= 0x61 && value <= 0x7A) || (value >= 0x41 && value <= 0x5A) }
}
