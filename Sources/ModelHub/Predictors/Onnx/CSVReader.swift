/// Reads CSV (RFC 4180) record by record.
///
/// Fields are parted by commas, and stand in quotes where they hold commas, line ends or quotes, which are doubled. Lines end
/// with CRLF or LF. A byte order mark at the start is passed over. Anything else is a fault: a quote inside an unquoted
/// field, text behind a closing quote, a carriage return alone, bytes that aren't UTF-8.
package struct CSVReader {
    package struct Fault: Error, Equatable {
        /// Counted from 1.
        package var line: Int
        /// Completes "line 3: …".
        package var reason: String
    }

    package static let maxFields = 10_000
    package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private static let comma = UInt8(ascii: ",")
    private static let quote = UInt8(ascii: "\"")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    private let bytes: [UInt8]
    private var index: Int
    private var line = 1

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        index = bytes.starts(with: Self.byteOrderMark) ? Self.byteOrderMark.count : 0
    }

    /// The next record's fields; `nil` at the end.
    package mutating func next() throws(Fault) -> [String]? {
        guard index < bytes.count else { return nil }
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard fields.count <= Self.maxFields else { throw fault("it has more than \(Self.maxFields) fields") }
            guard index < bytes.count else { return fields }
            if bytes[index] == Self.comma {
                index += 1
            } else if let length = lineEnd {
                index += length
                line += 1
                return fields
            } else {
                throw fault("a comma or the line's end was expected behind a field")
            }
        }
    }

    /// The length of the line end at this place.
    private var lineEnd: Int? {
        if bytes[index] == Self.lineFeed { return 1 }
        let isPair = bytes[index] == Self.carriageReturn && index + 1 < bytes.count && bytes[index + 1] == Self.lineFeed
        return isPair ? 2 : nil
    }

    private mutating func field() throws(Fault) -> String {
        if index < bytes.count, bytes[index] == Self.quote { return try quoted() }
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == Self.comma || byte == Self.lineFeed || byte == Self.carriageReturn { break }
            if byte == Self.quote { throw fault("a field with a quote in it must stand in quotes") }
            index += 1
        }
        return try text(Array(bytes[start..<index]))
    }

    private mutating func quoted() throws(Fault) -> String {
        let first = line
        var content: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == Self.lineFeed { line += 1 }
            if byte == Self.quote {
                guard index < bytes.count, bytes[index] == Self.quote else { return try text(content) }
                index += 1
            }
            content.append(byte)
        }
        throw Fault(line: first, reason: "a quoted field doesn't end")
    }

    private func text(_ content: [UInt8]) throws(Fault) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw fault("a field isn't UTF-8") }
        return text
    }

    private func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }
}
