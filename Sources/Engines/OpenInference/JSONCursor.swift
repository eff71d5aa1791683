import Foundation
import Foundations

/// Walks over JSON text without building values of it, so that millions of numbers can be read straight into a tensor.
/// Reads nothing outside its bytes, whatever they hold.
struct JSONCursor {
    static let maxDepth = 64
    /// Bytes of what `value()` reads.
    private static let maxValueBytes = 64 << 10

    let bytes: [UInt8]
    private(set) var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// The next byte that isn't blank; `nil` at the end.
    var next: UInt8? {
        mutating get {
            while position < end, Self.isBlank(bytes[position]) { position += 1 }
            return position < end ? bytes[position] : nil
        }
    }

    func fault(_ what: String) -> InferenceError { .malformed(reason: "\(what) at byte \(position)") }

    mutating func take(_ character: Unicode.Scalar) throws(InferenceError) {
        guard next == UInt8(ascii: character) else { throw fault("'\(character)' was expected") }
        position += 1
    }

    /// Takes the character if it is the next one.
    mutating func takes(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Reads an object; `member` must read the value behind each key.
    mutating func object(_ member: (String, inout JSONCursor) throws -> Void) throws {
        try take("{")
        if takes("}") { return }
        repeat {
            guard next == UInt8(ascii: "\"") else { throw fault("a key was expected") }
            let key = try string()
            try take(":")
            try member(key, &self)
        } while takes(",")
        try take("}")
    }

    /// Reads an array; `item` must read each value.
    mutating func array(_ item: (inout JSONCursor) throws -> Void) throws {
        try take("[")
        if takes("]") { return }
        repeat { try item(&self) } while takes(",")
        try take("]")
    }

    mutating func string() throws -> String {
        let range = try stringRange()
        if !bytes[range].contains(UInt8(ascii: "\\")) {
            guard let text = String(validating: bytes[(range.lowerBound + 1)..<(range.upperBound - 1)], as: UTF8.self) else {
                throw fault("a string isn't UTF-8")
            }
            return text
        }
        guard let text = (try? JSONValue(parsing: Data(bytes[range])))?.stringValue else { throw fault("a string is malformed") }
        return text
    }

    /// Any value, for what is small.
    mutating func value() throws -> JSONValue {
        let range = try skip()
        guard range.count <= Self.maxValueBytes else { throw fault("a value other than tensor data is too long") }
        guard let value = try? JSONValue(parsing: Data(bytes[range])) else { throw fault("a value is malformed") }
        return value
    }

    /// Passes over a value.
    /// - Returns: where it lies.
    mutating func skip() throws -> Range<Int> {
        guard let first = next else { throw fault("a value was expected") }
        let start = position
        switch first {
        case UInt8(ascii: "\""): return try stringRange()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            var depth = 0
            repeat {
                guard let byte = next else { throw fault("a value is unfinished") }
                switch byte {
                case UInt8(ascii: "\""): _ = try stringRange()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    if depth > Self.maxDepth { throw fault("it nests too deep") }
                    position += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    position += 1
                default: position += 1
                }
            } while depth > 0
        default:
            while position < end, !Self.endsScalar(bytes[position]) { position += 1 }
            guard position > start else { throw fault("a value was expected") }
        }
        return start..<position
    }

    private static func endsScalar(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ":"): true
        default: isBlank(byte)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// The bytes of a number or word.
    mutating func scalar() throws -> ArraySlice<UInt8> {
        guard let first = next, first != UInt8(ascii: "\""), first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else {
            throw fault("a number or word was expected")
        }
        return bytes[try skip()]
    }

    /// A string with its quotes.
    private mutating func stringRange() throws(InferenceError) -> Range<Int> {
        let start = position
        position += 1
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\\"): position += 2
            case UInt8(ascii: "\""):
                position += 1
                return start..<position
            default: position += 1
            }
        }
        position = end
        throw fault("a string is unfinished")
    }
}
