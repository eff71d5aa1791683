import Foundations

/// A named tensor as the Open Inference Protocol carries it.
///
/// `data` is the protocol's own binary form, so that tensors pass from wire to engine and back without being rewritten:
/// elements in row-major order, little-endian; `BYTES` elements each behind their length in four bytes.
public struct InferenceTensor: Sendable, Equatable {
    public enum Datatype: String, Sendable, CaseIterable {
        case bool = "BOOL"
        case uint8 = "UINT8"
        case uint16 = "UINT16"
        case uint32 = "UINT32"
        case uint64 = "UINT64"
        case int8 = "INT8"
        case int16 = "INT16"
        case int32 = "INT32"
        case int64 = "INT64"
        case float16 = "FP16"
        case bfloat16 = "BF16"
        case float32 = "FP32"
        case float64 = "FP64"
        case bytes = "BYTES"

        /// Bytes of one element; `nil` for `BYTES`, whose elements have lengths of their own.
        public var size: Int? {
            switch self {
            case .bool, .uint8, .int8: 1
            case .uint16, .int16, .float16, .bfloat16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64: 8
            case .bytes: nil
            }
        }

        /// Whether elements can be written as JSON. The protocol gives 16-bit floats no JSON form.
        public var hasJSONForm: Bool { self != .float16 && self != .bfloat16 }
    }

    /// Most dimensions of a tensor.
    public static let maxRank = 32

    public let name: String
    public let datatype: Datatype
    /// Sizes of the dimensions, outermost first; empty for a scalar.
    public let shape: [Int]
    public let data: [UInt8]

    /// - Throws: `InferenceError.invalidTensor` when the data isn't exactly the shape's elements.
    public init(name: String, datatype: Datatype, shape: [Int], data: [UInt8]) throws(InferenceError) {
        let count = try Self.count(of: shape, name: name)
        if let size = datatype.size {
            let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, bytes == data.count else {
                throw .invalidTensor(
                    name: name, reason: "its data has \(data.count) bytes, where shape \(shape) of \(datatype.rawValue) needs "
                        + (overflow ? "more than there can be" : "\(bytes)"))
            }
            if datatype == .bool, data.contains(where: { $0 > 1 }) {
                throw .invalidTensor(name: name, reason: "a BOOL element is neither 0 nor 1")
            }
        } else {
            guard let elements = Self.countElements(data) else {
                throw .invalidTensor(name: name, reason: "the lengths of its BYTES elements don't fit its data")
            }
            guard elements == count else {
                throw .invalidTensor(
                    name: name, reason: "it has \(elements) elements, where shape \(shape) needs \(count)")
            }
        }
        self.name = name
        self.datatype = datatype
        self.shape = shape
        self.data = data
    }

    /// A `BYTES` tensor of these elements.
    public init(name: String, shape: [Int], elements: [[UInt8]]) throws(InferenceError) {
        var data: [UInt8] = []
        for element in elements { Self.append(element, to: &data) }
        try self.init(name: name, datatype: .bytes, shape: shape, data: data)
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }

    /// The elements of a `BYTES` tensor; empty for other types.
    public var elements: [ArraySlice<UInt8>] {
        guard datatype == .bytes else { return [] }
        var elements: [ArraySlice<UInt8>] = []
        elements.reserveCapacity(count)
        var position = 0
        while position < data.count {
            let start = position + 4
            position = start + Self.length(in: data, at: position)
            elements.append(data[start..<position])
        }
        return elements
    }

    /// Writes one `BYTES` element: its length, then itself.
    package static func append(_ element: some Collection<UInt8>, to data: inout [UInt8]) {
        let length = UInt32(clamping: element.count)
        for shift in stride(from: 0, to: 32, by: 8) { data.append(UInt8(truncatingIfNeeded: length >> UInt32(shift))) }
        data.append(contentsOf: element)
    }

    /// The elements a shape holds.
    static func count(of shape: [Int], name: String) throws(InferenceError) -> Int {
        guard shape.count <= maxRank else {
            throw .invalidTensor(name: name, reason: "it has more than \(maxRank) dimensions")
        }
        var count = 1
        for size in shape {
            guard size >= 0 else { throw .invalidTensor(name: name, reason: "a dimension is negative") }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow else { throw .invalidTensor(name: name, reason: "its shape is larger than any memory") }
            count = product
        }
        return count
    }

    /// - Returns: `nil` when the lengths lead outside the data.
    private static func countElements(_ data: [UInt8]) -> Int? {
        var position = 0
        var count = 0
        while position < data.count {
            guard data.count - position >= 4 else { return nil }
            let length = length(in: data, at: position)
            guard length <= data.count - position - 4 else { return nil }
            position += 4 + length
            count += 1
        }
        return count
    }

    private static func length(in data: [UInt8], at position: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(data[position + $1]) << (8 * $1) }
    }
}
