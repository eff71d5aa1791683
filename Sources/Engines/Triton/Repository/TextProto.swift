/// A document in protobuf's text format (https://protobuf.dev/reference/protobuf/textformat-spec), read without its schema: fields in
/// their order, with their lines. Enough of it for `config.pbtxt`; extensions and `Any` aren't read.
package struct TextProto: Sendable {
    package struct Field: Sendable {
        package var name: String
        package var line: Int
        package var value: Value
    }

    package enum Value: Sendable {
        /// A number, a word (`TYPE_FP32`, `true`) or a text.
        case scalar(String, isText: Bool)
        case message(TextProto)
    }

    package struct Fault: Error, Equatable {
        package let line: Int
        /// What was expected, as the end of a sentence.
        package let expected: String
    }

    package private(set) var fields: [Field] = []

    package static let maxBytes = 1 << 20
    private static let maxDepth = 32

    /// - Throws: `Fault`.
    package init(parsing text: String) throws(Fault) {
        guard text.utf8.count <= Self.maxBytes else { throw Fault(line: 1, expected: "at most \(Self.maxBytes) bytes") }
        var scanner = Scanner(bytes: Array(text.utf8))
        try read(&scanner, closing: nil, depth: 0)
    }

    private init() {}

    package subscript(name: String) -> [Field] { fields.filter { $0.name == name } }
    package func first(_ name: String) -> Field? { fields.first { $0.name == name } }
    package func text(_ name: String) -> String? { first(name)?.scalar }
    package func messages(_ name: String) -> [TextProto] { self[name].compactMap(\.message) }

    private mutating func read(_ scanner: inout Scanner, closing: UInt8?, depth: Int) throws(Fault) {
        guard depth <= Self.maxDepth else { throw scanner.fault("fewer nested messages") }
        while true {
            scanner.skipBlanks()
            guard let next = scanner.next else {
                if closing != nil { throw scanner.fault("the end of a message") }
                return
            }
            if next == closing {
                scanner.advance()
                return
            }
            let line = scanner.line
            let name = try scanner.word()
            scanner.skipBlanks()
            let hasColon = scanner.take(UInt8(ascii: ":"))
            scanner.skipBlanks()
            if scanner.take(UInt8(ascii: "[")) {
                scanner.skipBlanks()
                while !scanner.take(UInt8(ascii: "]")) {
                    fields.append(Field(name: name, line: scanner.line, value: try Self.value(&scanner, hasColon: hasColon, depth)))
                    scanner.skipBlanks()
                    _ = scanner.take(UInt8(ascii: ","))
                    scanner.skipBlanks()
                }
            } else {
                fields.append(Field(name: name, line: line, value: try Self.value(&scanner, hasColon: hasColon, depth)))
            }
            scanner.skipBlanks()
            if !scanner.take(UInt8(ascii: ",")) { _ = scanner.take(UInt8(ascii: ";")) }
        }
    }

    private static func value(_ scanner: inout Scanner, hasColon: Bool, _ depth: Int) throws(Fault) -> Value {
        for (open, close) in [("{", "}"), ("<", ">")] where scanner.take(open.utf8.first ?? 0) {
            var message = TextProto()
            try message.read(&scanner, closing: close.utf8.first, depth: depth + 1)
            return .message(message)
        }
        guard hasColon else { throw scanner.fault("a colon or a message") }
        if let text = try scanner.text() { return .scalar(text, isText: true) }
        return .scalar(try scanner.scalar(), isText: false)
    }
}

extension TextProto.Field {
    package var scalar: String? { if case .scalar(let text, _) = value { text } else { nil } }
    package var message: TextProto? { if case .message(let message) = value { message } else { nil } }
    package var integer: Int? { scalar.flatMap { Int($0) } }
}

private struct Scanner {
    let bytes: [UInt8]
    var index = 0
    var line = 1

    init(bytes: [UInt8]) { self.bytes = bytes }

    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    func fault(_ expected: String) -> TextProto.Fault { TextProto.Fault(line: line, expected: expected) }

    mutating func advance() {
        if bytes[index] == UInt8(ascii: "\n") { line += 1 }
        index += 1
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        advance()
        return true
    }

    mutating func skipBlanks() {
        while let byte = next {
            if byte == UInt8(ascii: "#") {
                while let byte = next, byte != UInt8(ascii: "\n") { advance() }
            } else if byte == 32 || (9...13).contains(byte) {
                advance()
            } else {
                return
            }
        }
    }

    mutating func word() throws(TextProto.Fault) -> String {
        let start = index
        while let byte = next, Self.isWord(byte) { index += 1 }
        guard index > start else { throw fault("a field's name") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }

    /// A number or a word; also `${…}`, which templates leave for somebody to fill in.
    mutating func scalar() throws(TextProto.Fault) -> String {
        let start = index
        while let byte = next, Self.isWord(byte) || "+-.${}".utf8.contains(byte) {
            if byte == UInt8(ascii: "}"), !bytes[start..<index].contains(UInt8(ascii: "{")) { break }
            index += 1
        }
        guard index > start else { throw fault("a value") }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// Texts that follow each other are one; `nil` when there is none.
    mutating func text() throws(TextProto.Fault) -> String? {
        var text: [UInt8]?
        while let quote = next, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            advance()
            var piece = text ?? []
            while true {
                guard let byte = next, byte != UInt8(ascii: "\n") else { throw fault("the end of a text") }
                advance()
                if byte == quote { break }
                if byte == UInt8(ascii: "\\"), let escaped = next {
                    advance()
                    switch escaped {
                    case UInt8(ascii: "n"): piece.append(10)
                    case UInt8(ascii: "t"): piece.append(9)
                    case UInt8(ascii: "r"): piece.append(13)
                    default: piece.append(escaped)
                    }
                } else {
                    piece.append(byte)
                }
            }
            text = piece
            skipBlanks()
        }
        return text.map { String(decoding: $0, as: UTF8.self) }
    }
}
