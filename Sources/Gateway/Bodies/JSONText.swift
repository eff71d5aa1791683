import Foundations

/// Checks JSON text (RFC 8259) before it is parsed: bounded depth, and faults named with their byte.
package enum JSONText {
    package static let maxDepth = 64

    /// - Throws: `malformedJSON` or `nestedTooDeep`.
    package static func check(_ text: some RandomAccessCollection<UInt8>, maxDepth: Int = maxDepth) throws {
        let checked: Void? = try text.withContiguousStorageIfAvailable { try check($0, maxDepth) }
        if checked == nil { try Array(text).withUnsafeBufferPointer { try check($0, maxDepth) } }
    }

    private static func check(_ bytes: UnsafeBufferPointer<UInt8>, _ maxDepth: Int) throws {
        var scanner = Scanner(bytes: bytes, maxDepth: maxDepth)
        scanner.skipBlanks()
        try scanner.value(depth: 1)
        scanner.skipBlanks()
        if scanner.next != nil { throw scanner.fault("text after the end of the value") }
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        let maxDepth: Int
        var index = 0

        init(bytes: UnsafeBufferPointer<UInt8>, maxDepth: Int) {
            self.bytes = bytes
            self.maxDepth = maxDepth
        }

        var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        func fault(_ what: String) -> GatewayError {
            .malformedJSON(offset: index, what: index < bytes.count ? what : "the text ends early")
        }

        mutating func skipBlanks() {
            while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { index += 1 }
        }

        mutating func value(depth: Int) throws {
            switch next {
            case UInt8(ascii: "{"): try container(depth, close: UInt8(ascii: "}"), isObject: true)
            case UInt8(ascii: "["): try container(depth, close: UInt8(ascii: "]"), isObject: false)
            case UInt8(ascii: "\""): try string()
            case UInt8(ascii: "t"): try word("true")
            case UInt8(ascii: "f"): try word("false")
            case UInt8(ascii: "n"): try word("null")
            case .some(let byte) where byte == UInt8(ascii: "-") || (48...57).contains(byte): try number()
            default: throw fault("a value was expected")
            }
        }

        mutating func container(_ depth: Int, close: UInt8, isObject: Bool) throws {
            if depth > maxDepth { throw GatewayError.nestedTooDeep(offset: index, limit: maxDepth) }
            index += 1
            skipBlanks()
            if next == close {
                index += 1
                return
            }
            while true {
                if isObject {
                    guard next == UInt8(ascii: "\"") else { throw fault("a key in double quotes was expected") }
                    try string()
                    skipBlanks()
                    guard next == UInt8(ascii: ":") else { throw fault("a colon was expected") }
                    index += 1
                    skipBlanks()
                }
                try value(depth: depth + 1)
                skipBlanks()
                if next == close {
                    index += 1
                    return
                }
                guard next == UInt8(ascii: ",") else { throw fault("a comma or the container's end was expected") }
                index += 1
                skipBlanks()
            }
        }

        mutating func string() throws {
            index += 1
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""):
                    index += 1
                    return
                case UInt8(ascii: "\\"):
                    index += 1
                    switch next {
                    case UInt8(ascii: "u"):
                        for _ in 0..<4 {
                            index += 1
                            guard let digit = next, Self.isHexadecimal(digit) else { throw fault("a bad \\u escape") }
                        }
                        index += 1
                    case .some(let escape) where "\"\\/bfnrt".utf8.contains(escape): index += 1
                    default: throw fault("an unknown escape")
                    }
                case 0..<32: throw fault("a control character inside a string")
                default: index += 1
                }
            }
            throw fault("")
        }

        static func isHexadecimal(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
        }

        mutating func word(_ word: StaticString) throws {
            for offset in 0..<word.utf8CodeUnitCount {
                guard next == word.utf8Start[offset] else { throw fault("an unknown word") }
                index += 1
            }
        }

        mutating func digits() throws {
            guard let byte = next, (48...57).contains(byte) else { throw fault("a digit was expected") }
            while let byte = next, (48...57).contains(byte) { index += 1 }
        }

        mutating func number() throws {
            if next == UInt8(ascii: "-") { index += 1 }
            if next == UInt8(ascii: "0") { index += 1 } else { try digits() }
            if next == UInt8(ascii: ".") {
                index += 1
                try digits()
            }
            if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
                index += 1
                if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
                try digits()
            }
        }
    }
}
