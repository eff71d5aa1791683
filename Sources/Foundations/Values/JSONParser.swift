/// Reads JSON text (RFC 8259) in one pass. What is wrong with it is named with its byte; nesting is bounded, so that no text
/// can exhaust the stack.
public enum JSONParser {
    public enum Fault: Error, Sendable, Equatable {
        case malformed(offset: Int, what: String)
        case nestedTooDeep(offset: Int, limit: Int)
    }

    /// How much is taken of text that readers disagree about.
    public enum Rules: Sendable {
        /// The last of repeated keys counts, whole numbers beyond 64 bits lose digits, halves of surrogate pairs become U+FFFD:
        /// for the answers of engines.
        case lenient
        /// All three are faults: what is checked here must be what the next reader sees.
        case strict
    }

    public static let defaultDepth = 200

    /// - Throws: `Fault`.
    public static func parse(
        _ text: some Collection<UInt8>, rules: Rules = .lenient, maxDepth: Int = defaultDepth
    ) throws(Fault) -> JSONValue {
        var result: Result<JSONValue, Fault>?
        text.withContiguousStorageIfAvailable { result = read($0, rules, maxDepth) }
        if result == nil { Array(text).withUnsafeBufferPointer { result = read($0, rules, maxDepth) } }
        guard let result else { throw .malformed(offset: 0, what: "the text can't be read") }
        return try result.get()
    }

