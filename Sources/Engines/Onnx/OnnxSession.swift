import COnnxRuntime
import Foundation
import Foundations

/// An ONNX model ready to run.
///
/// ```swift
/// let session = try await OnnxSession.load(model: file, library: OnnxLibrary())
/// let outputs = try await session.run(["images": Tensor(values, shape: [1, 3, 416, 416])])
/// ```
// Safe to share: the session pointer never changes after `init`, and ONNX Runtime allows concurrent runs of a session.
public final class OnnxSession: @unchecked Sendable {
    /// An input or output as the model declares it.
    public struct Port: Sendable, Equatable {
        public let name: String
        /// `nil` for types that `Tensor` doesn't hold.
        public let elementType: Tensor.ElementType?
        /// `nil` for dimensions that aren't fixed.
        public let shape: [Int?]
    }

    public let inputs: [Port]
    public let outputs: [Port]
    /// The model's custom metadata, for example PP-OCR's `character` list.
    public let metadata: [String: String]

    private let library: OnnxLibrary
    private let session: OpaquePointer
    private let name: String
    private let workers: WorkerThreads

    /// Loads a model without blocking the caller's thread.
    /// - Parameters:
    ///   - threads: Threads that one run may use.
    ///   - concurrency: Runs at once; further ones wait.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    public static func load(
        model: URL, threads: Int = 1, concurrency: Int = 1, library: OnnxLibrary
    ) async throws -> OnnxSession {
        let workers = WorkerThreads(name: "onnx", width: concurrency)
        return try await workers.run {
            try OnnxSession(model: model, threads: threads, library: library, workers: workers)
        }
    }

    /// Loads a model. Reads and optimises the file, which takes up to seconds: not for the cooperative pool.
    init(model: URL, threads: Int, library: OnnxLibrary, workers: WorkerThreads) throws {
        let name = model.deletingPathExtension().lastPathComponent
        guard FileManager.default.isReadableFile(atPath: model.path) else {
            throw NativeEngineError.modelMissing(name: name)
        }
        let table = library.table
        func check(_ status: OpaquePointer?) throws {
            try library.check(status) { .modelRejected(name: name, reason: $0) }
        }

        var options: OpaquePointer?
        try check(ort_create_options(table, &options))
        defer { ort_release_options(table, options) }
        try check(ort_set_intra_op_threads(table, options, Int32(max(1, threads))))
        try check(ort_set_inter_op_threads(table, options, 1))
        // Waiting threads sleep instead of spinning: they share the machine with the language model.
        try check(ort_add_session_config(table, options, "session.intra_op.allow_spinning", "0"))

        var opened: OpaquePointer?
        try check(ort_create_session(table, library.environment, model.path, options, &opened))
        guard let session = opened else { throw NativeEngineError.modelRejected(name: name, reason: "no session") }
        do {
            let description = OnnxDescription(library: library, session: session, model: name)
            inputs = try description.ports(
                count: ORT_SLOT_INPUT_COUNT, name: ORT_SLOT_INPUT_NAME, type: ORT_SLOT_INPUT_TYPE)
            outputs = try description.ports(
                count: ORT_SLOT_OUTPUT_COUNT, name: ORT_SLOT_OUTPUT_NAME, type: ORT_SLOT_OUTPUT_TYPE)
            metadata = try description.metadata()
        } catch {
            ort_release_session(table, session)
            throw error
        }
        self.session = session
        self.library = library
        self.name = name
        self.workers = workers
    }

    deinit { ort_release_session(library.table, session) }

    /// Runs the model on the session's own threads.
    /// - Parameter inputs: A tensor for each input, by name.
    /// - Returns: every output, by name.
    /// - Throws: `NativeEngineError.invalidTensor` when an input is missing or of another type or rank;
    ///   `.computationFailed`.
    public func run(_ inputs: [String: Tensor]) async throws -> [String: Tensor] {
        try await workers.run { try self.compute(inputs) }
    }

    /// Runs the model on the calling thread, which must be one that may block.
    func compute(_ given: [String: Tensor]) throws -> [String: Tensor] {
        let tensors = try inputs.map { port in
            guard let tensor = given[port.name] else {
                throw NativeEngineError.invalidTensor(reason: "the input \(port.name) is missing")
            }
            guard tensor.elementType == port.elementType, tensor.shape.count == port.shape.count else {
                throw NativeEngineError.invalidTensor(reason: "the input \(port.name) has another type or rank")
            }
            return tensor
        }
        var memory: OpaquePointer?
        try check(ort_create_cpu_memory_info(library.table, &memory))
        defer { ort_release_memory_info(library.table, memory) }
        return try withValues(tensors[...], memory: memory, wrapped: []) { values in try compute(values) }
    }

    private func check(_ status: OpaquePointer?) throws {
        try library.check(status) { .computationFailed(name: name, reason: $0) }
    }

    /// Wraps one tensor after the other, so that each one's memory stays valid until the run is over.
    private func withValues<R>(
        _ tensors: ArraySlice<Tensor>, memory: OpaquePointer?, wrapped: [OpaquePointer?],
        _ body: ([OpaquePointer?]) throws -> R
    ) throws -> R {
        guard let tensor = tensors.first else { return try body(wrapped) }
        if case .string(let elements) = tensor.storage {
            let value = try OnnxStrings(library: library, model: name).value(elements, shape: tensor.shape)
            defer { ort_release_value(library.table, value) }
            return try withValues(tensors.dropFirst(), memory: memory, wrapped: wrapped + [value], body)
        }
        return try tensor.withUnsafeBytes { bytes in
            var value: OpaquePointer?
            let shape = tensor.shape.map(Int64.init)
            // ONNX Runtime reads inputs only; it wants a mutable pointer because outputs are bound the same way. An
            // empty array has no address, and a null pointer is refused.
            let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? Self.emptyInput
            try check(
                ort_create_tensor(
                    library.table, memory, data, bytes.count, shape, shape.count, tensor.elementType.rawValue, &value))
            defer { ort_release_value(library.table, value) }
            return try withValues(tensors.dropFirst(), memory: memory, wrapped: wrapped + [value], body)
        }
    }

    // Safe to share: nothing is ever read from or written to an input of zero bytes.
    private nonisolated(unsafe) static let emptyInput = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)

    private func compute(_ values: [OpaquePointer?]) throws -> [String: Tensor] {
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        defer { for result in results where result != nil { ort_release_value(library.table, result) } }
        try withCStrings(inputs.map(\.name)) { inputNames in
            try withCStrings(outputs.map(\.name)) { outputNames in
                try check(
                    ort_run(
                        library.table, session, inputNames, values, values.count, outputNames, outputs.count, &results))
            }
        }
        var tensors: [String: Tensor] = [:]
        for (port, result) in zip(outputs, results) { tensors[port.name] = try tensor(of: result, port: port) }
        return tensors
    }

    private func tensor(of value: OpaquePointer?, port: Port) throws -> Tensor {
        let table = library.table
        var isTensor: Int32 = 0
        try check(ort_is_tensor(table, value, &isTensor))
        guard isTensor != 0 else {
            throw NativeEngineError.unexpectedModel(name: name, reason: "the output \(port.name) isn't a tensor")
        }
        var info: OpaquePointer?
        try check(ort_value_tensor_info(table, value, &info))
        defer { ort_release_tensor_info(table, info) }
        var type: Int32 = 0
        try check(ort_element_type(table, info, &type))
        guard let elementType = Tensor.ElementType(rawValue: type) else {
            throw NativeEngineError.unexpectedModel(name: name, reason: "the output \(port.name) has element type \(type)")
        }
        var count = 0
        try check(ort_element_count(table, info, &count))
        var rank = 0
        try check(ort_dimension_count(table, info, &rank))
        var shape = [Int64](repeating: 0, count: rank)
        try check(ort_dimensions(table, info, &shape, rank))
        if elementType == .string {
            let elements = try OnnxStrings(library: library, model: name).elements(of: value, count: count)
            return try Tensor(shape: shape.map(Int.init), storage: .string(elements))
        }
        var data: UnsafeMutableRawPointer?
        try check(ort_tensor_data(table, value, &data))
        guard let data = data ?? (count == 0 ? Self.emptyInput : nil) else {
            throw NativeEngineError.computationFailed(name: name, reason: "an output has no memory")
        }
        return try Tensor(
            shape: shape.map(Int.init), storage: Tensor.Storage(copying: data, count: count, type: elementType))
    }
}

/// Passes strings as an array of C strings, valid inside `body`.
func withCStrings<R>(_ strings: [String], _ body: ([UnsafePointer<CChar>?]) throws -> R) rethrows -> R {
    func next(_ index: Int, _ pointers: [UnsafePointer<CChar>?]) throws -> R {
        guard index < strings.count else { return try body(pointers) }
        return try strings[index].withCString { try next(index + 1, pointers + [$0]) }
    }
    return try next(0, [])
}
