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

    /// What becomes of the memory that a run needs besides the model.
    public enum Memory: Sendable {
        /// The session keeps as much as its largest run took: the fastest, for runs that are small or alike.
        case kept
        /// It goes back to the system: for runs that need much, or another amount each time.
        case returned
    }

    /// What the threads of a run do while they wait for each other.
    public enum Waiting: Sendable {
        /// They leave the processor to others, such as the language model.
        case sleeping
        /// They keep it, which is faster where nobody else wants it: for runs that somebody listens to.
        case spinning
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
    ///   - waiting: What the threads of one run do while they wait for each other.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    public static func load(
        model: URL, threads: Int = 1, concurrency: Int = 1, memory: Memory = .kept, waiting: Waiting = .sleeping, library: OnnxLibrary
    ) async throws -> OnnxSession {
        let workers = WorkerThreads(name: "onnx", width: concurrency)
        return try await workers.run {
            try OnnxSession(.file(model), threads: threads, memory: memory, waiting: waiting, library: library, workers: workers)
        }
    }

    /// Where the model comes from.
    enum Source {
        case file(URL)
        /// A file that is also written in ONNX's form to another place, as it is: not made faster.
        case copied(URL, to: URL)
        /// A whole model in ONNX's form, and its name in messages.
        case bytes([UInt8], name: String)
    }

    /// Loads a model. Reads and optimises the file, which takes up to seconds: not for the cooperative pool.
    convenience init(model: URL, threads: Int, memory: Memory = .kept, library: OnnxLibrary, workers: WorkerThreads) throws {
        try self.init(.file(model), threads: threads, memory: memory, library: library, workers: workers)
    }

    /// Loads a model from anywhere: not for the cooperative pool.
    init(
        _ source: Source, threads: Int, memory: Memory, waiting: Waiting = .sleeping, library: OnnxLibrary,
        workers: WorkerThreads = WorkerThreads(name: "onnx", width: 1)
    ) throws {
        let name: String
        switch source {
        case .file(let file), .copied(let file, _):
            name = file.deletingPathExtension().lastPathComponent
            guard FileManager.default.isReadableFile(atPath: file.path) else { throw NativeEngineError.modelMissing(name: name) }
        case .bytes(_, let given): name = given
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
        try check(ort_add_session_config(table, options, "session.intra_op.allow_spinning", waiting == .spinning ? "1" : "0"))
        if memory == .returned {
            try check(ort_disable_cpu_arena(table, options))
            try check(ort_disable_memory_pattern(table, options))
            OnnxLibrary.mapLargeMemory()
        }

        var opened: OpaquePointer?
        switch source {
        case .file(let file): try check(ort_create_session(table, library.environment, file.path, options, &opened))
        case .copied(let file, let copy):
            try check(ort_set_optimisation(table, options, 0))
            try check(ort_set_optimised_model_path(table, options, copy.path))
            try check(ort_add_session_config(table, options, "session.save_model_format", "ONNX"))
            try check(ort_create_session(table, library.environment, file.path, options, &opened))
        case .bytes(let bytes, _):
            try check(ort_create_session_from_array(table, library.environment, bytes, bytes.count, options, &opened))
        }
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
        // Loading takes twice what the model needs in the end.
        if memory == .returned { OnnxLibrary.returnFreedMemory() }
    }

    deinit { ort_release_session(library.table, session) }

    /// Runs the model on the session's own threads.
    /// - Parameters:
    ///   - inputs: A tensor for each input, by name.
    ///   - wanted: The names of the outputs to give; `nil`: all.
    /// - Returns: the outputs by name.
    /// - Throws: `NativeEngineError.invalidTensor` when an input is missing or of another type or rank, or there is no such
    ///   output; `.computationFailed`.
    public func run(_ inputs: [String: Tensor], wanted: [String]? = nil) async throws -> [String: Tensor] {
        try await workers.run { try self.compute(inputs, wanted: wanted) }
    }

    /// Runs the model on the calling thread, which must be one that may block.
    func compute(_ given: [String: Tensor], wanted: [String]? = nil) throws -> [String: Tensor] {
        let wanted = wanted ?? outputs.map(\.name)
        let tensors = try inputs.map { port in
            let tensor = try self.input(port, of: given)
            guard tensor.elementType == port.elementType, tensor.shape.count == port.shape.count else {
                throw NativeEngineError.invalidTensor(reason: "the input \(port.name) has another type or rank")
            }
            return tensor
        }
        var memory: OpaquePointer?
        try check(ort_create_cpu_memory_info(library.table, &memory))
        defer { ort_release_memory_info(library.table, memory) }
        let values = try withValues(tensors[...], memory: memory, wrapped: []) { try compute($0, wanted: wanted) }
        return Dictionary(try zip(wanted, values).map { ($0, try $1.tensor(named: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Runs the model on the calling thread, on values that stay where they are: none is copied.
    /// - Returns: the wanted outputs, in that order.
    func compute(_ given: [String: OnnxValue], wanted: [String]) throws -> [OnnxValue] {
        let values = try inputs.map { try input($0, of: given) }
        // The values must live until the run is over.
        return try withExtendedLifetime(values) { try compute(values.map(\.pointer), wanted: wanted) }
    }

    /// A value for `compute`, with a copy of `elements`.
    func value<Element: OnnxElement>(_ elements: some Collection<Element>, shape: [Int]) throws -> OnnxValue {
        try OnnxValue(elements, shape: shape, library: library, model: name)
    }

    private func input<Value>(_ port: Port, of given: [String: Value]) throws -> Value {
        guard let value = given[port.name] else {
            throw NativeEngineError.invalidTensor(reason: "the input \(port.name) is missing")
        }
        return value
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
            let data = UnsafeMutableRawPointer(mutating: bytes.baseAddress) ?? OnnxValue.nothing
            try check(
                ort_create_tensor(
                    library.table, memory, data, bytes.count, shape, shape.count, tensor.elementType.rawValue, &value))
            defer { ort_release_value(library.table, value) }
            return try withValues(tensors.dropFirst(), memory: memory, wrapped: wrapped + [value], body)
        }
    }

    private func compute(_ values: [OpaquePointer?], wanted: [String]) throws -> [OnnxValue] {
        for name in wanted where !outputs.contains(where: { $0.name == name }) {
            throw NativeEngineError.invalidTensor(reason: "there is no output \(name)")
        }
        var results = [OpaquePointer?](repeating: nil, count: wanted.count)
        let status = withCStrings(inputs.map(\.name)) { inputNames in
            withCStrings(wanted) { outputNames in
                ort_run(library.table, session, inputNames, values, values.count, outputNames, wanted.count, &results)
            }
        }
        let made = results.compactMap { $0.map { OnnxValue(taking: $0, library: library, model: name) } }
        try check(status)
        guard made.count == wanted.count else {
            throw NativeEngineError.computationFailed(name: name, reason: "an output wasn't made")
        }
        return made
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
