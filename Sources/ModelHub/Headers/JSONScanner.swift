/// Walks through JSON text in a file, value by value, within bounds. Nothing is held but what the caller takes.
struct JSONScanner {
    var bytes: HeaderBytes
    let maxDepth: Int

    /// The next byte that isn't a blank, taken.
    mutating func next() throws(HeaderFault) -> UInt8 {
        while true {
            let byte = try bytes.byte()
            if byte != 32, byte != 9, byte != 10, byte != 13 { return byte }
        }
    }

    /// The next byte that isn't a blank, left in place.
    mutating func upcoming() throws(HeaderFault) -> UInt8 {
        while true {
            guard let byte = try bytes.peek() else { throw .truncated }
            if byte != 32, byte != 9, byte != 10, byte != 13 { return byte }
            _ = try bytes.byte()
        }
    }

    mutating func expect(_ character: Unicode.Scalar) throws(HeaderFault) {
        guard try next() == UInt8(ascii: character) else { throw .malformed("its JSON is broken") }
    }

    /// Calls `member` after each key; it must read the value.
    mutating func object(
        maxKeyBytes: Int, _ member: (inout JSONScanner, String) throws(HeaderFault) -> Void
    ) throws(HeaderFault) {
        try expect("{")
        if try upcoming() == UInt8(ascii: "}") {
            _ = try next()
            return
        }
        while true {
            let key = try text(maxBytes: maxKeyBytes)
            try expect(":")
            try member(&self, key)
            switch try next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return
            default: throw .malformed("its JSON is broken")
            }
        }
    }

    /// Calls `element` for each element; it must read the value.
    mutating func array(_ element: (inout JSONScanner) throws(HeaderFault) -> Void) throws(HeaderFault) {
        try expect("[")
        if try upcoming() == UInt8(ascii: "]") {
            _ = try next()
            return
        }
        while true {
            try element(&self)
            switch try next() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "]"): return
            default: throw .malformed("its JSON is broken")
            }
        }
    }

    /// A string; escapes other than of one character stay as they are written.
    mutating func text(maxBytes: Int) throws(HeaderFault) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            var byte = try bytes.byte()
            if byte == UInt8(ascii: "\"") { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") {
                byte = try bytes.byte()
                if byte == UInt8(ascii: "u") { text.append(UInt8(ascii: "\\")) }
            }
            guard text.count < maxBytes else { throw .beyondLimit("a text of more than \(maxBytes) bytes") }
            text.append(byte)
        }
    }

    /// A whole number that isn't negative.
    mutating func wholeNumber() throws(HeaderFault) -> UInt64 {
        var byte = try next()
        var value: UInt64 = 0
        var digits = 0
        while true {
            guard (48...57).contains(byte) else { throw .malformed("a number isn't whole") }
            let (tens, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = tens.addingReportingOverflow(UInt64(byte - 48))
            guard !first, !second, digits < 20 else { throw .malformed("a number is impossibly large") }
            value = sum
            digits += 1
            guard let following = try bytes.peek(), (48...57).contains(following) || following == UInt8(ascii: ".") || following | 32 == UInt8(ascii: "e")
            else { return value }
            byte = try bytes.byte()
        }
    }

    /// Passes over a value of any kind.
    mutating func skip(depth: Int = 1) throws(HeaderFault) {
        guard depth <= maxDepth else { throw .beyondLimit("its JSON nests deeper than \(maxDepth) levels") }
        switch try upcoming() {
        case UInt8(ascii: "{"):
            try object(maxKeyBytes: 1 << 16) { scanner, _ throws(HeaderFault) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { scanner throws(HeaderFault) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""):
            _ = try next()
            while true {
                let byte = try bytes.byte()
                if byte == UInt8(ascii: "\"") { return }
                if byte == UInt8(ascii: "\\") { _ = try bytes.byte() }
            }
        default:
            _ = try next()
            while let byte = try bytes.peek(), ![44, 93, 125, 32, 9, 10, 13].contains(byte) { _ = try bytes.byte() }
        }
    }
}
