/// A number that tensors carry in its own form.
public protocol InferenceNumber: BitwiseCopyable {
    static var datatype: InferenceTensor.Datatype { get }
}

extension UInt8: InferenceNumber { public static var datatype: InferenceTensor.Datatype { .uint8 } }
extension Int32: InferenceNumber { public static var datatype: InferenceTensor.Datatype { .int32 } }
extension Int64: InferenceNumber { public static var datatype: InferenceTensor.Datatype { .int64 } }
extension Float: InferenceNumber { public static var datatype: InferenceTensor.Datatype { .float32 } }
extension Double: InferenceNumber { public static var datatype: InferenceTensor.Datatype { .float64 } }

extension InferenceTensor {
    /// A tensor of numbers, in row-major order.
    /// - Throws: `InferenceError.invalidTensor` when they don't fill the shape.
    public init<T: InferenceNumber>(name: String, shape: [Int], _ numbers: [T]) throws(InferenceError) {
        try self.init(name: name, datatype: T.datatype, shape: shape, data: numbers.withUnsafeBytes { Array($0) })
    }

    /// The tensor's numbers; empty when it holds others.
    public func numbers<T: InferenceNumber>(_ type: T.Type) -> [T] {
        guard datatype == T.datatype else { return [] }
        return [T](unsafeUninitializedCapacity: count) { out, initialised in
            data.withUnsafeBytes { UnsafeMutableRawBufferPointer(out).copyMemory(from: $0) }
            initialised = count
        }
    }
}
