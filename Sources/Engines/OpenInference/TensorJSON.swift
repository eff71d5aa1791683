import Foundations

/// A tensor's elements as JSON: read from nested or flat arrays, written flat.
enum TensorJSON {
    /// Reads the array at the cursor.
    /// - Throws: `InferenceError` when an element isn't of the type or the nesting isn't the shape's.
    static func read(
        _ cursor: inout JSONCursor, name: String, datatype: InferenceTensor.Datatype, shape: [Int]
    ) throws -> InferenceTensor {
        guard datatype.hasJSONForm else {
            throw InferenceError.invalidTensor(name: name, reason: "\(datatype.rawValue) elements travel as binary data only")
        }
        // Refuses impossible shapes before anything is read.
        _ = try InferenceTensor.count(of: shape, name: name)
        var reader = Reader(name: name, datatype: datatype, shape: shape)
        try reader.array(&cursor, dimension: 0)
        return try InferenceTensor(name: name, datatype: datatype, shape: shape, data: reader.data)
    }

    private struct Reader {
        let name: String
        let datatype: InferenceTensor.Datatype
        let shape: [Int]
        var data: [UInt8] = []

        func fault(_ reason: String) -> InferenceError { .invalidTensor(name: name, reason: reason) }

        /// One array of the nesting; an array without arrays inside, at the top, is the flat form.
        mutating func array(_ cursor: inout JSONCursor, dimension: Int) throws {
            try cursor.take("[")
            var items = 0
            var isNested = false
            if !cursor.takes("]") {
                isNested = cursor.next == UInt8(ascii: "[")
                repeat {
                    guard (cursor.next == UInt8(ascii: "[")) == isNested else { throw fault("its arrays are nested unevenly") }
                    if isNested {
                        guard dimension + 1 < shape.count else { throw fault("its arrays nest deeper than its shape") }
                        try array(&cursor, dimension: dimension + 1)
                    } else {
                        try element(&cursor)
                    }
                    items += 1
                } while cursor.takes(",")
                try cursor.take("]")
            }
            if dimension == 0 && !isNested { return }
            guard items == shape[dimension], isNested || dimension == shape.count - 1 || items == 0 else {
                throw fault("its arrays don't have the shape \(shape)")
            }
        }

        mutating func element(_ cursor: inout JSONCursor) throws {
            switch datatype {
            case .bytes:
                guard cursor.next == UInt8(ascii: "\"") else { throw fault("an element isn't text") }
                InferenceTensor.append(Array(try cursor.string().utf8), to: &data)
            case .bool: data.append(try bool(cursor.scalar()))
            case .uint8: try integer(cursor.scalar(), UInt8.self)
            case .uint16: try integer(cursor.scalar(), UInt16.self)
            case .uint32: try integer(cursor.scalar(), UInt32.self)
            case .uint64: try integer(cursor.scalar(), UInt64.self)
            case .int8: try integer(cursor.scalar(), Int8.self)
            case .int16: try integer(cursor.scalar(), Int16.self)
            case .int32: try integer(cursor.scalar(), Int32.self)
            case .int64: try integer(cursor.scalar(), Int64.self)
            case .float32:
                let text = try number(cursor.scalar())
                guard let value = Float(text), value.isFinite else { throw fault("an element isn't a number of FP32's range") }
                append(value.bitPattern)
            case .float64:
                let text = try number(cursor.scalar())
                guard let value = Double(text), value.isFinite else { throw fault("an element isn't a number of FP64's range") }
                append(value.bitPattern)
            case .float16, .bfloat16: throw fault("its elements have no JSON form")
            }
        }

        private func bool(_ text: ArraySlice<UInt8>) throws(InferenceError) -> UInt8 {
            if text.elementsEqual("true".utf8) { return 1 }
            if text.elementsEqual("false".utf8) { return 0 }
            throw fault("an element isn't true or false")
        }

        private mutating func integer<T: FixedWidthInteger>(_ text: ArraySlice<UInt8>, _: T.Type) throws(InferenceError) {
            let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text
            guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
                let value = T(String(decoding: text, as: UTF8.self))
            else { throw fault("an element isn't a whole number of \(datatype.rawValue)'s range") }
            append(value)
        }

        /// Lets only the characters of JSON numbers through: Swift also reads "nan", "inf" and hexadecimal.
        private func number(_ text: ArraySlice<UInt8>) throws(InferenceError) -> String {
            let isNumber = text.count <= 512 && text.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."),
                    UInt8(ascii: "e"), UInt8(ascii: "E"):
                    true
                default: false
                }
            }
            guard isNumber else { throw fault("an element isn't a number") }
            return String(decoding: text, as: UTF8.self)
        }

        private mutating func append<T: FixedWidthInteger>(_ value: T) {
            withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
        }
    }

    // MARK: Writing

    /// Writes the elements as one flat array. Numbers that JSON can't hold (NaN, infinities) become null.
    /// - Throws: `InferenceError.binaryOnly` for types without a JSON form, and for BYTES that aren't text.
    static func write(_ tensor: InferenceTensor, to text: inout [UInt8]) throws(InferenceError) {
        text.append(UInt8(ascii: "["))
        switch tensor.datatype {
        case .bool: write(tensor, UInt8.self, to: &text) { $0 == 0 ? "false" : "true" }
        case .uint8: write(tensor, UInt8.self, to: &text) { String($0) }
        case .uint16: write(tensor, UInt16.self, to: &text) { String($0) }
        case .uint32: write(tensor, UInt32.self, to: &text) { String($0) }
        case .uint64: write(tensor, UInt64.self, to: &text) { String($0) }
        case .int8: write(tensor, Int8.self, to: &text) { String($0) }
        case .int16: write(tensor, Int16.self, to: &text) { String($0) }
        case .int32: write(tensor, Int32.self, to: &text) { String($0) }
        case .int64: write(tensor, Int64.self, to: &text) { String($0) }
        case .float32:
            write(tensor, UInt32.self, to: &text) { bits in
                let value = Float(bitPattern: bits)
                return value.isFinite ? value.description : "null"
            }
        case .float64:
            write(tensor, UInt64.self, to: &text) { bits in
                let value = Double(bitPattern: bits)
                return value.isFinite ? value.description : "null"
            }
        case .bytes:
            for (index, element) in tensor.elements.enumerated() {
                guard let string = String(validating: element, as: UTF8.self) else { throw .binaryOnly(name: tensor.name) }
                if index > 0 { text.append(UInt8(ascii: ",")) }
                text.append(contentsOf: JSONValue.string(string).encoded())
            }
        case .float16, .bfloat16: throw .binaryOnly(name: tensor.name)
        }
        text.append(UInt8(ascii: "]"))
    }

    private static func write<T: FixedWidthInteger>(
        _ tensor: InferenceTensor, _: T.Type, to text: inout [UInt8], _ describe: (T) -> String
    ) {
        tensor.data.withUnsafeBytes { bytes in
            for index in 0..<(bytes.count / MemoryLayout<T>.size) {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                let value = T(littleEndian: bytes.loadUnaligned(fromByteOffset: index * MemoryLayout<T>.size, as: T.self))
                text.append(contentsOf: describe(value).utf8)
            }
        }
    }
}