    private static func read(
        _ bytes: UnsafeBufferPointer<UInt8>, _ rules: Rules, _ maxDepth: Int
    ) -> Result<JSONValue, Fault> {
        do throws(Fault) {
            var scanner = Scanner(bytes: bytes, isStrict: rules == .strict, maxDepth: maxDepth)
            scanner.skipBlanks()
            let value = try scanner.value(depth: 1)
            scanner.skipBlanks()
            if scanner.next != nil { throw scanner.fault("text after the end of the value") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private struct Scanner {
        let bytes: UnsafeBufferPointer<UInt8>
        let isStrict: Bool
        let maxDepth: Int
        var index = 0

        init(bytes: UnsafeBufferPointer<UInt8>, isStrict: Bool, maxDepth: Int) {
            self.bytes = bytes
            self.isStrict = isStrict
            self.maxDepth = maxDepth
        }

        var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        func fault(_ what: String) -> Fault {
            .malformed(offset: index, what: index < bytes.count ? what : "the text ends early")
        }

        mutating func skipBlanks() {
            while let byte = next, byte == 32 || byte == 9 || byte == 10 || byte == 13 { index += 1 }
        }

        mutating func value(depth: Int) throws(Fault) -> JSONValue {
            switch next {
            case UInt8(ascii: "{"): return .object(try object(depth))
            case UInt8(ascii: "["): return .array(try array(depth))
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            case .some(let byte) where byte == UInt8(ascii: "-") || (48...57).contains(byte): return try number()
            default: throw fault("a value was expected")
            }
        }

        mutating func object(_ depth: Int) throws(Fault) -> [String: JSONValue] {
            try open(depth)
            var object: [String: JSONValue] = [:]
            if close(UInt8(ascii: "}")) { return object }
            while true {
                guard next == UInt8(ascii: "\"") else { throw fault("a key in double quotes was expected") }
                let start = index
                let key = try string()
                if isStrict, object[key] != nil { throw .malformed(offset: start, what: "a key that stands here twice") }
                skipBlanks()
                guard next == UInt8(ascii: ":") else { throw fault("a colon was expected") }
                index += 1
                skipBlanks()
                object[key] = try value(depth: depth + 1)
                if try isLast(UInt8(ascii: "}")) { return object }
            }
        }

        mutating func array(_ depth: Int) throws(Fault) -> [JSONValue] {
            try open(depth)
            var array: [JSONValue] = []
            if close(UInt8(ascii: "]")) { return array }
            while true {
                array.append(try value(depth: depth + 1))
                if try isLast(UInt8(ascii: "]")) { return array }
            }
        }

        private mutating func open(_ depth: Int) throws(Fault) {
            if depth > maxDepth { throw .nestedTooDeep(offset: index, limit: maxDepth) }
            index += 1
            skipBlanks()
        }

        private mutating func close(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            index += 1
            return true
        }

        /// Reads what stands after a value: the container's end, or a comma before the next one.
        private mutating func isLast(_ end: UInt8) throws(Fault) -> Bool {
            skipBlanks()
            if close(end) { return true }
            guard next == UInt8(ascii: ",") else { throw fault("a comma or the container's end was expected") }
            index += 1
            skipBlanks()
            return false
        }

        mutating func string() throws(Fault) -> String {
            index += 1
            let start = index
            while let byte = next, byte >= 32, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { index += 1 }
            if next == UInt8(ascii: "\"") {
                defer { index += 1 }
                return try text(UnsafeBufferPointer(rebasing: bytes[start..<index]), from: start)
            }
            var unescaped = [UInt8](bytes[start..<index])
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""):
                    index += 1
                    return try unescaped.withUnsafeBufferPointer { (piece) throws(Fault) in try text(piece, from: start) }
                case UInt8(ascii: "\\"):
                    index += 1
                    try escape(&unescaped)
                case 0..<32: throw fault("a control character inside a string")
                default:
                    unescaped.append(byte)
                    index += 1
                }
            }
            throw fault("")
        }

        private func text(_ piece: UnsafeBufferPointer<UInt8>, from start: Int) throws(Fault) -> String {
            guard let text = String(validating: piece, as: UTF8.self) else {
                throw .malformed(offset: start, what: "a string that isn't UTF-8")
            }
            return text
        }

        private mutating func escape(_ out: inout [UInt8]) throws(Fault) {
            switch next {
            case UInt8(ascii: "u"):
                out.append(contentsOf: String(try escapedScalar()).utf8)
                return
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(bytes[index])
            case UInt8(ascii: "b"): out.append(8)
            case UInt8(ascii: "f"): out.append(12)
            case UInt8(ascii: "n"): out.append(10)
            case UInt8(ascii: "r"): out.append(13)
            case UInt8(ascii: "t"): out.append(9)
            default: throw fault("an unknown escape")
            }
            index += 1
        }

        /// `uXXXX`, or two of them for a scalar beyond the first plane.
        private mutating func escapedScalar() throws(Fault) -> Unicode.Scalar {
            let start = index - 1
            let first = UInt32(try codeUnit())
            if let scalar = Unicode.Scalar(first) { return scalar }
            let after = index
            if first < 0xDC00, next == UInt8(ascii: "\\"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "u") {
                index += 1
                let second = UInt32(try codeUnit())
                if (0xDC00...0xDFFF).contains(second),
                    let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
                {
                    return scalar
                }
            }
            if isStrict { throw .malformed(offset: start, what: "half a surrogate pair") }
            index = after
            return "\u{FFFD}"
        }

        private mutating func codeUnit() throws(Fault) -> UInt16 {
            var unit: UInt16 = 0
            for _ in 0..<4 {
                index += 1
                guard let digit = next, let value = Self.hexadecimal(digit) else { throw fault("a bad \\u escape") }
                unit = unit << 4 | value
            }
            index += 1
            return unit
        }

        private static func hexadecimal(_ byte: UInt8) -> UInt16? {
            switch byte {
            case 48...57: UInt16(byte - 48)
            case 65...70: UInt16(byte - 55)
            case 97...102: UInt16(byte - 87)
            default: nil
            }
        }

        private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
            for offset in 0..<word.utf8CodeUnitCount {
                guard next == word.utf8Start[offset] else { throw fault("an unknown word") }
                index += 1
            }
            return value
        }

        private mutating func digits() throws(Fault) {
            guard let byte = next, (48...57).contains(byte) else { throw fault("a digit was expected") }
            while let byte = next, (48...57).contains(byte) { index += 1 }
        }

        private mutating func number() throws(Fault) -> JSONValue {
            let start = index
            var isWhole = true
            if next == UInt8(ascii: "-") { index += 1 }
            if next == UInt8(ascii: "0") { index += 1 } else { try digits() }
            if next == UInt8(ascii: ".") {
                isWhole = false
                index += 1
                try digits()
            }
            if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
                isWhole = false
                index += 1
                if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { index += 1 }
                try digits()
            }
            let text = String(decoding: bytes[start..<index], as: UTF8.self)
            if isWhole {
                if let integer = Int(text) { return .integer(integer) }
                if isStrict { throw .malformed(offset: start, what: "a whole number beyond 64 bits") }
            }
            guard let number = Double(text), number.isFinite else {
                throw .malformed(offset: start, what: "a number out of range")
            }
            // `2.0` is as whole as `2`; beyond 2^53 a double doesn't say which whole number was meant.
            if abs(number) <= 0x1p53, let integer = Int(exactly: number) { return .integer(integer) }
            return .number(number)
        }
    }
}
