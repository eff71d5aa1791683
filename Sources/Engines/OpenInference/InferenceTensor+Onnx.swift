extension InferenceTensor.Datatype {
    public init(_ type: Tensor.ElementType) {
        switch type {
        case .bool: self = .bool
        case .uint8: self = .uint8
        case .uint16: self = .uint16
        case .uint32: self = .uint32
        case .uint64: self = .uint64
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .float32: self = .float32
        case .float64: self = .float64
        case .string: self = .bytes
        }
    }
}

extension Tensor.ElementType {
    fileprivate init(_ type: InferenceTensor.Datatype) {
        switch type {
        case .bool: self = .bool
        case .uint8: self = .uint8
        case .uint16: self = .uint16
        case .uint32: self = .uint32
        case .uint64: self = .uint64
        case .int8: self = .int8
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .float32: self = .float32
        case .float64: self = .float64
        case .bytes: self = .string
        }
    }
}

// Both forms are little-endian: Martlet runs on no other machine.

extension Tensor {
    /// The tensor as ONNX Runtime takes it.
    public init(_ tensor: InferenceTensor) throws(NativeEngineError) {
        if tensor.datatype == .bytes {
            try self.init(shape: tensor.shape, storage: .string(tensor.elements.map(Array.init)))
            return
        }
        // An empty array has no address.
        let data = tensor.data.isEmpty ? [0] : tensor.data
        let storage = data.withUnsafeBytes { bytes in
            bytes.baseAddress.map { Storage(copying: $0, count: tensor.count, type: ElementType(tensor.datatype)) }
        }
        try self.init(shape: tensor.shape, storage: storage ?? .uint8([]))
    }
}

extension InferenceTensor {
    /// - Throws: `InferenceError.invalidTensor`.
    public init(name: String, _ tensor: Tensor) throws(InferenceError) {
        if case .string(let elements) = tensor.storage {
            try self.init(name: name, shape: tensor.shape, elements: elements)
            return
        }
        try self.init(
            name: name, datatype: Datatype(tensor.elementType), shape: tensor.shape,
            data: tensor.withUnsafeBytes { Array($0) })
    }
}
