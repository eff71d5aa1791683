import Engines

extension Tensor {
    /// Whether `numbers` reads elements of this type.
    static func hasNumbers(_ type: ElementType) -> Bool {
        switch type {
        case .float32, .float64, .uint8, .int8, .int32, .int64, .bool, .uint16, .int16, .uint32, .uint64: true
        case .string, .float16, .bfloat16: false
        }
    }

    /// The elements as numbers; `nil` for texts and 16-bit floats.
    var numbers: [Double]? {
        switch storage {
        case .float32(let values): values.map(Double.init)
        case .float64(let values): values
        case .uint8(let values): values.map(Double.init)
        case .int8(let values): values.map(Double.init)
        case .int32(let values): values.map(Double.init)
        case .int64(let values): values.map(Double.init)
        case .bool(let values): values.map { $0 ? 1 : 0 }
        case .uint16(let values): values.map(Double.init)
        case .int16(let values): values.map(Double.init)
        case .uint32(let values): values.map(Double.init)
        case .uint64(let values): values.map(Double.init)
        case .string, .float16, .bfloat16: nil
        }
    }
}
