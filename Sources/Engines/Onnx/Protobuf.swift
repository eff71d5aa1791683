/// Takes messages in the wire form of Protocol Buffers apart; `ProtobufWriter` puts them together.
enum Protobuf {
    struct Field {
        let number: Int
        /// With the field's key and length.
        let whole: ArraySlice<UInt8>
        /// The text, bytes or message; empty for numbers.
        let content: ArraySlice<UInt8>
        /// The number, of the 32 bits of a float too; 0 for other fields.
        let value: UInt64

        var text: String { String(decoding: content, as: UTF8.self) }
    }

    /// The fields of a message; `nil` when it isn't one.
    static func fields(_ bytes: ArraySlice<UInt8>) -> [Field]? {
        var fields: [Field] = []
        var position = bytes.startIndex
        while position < bytes.endIndex {
            let start = position
            guard let key = varint(bytes, &position), key >> 3 <= 1 << 29 else { return nil }
            var value: UInt64 = 0
            var length = 0
            switch key & 7 {
            case 0:
                guard let number = varint(bytes, &position) else { return nil }
                value = number
            case 1: length = 8
            case 2:
                guard let count = varint(bytes, &position), count <= bytes.endIndex - position else { return nil }
                length = Int(count)
            case 5: length = 4
            default: return nil
            }
            guard length <= bytes.endIndex - position else { return nil }
            let content = bytes[position..<position + length]
            if key & 7 == 5 { value = content.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
            position += length
            fields.append(
                Field(number: Int(key >> 3), whole: bytes[start..<position], content: key & 7 == 2 ? content : [], value: value))
        }
        return fields
    }

    /// A list of numbers that stands in one field.
    static func packed(_ content: ArraySlice<UInt8>) -> [UInt64]? {
        var numbers: [UInt64] = []
        var position = content.startIndex
        while position < content.endIndex {
            guard let number = varint(content, &position) else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    private static func varint(_ bytes: ArraySlice<UInt8>, _ position: inout Int) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard position < bytes.endIndex else { return nil }
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 127) << UInt64(shift)
            if byte < 128 { return value }
        }
        return nil
    }
}
