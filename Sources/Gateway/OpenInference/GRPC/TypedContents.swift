import Engines
import Foundation
import InferenceProtocol

/// Elements in the messages' typed fields. 8- and 16-bit integers travel in the 32-bit fields, and are checked to fit.
enum TypedContents {
    /// - Throws: `InferenceError.invalidTensor` when an element doesn't fit, or the elements stand in another type's field.
    static func read(
        _ contents: Inference_InferTensorContents, as type: InferenceTensor.Datatype, name: String
    ) throws(InferenceError) -> [UInt8] {
        var data: [UInt8] = []
        let taken: Int
        switch type {
        case .bool:
            data = contents.boolContents.map { $0 ? 1 : 0 }
            taken = contents.boolContents.count
        case .int8: taken = try narrow(contents.intContents, Int8.self, &data, name)
        case .int16: taken = try narrow(contents.intContents, Int16.self, &data, name)
        case .int32: taken = try narrow(contents.intContents, Int32.self, &data, name)
        case .int64: taken = try narrow(contents.int64Contents, Int64.self, &data, name)
        case .uint8: taken = try narrow(contents.uintContents, UInt8.self, &data, name)
        case .uint16: taken = try narrow(contents.uintContents, UInt16.self, &data, name)
        case .uint32: taken = try narrow(contents.uintContents, UInt32.self, &data, name)
        case .uint64: taken = try narrow(contents.uint64Contents, UInt64.self, &data, name)
        case .float32: taken = try narrow(contents.fp32Contents.map(\.bitPattern), UInt32.self, &data, name)
        case .float64: taken = try narrow(contents.fp64Contents.map(\.bitPattern), UInt64.self, &data, name)
        case .bytes:
            for element in contents.bytesContents { InferenceTensor.append(element, to: &data) }
            taken = contents.bytesContents.count
        case .float16, .bfloat16:
            throw .invalidTensor(name: name, reason: "\(type.rawValue) elements travel as raw contents only")
        }
        guard taken == contents.count else {
            throw .invalidTensor(name: name, reason: "its contents aren't of type \(type.rawValue)")
        }
        return data
    }

    static func write(_ tensor: InferenceTensor) -> Inference_InferTensorContents {
        var contents = Inference_InferTensorContents()
        switch tensor.datatype {
        case .bool: contents.boolContents = tensor.data.map { $0 != 0 }
        case .int8: contents.intContents = values(tensor, Int8.self).map(Int32.init)
        case .int16: contents.intContents = values(tensor, Int16.self).map(Int32.init)
        case .int32: contents.intContents = values(tensor, Int32.self)
        case .int64: contents.int64Contents = values(tensor, Int64.self)
        case .uint8: contents.uintContents = tensor.data.map(UInt32.init)
        case .uint16: contents.uintContents = values(tensor, UInt16.self).map(UInt32.init)
        case .uint32: contents.uintContents = values(tensor, UInt32.self)
        case .uint64: contents.uint64Contents = values(tensor, UInt64.self)
        case .float32: contents.fp32Contents = values(tensor, UInt32.self).map(Float.init(bitPattern:))
        case .float64: contents.fp64Contents = values(tensor, UInt64.self).map(Double.init(bitPattern:))
        case .bytes: contents.bytesContents = tensor.elements.map { Data($0) }
        // Raw contents only: the caller sees to it.
        case .float16, .bfloat16: break
        }
        return contents
    }

    /// Appends little-endian elements.
    private static func narrow<From: FixedWidthInteger, To: FixedWidthInteger>(
        _ values: [From], _: To.Type, _ data: inout [UInt8], _ name: String
    ) throws(InferenceError) -> Int {
        data.reserveCapacity(values.count * MemoryLayout<To>.size)
        for value in values {
            guard let fitting = To(exactly: value) else {
                throw .invalidTensor(name: name, reason: "the element \(value) is out of its type's range")
            }
            withUnsafeBytes(of: fitting.littleEndian) { data.append(contentsOf: $0) }
        }
        return values.count
    }

    private static func values<T: FixedWidthInteger>(_ tensor: InferenceTensor, _: T.Type) -> [T] {
        tensor.data.withUnsafeBytes { bytes in
            (0..<(bytes.count / MemoryLayout<T>.size)).map {
                T(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self))
            }
        }
    }
}

extension Inference_InferTensorContents {
    /// Elements in all fields together.
    fileprivate var count: Int {
        boolContents.count + intContents.count + int64Contents.count + uintContents.count + uint64Contents.count
            + fp32Contents.count + fp64Contents.count + bytesContents.count
    }
}
