import Foundation
import Foundations

/// Writes a request body byte by byte. Frames are megabytes of base64, which a general encoder would copy and escape
/// several times over; here they are appended once.
struct JSONWriter {
    private(set) var data = Data()
    /// Whether a comma stands before the next value of the present object or array.
    private var needsComma = false

    init(capacity: Int) { data.reserveCapacity(capacity) }

    mutating func object(_ body: (inout JSONWriter) -> Void) { enclose("{", "}", body) }
    mutating func array(_ body: (inout JSONWriter) -> Void) { enclose("[", "]", body) }

    mutating func key(_ name: String) {
        value(.string(name))
        data.append(UInt8(ascii: ":"))
        needsComma = false
    }

    mutating func value(_ value: JSONValue) {
        separate()
        data.append(value.encoded())
        needsComma = true
    }

    mutating func field(_ name: String, _ value: JSONValue?) {
        guard let value else { return }
        key(name)
        self.value(value)
    }

    /// A string `PREFIX` + the base64 texts joined by commas. `prefix` holds nothing that JSON escapes.
    mutating func base64(prefix: String, _ pieces: [Data]) {
        separate()
        data.append(UInt8(ascii: "\""))
        data.append(contentsOf: prefix.utf8)
        for (index, piece) in pieces.enumerated() {
            if index > 0 { data.append(UInt8(ascii: ",")) }
            data.append(piece.base64EncodedData())
        }
        data.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func enclose(_ open: String, _ close: String, _ body: (inout JSONWriter) -> Void) {
        separate()
        data.append(contentsOf: open.utf8)
        needsComma = false
        body(&self)
        data.append(contentsOf: close.utf8)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { data.append(UInt8(ascii: ",")) }
    }
}
