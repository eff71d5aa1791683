/// Cuts a packet into tags and the text between them.
struct XMPScanner {
    enum Token {
        case text([UInt8])
        case begin(String, attributes: [(name: String, value: String)], isEmpty: Bool)
        case end(String)
    }

    private static let maxAttributes = 256

    private var rest: ArraySlice<UInt8>
    private(set) var hasFailed = false

    init(_ packet: ArraySlice<UInt8>) {
        rest = packet
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

    /// - Returns: `nil` at the end and after a fault.
    mutating func next() -> Token? {
        while let first = rest.first, !hasFailed {
            if first != UInt8(ascii: "<") {
                let text = rest.prefix { $0 != UInt8(ascii: "<") }
                rest = rest[text.endIndex...]
                return Self.unescaped(text).map(Token.text) ?? fail()
            } else if let instruction = rest.after("<?".utf8) {
                rest = instruction
                guard take(until: "?>") != nil else { return fail() }
            } else if let comment = rest.after("<!--".utf8) {
                rest = comment
                guard take(until: "-->") != nil else { return fail() }
            } else if let text = rest.after("<![CDATA[".utf8) {
                rest = text
                return take(until: "]]>").map { Token.text(Array($0)) } ?? fail()
            } else if let name = rest.after("</".utf8) {
                rest = name
                return endTag() ?? fail()
            } else if rest.starts(with: "<!".utf8) {
                return fail()
            } else {
                rest = rest.dropFirst()
                return beginTag() ?? fail()
            }
        }
        return nil
    }

    private mutating func fail() -> Token? {
        hasFailed = true
        return nil
    }

    private mutating func endTag() -> Token? {
        guard let name = takeName() else { return nil }
        skipSpace()
        return rest.popFirst() == UInt8(ascii: ">") ? .end(name) : nil
    }

    private mutating func beginTag() -> Token? {
        guard let name = takeName() else { return nil }
        var attributes: [(name: String, value: String)] = []
        while true {
            skipSpace()
            if let after = rest.after("/>".utf8) {
                rest = after
                return .begin(name, attributes: attributes, isEmpty: true)
            }
            if let after = rest.after(">".utf8) {
                rest = after
                return .begin(name, attributes: attributes, isEmpty: false)
            }
            guard attributes.count < Self.maxAttributes, let attribute = takeAttribute() else { return nil }
            attributes.append(attribute)
        }
    }

    private mutating func takeAttribute() -> (name: String, value: String)? {
        guard let name = takeName() else { return nil }
        skipSpace()
        guard rest.popFirst() == UInt8(ascii: "=") else { return nil }
        skipSpace()
        guard let quote = rest.popFirst(), quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
            let end = rest.firstIndex(of: quote), let value = Self.unescaped(rest[..<end])
        else { return nil }
        rest = rest[end...].dropFirst()
        return (name, String(decoding: value, as: UTF8.self))
    }

    private mutating func takeName() -> String? {
        let name = rest.prefix { !Self.isSpace($0) && !"<>/='\"".utf8.contains($0) }
        rest = rest[name.endIndex...]
        return name.isEmpty || name.count > 256 ? nil : String(decoding: name, as: UTF8.self)
    }

    private mutating func skipSpace() {
        rest = rest.drop(while: Self.isSpace)
    }

    private mutating func take(until mark: String) -> ArraySlice<UInt8>? {
        let mark = Array(mark.utf8)
        var index = rest.startIndex
        while index <= rest.endIndex - mark.count {
            if rest[index...].starts(with: mark) {
                let taken = rest[..<index]
                rest = rest[(index + mark.count)...]
                return taken
            }
            index += 1
        }
        return nil
    }

    private static let entities: [String: UInt8] = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"),
    ]

    private static func unescaped(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        var output: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "&") else {
                output.append(byte)
                continue
            }
            // The longest is `&#x10FFFF;`.
            guard let end = rest.prefix(9).firstIndex(of: UInt8(ascii: ";")) else { return nil }
            let name = String(decoding: rest[..<end], as: UTF8.self)
            rest = rest[end...].dropFirst()
            if let entity = entities[name] {
                output.append(entity)
            } else if let scalar = scalar(name) {
                output += String(Character(scalar)).utf8
            } else {
                return nil
            }
        }
        return output
    }

    private static func scalar(_ name: String) -> Unicode.Scalar? {
        if name.hasPrefix("#x") { return UInt32(name.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init) }
        if name.hasPrefix("#") { return UInt32(name.dropFirst()).flatMap(Unicode.Scalar.init) }
        return nil
    }
}
