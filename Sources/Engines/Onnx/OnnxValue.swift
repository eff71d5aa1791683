import COnnxRuntime

/// A number that `OnnxValue` takes.
protocol OnnxElement: BitwiseCopyable {
    static var elementType: Tensor.ElementType { get }
}

extension Float: OnnxElement { static var elementType: Tensor.ElementType { .float32 } }
extension Int64: OnnxElement { static var elementType: Tensor.ElementType { .int64 } }
extension Bool: OnnxElement { static var elementType: Tensor.ElementType { .bool } }

/// A tensor in ONNX Runtime's own memory: what one run gives, another takes without a copy.
// Safe to share: nothing writes to it after `init`.
final class OnnxValue: @unchecked Sendable {
    let pointer: OpaquePointer
    private let library: OnnxLibrary
    /// Goes into messages.
    private let model: String

    /// Takes over a value that ONNX Runtime made.
    init(taking pointer: OpaquePointer, library: OnnxLibrary, model: String) {
        self.pointer = pointer
        self.library = library
        self.model = model
    }

    /// Copies `elements`.
    /// - Throws: `NativeEngineError.invalidTensor` when the shape doesn't hold exactly the elements; `.computationFailed`.
    convenience init<Element: OnnxElement>(
        _ elements: some Collection<Element>, shape: [Int], library: OnnxLibrary, model: String
    ) throws {
        guard shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == elements.count else {
            throw NativeEngineError.invalidTensor(reason: "the shape \(shape) doesn't hold \(elements.count) elements")
        }
        let table = library.table
        func check(_ status: OpaquePointer?) throws {
            try library.check(status) { .computationFailed(name: model, reason: $0) }
        }
        var allocator: OpaquePointer?
        try check(ort_default_allocator(table, &allocator))
        var value: OpaquePointer?
        try check(ort_create_owned_tensor(table, allocator, shape.map(Int64.init), shape.count, Element.elementType.rawValue, &value))
        guard let value else { throw NativeEngineError.computationFailed(name: model, reason: "no tensor was made") }
        self.init(taking: value, library: library, model: model)
        guard !elements.isEmpty else { return }
        let data = try self.data().assumingMemoryBound(to: Element.self)
        _ = UnsafeMutableBufferPointer(start: data, count: elements.count).initialize(from: elements)
    }

    deinit { ort_release_value(library.table, pointer) }

    /// Sizes of the dimensions, outermost first.
    func shape() throws -> [Int] { try withInfo { try self.shape($0) } }

    /// The elements, which are 32-bit floats, valid inside `body`.
    /// - Throws: `NativeEngineError.unexpectedModel` when they are of another type; `.computationFailed`; what `body` throws.
    func withFloats<R>(_ body: (UnsafeBufferPointer<Float>) throws -> R) throws -> R {
        let count = try withInfo { info in
            guard try self.type(info) == Tensor.ElementType.float32.rawValue else {
                throw NativeEngineError.unexpectedModel(name: model, reason: "an output isn't of 32-bit floats")
            }
            return try self.count(info)
        }
        let data = count == 0 ? Self.nothing : try self.data()
        return try withExtendedLifetime(self) {
            try body(UnsafeBufferPointer(start: data.assumingMemoryBound(to: Float.self), count: count))
        }
    }

    /// A copy.
    /// - Parameter name: of the output that it is; goes into messages.
    /// - Throws: `NativeEngineError.unexpectedModel`, `.computationFailed`.
    func tensor(named name: String) throws -> Tensor {
        var isTensor: Int32 = 0
        try check(ort_is_tensor(library.table, pointer, &isTensor))
        guard isTensor != 0 else {
            throw NativeEngineError.unexpectedModel(name: model, reason: "the output \(name) isn't a tensor")
        }
        return try withInfo { info in
            let number = try self.type(info)
            guard let type = Tensor.ElementType(rawValue: number) else {
                throw NativeEngineError.unexpectedModel(name: model, reason: "the output \(name) has element type \(number)")
            }
            let count = try self.count(info)
            let shape = try self.shape(info)
            if type == .string {
                let elements = try OnnxStrings(library: library, model: model).elements(of: pointer, count: count)
                return try Tensor(shape: shape, storage: .string(elements))
            }
            let data = count == 0 ? Self.nothing : try self.data()
            return try Tensor(shape: shape, storage: Tensor.Storage(copying: data, count: count, type: type))
        }
    }

    /// Where a tensor without elements is.
    // Safe to share: nothing is ever read from or written to it.
    nonisolated(unsafe) static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)

    private func data() throws -> UnsafeMutableRawPointer {
        var data: UnsafeMutableRawPointer?
        try check(ort_tensor_data(library.table, pointer, &data))
        guard let data else { throw NativeEngineError.computationFailed(name: model, reason: "a tensor has no memory") }
        return data
    }

    private func withInfo<R>(_ body: (OpaquePointer?) throws -> R) throws -> R {
        var info: OpaquePointer?
        try check(ort_value_tensor_info(library.table, pointer, &info))
        defer { ort_release_tensor_info(library.table, info) }
        return try body(info)
    }

    private func type(_ info: OpaquePointer?) throws -> Int32 {
        var type: Int32 = 0
        try check(ort_element_type(library.table, info, &type))
        return type
    }

    private func count(_ info: OpaquePointer?) throws -> Int {
        var count = 0
        try check(ort_element_count(library.table, info, &count))
        return count
    }

    private func shape(_ info: OpaquePointer?) throws -> [Int] {
        var rank = 0
        try check(ort_dimension_count(library.table, info, &rank))
        var shape = [Int64](repeating: 0, count: rank)
        try check(ort_dimensions(library.table, info, &shape, rank))
        return shape.map(Int.init)
    }

    private func check(_ status: OpaquePointer?) throws {
        try library.check(status) { .computationFailed(name: model, reason: $0) }
    }
}
