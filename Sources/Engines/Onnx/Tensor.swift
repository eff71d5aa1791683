import COnnxRuntime

/// Numbers with a shape, in row-major order.
public struct Tensor: Sendable, Equatable {
    public enum ElementType: Int32, Sendable, CaseIterable {
        // Numbered as in ONNX's TensorProto.DataType.
        case float32 = 1
        case uint8 = 2
        case int8 = 3
        case uint16 = 4
        case int16 = 5
        case int32 = 6
        case int64 = 7
        case string = 8
        case bool = 9
        case float16 = 10
        case float64 = 11
        case uint32 = 12
        case uint64 = 13
        case bfloat16 = 16

        /// Bytes of one element; 0 for strings, which have no fixed size.
        public var size: Int {
            switch self {
            case .uint8, .int8, .bool: 1
            case .uint16, .int16, .float16, .bfloat16: 2
            case .float32, .int32, .uint32: 4
            case .int64, .uint64, .float64: 8
            case .string: 0
            }
        }
    }

    public enum Storage: Sendable, Equatable {
        case float32([Float])
        case float64([Double])
        case uint8([UInt8])
        case int8([Int8])
        case int32([Int32])
        case int64([Int64])
        case bool([Bool])
        case uint16([UInt16])
        case int16([Int16])
        case uint32([UInt32])
        case uint64([UInt64])
        /// Bit patterns.
        case float16([UInt16])
        /// Bit patterns.
        case bfloat16([UInt16])
        /// Bytes without a zero among them.
        case string([[UInt8]])

        public var elementType: ElementType {
            switch self {
            case .float32: .float32
            case .float64: .float64
            case .uint8: .uint8
            case .int8: .int8
            case .int32: .int32
            case .int64: .int64
            case .bool: .bool
            case .uint16: .uint16
            case .int16: .int16
            case .uint32: .uint32
            case .uint64: .uint64
            case .float16: .float16
            case .bfloat16: .bfloat16
            case .string: .string
            }
        }

        public var count: Int {
            switch self {
            case .float32(let values): values.count
            case .float64(let values): values.count
            case .uint8(let values): values.count
            case .int8(let values): values.count
            case .int32(let values): values.count
            case .int64(let values): values.count
            case .bool(let values): values.count
            case .uint16(let values), .float16(let values), .bfloat16(let values): values.count
            case .int16(let values): values.count
            case .uint32(let values): values.count
            case .uint64(let values): values.count
            case .string(let values): values.count
            }
        }
    }

    /// Sizes of the dimensions, outermost first; empty for a scalar.
    public let shape: [Int]
    public let storage: Storage

    /// - Throws: `NativeEngineError.invalidTensor` when the shape doesn't hold exactly the storage's elements.
    public init(shape: [Int], storage: Storage) throws(NativeEngineError) {
        var elements = 1
        for size in shape {
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { throw .invalidTensor(reason: "a dimension is out of range") }
            elements = product
        }
        guard elements == storage.count else {
            throw .invalidTensor(reason: "the shape \(shape) doesn't hold \(storage.count) elements")
        }
        self.shape = shape
        self.storage = storage
    }

    public init(_ values: [Float], shape: [Int]) throws(NativeEngineError) {
        try self.init(shape: shape, storage: .float32(values))
    }

    public var elementType: ElementType { storage.elementType }
    public var count: Int { storage.count }

    /// The elements when they are 32-bit floats.
    public var floats: [Float]? { if case .float32(let values) = storage { values } else { nil } }
    /// The elements when they are 64-bit integers.
    public var integers: [Int64]? { if case .int64(let values) = storage { values } else { nil } }

    /// The elements' memory, valid inside `body`; none for strings.
    func withUnsafeBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        switch storage {
        case .float32(let values): try values.withUnsafeBytes(body)
        case .float64(let values): try values.withUnsafeBytes(body)
        case .uint8(let values): try values.withUnsafeBytes(body)
        case .int8(let values): try values.withUnsafeBytes(body)
        case .int32(let values): try values.withUnsafeBytes(body)
        case .int64(let values): try values.withUnsafeBytes(body)
        case .bool(let values): try values.withUnsafeBytes(body)
        case .uint16(let values), .float16(let values), .bfloat16(let values): try values.withUnsafeBytes(body)
        case .int16(let values): try values.withUnsafeBytes(body)
        case .uint32(let values): try values.withUnsafeBytes(body)
        case .uint64(let values): try values.withUnsafeBytes(body)
        case .string: try body(UnsafeRawBufferPointer(start: nil, count: 0))
        }
    }
}

extension Tensor.Storage {
    /// Copies `count` elements of `type`, which isn't `string`, out of memory that needn't be aligned.
    init(copying data: UnsafeRawPointer, count: Int, type: Tensor.ElementType) {
        func copy<T>(_: T.Type) -> [T] {
            Array(unsafeUninitializedCapacity: count) { buffer, initialized in
                UnsafeMutableRawBufferPointer(buffer).copyMemory(
                    from: UnsafeRawBufferPointer(start: data, count: count * MemoryLayout<T>.stride))
                initialized = count
            }
        }
        self =
            switch type {
            case .float32: .float32(copy(Float.self))
            case .float64: .float64(copy(Double.self))
            case .uint8: .uint8(copy(UInt8.self))
            case .int8: .int8(copy(Int8.self))
            case .int32: .int32(copy(Int32.self))
            case .int64: .int64(copy(Int64.self))
            // A byte other than 0 or 1 isn't a Bool: read it as a number.
            case .bool: .bool(copy(UInt8.self).map { $0 != 0 })
            case .uint16: .uint16(copy(UInt16.self))
            case .int16: .int16(copy(Int16.self))
            case .uint32: .uint32(copy(UInt32.self))
            case .uint64: .uint64(copy(UInt64.self))
            case .float16: .float16(copy(UInt16.self))
            case .bfloat16: .bfloat16(copy(UInt16.self))
            case .string: .string([])
            }
    }
}
