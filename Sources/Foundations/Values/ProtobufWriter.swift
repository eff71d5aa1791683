/// Writes protobuf's wire format (https://protobuf.dev/programming-guides/encoding/).
package struct ProtobufWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func varint(_ field: Int, _ value: UInt64) {
        tag(field, 0)
        raw(value)
    }

    package mutating func fixed64(_ field: Int, _ value: UInt64) {
        tag(field, 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func fixed32(_ field: Int, _ value: UInt32) {
        tag(field, 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    package mutating func bytes(_ field: Int, _ value: some Collection<UInt8>) {
        tag(field, 2)
        raw(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    package mutating func text(_ field: Int, _ value: String) { bytes(field, value.utf8) }

    package mutating func message(_ field: Int, _ write: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        write(&inner)
        bytes(field, inner.bytes)
    }

    /// Appends fields that are written already.
    package mutating func append(_ fields: some Collection<UInt8>) { bytes.append(contentsOf: fields) }

    private mutating func tag(_ field: Int, _ wireType: Int) { raw(UInt64(field << 3 | wireType)) }

    private mutating func raw(_ value: UInt64) {
        var value = value
        while value > 0x7f {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }
}
