import COnnxRuntime
import Foundation
import Foundations

/// ONNX Runtime, loaded from a shared library at run time. One serves any number of sessions.
///
/// sherpa-onnx brings an older one for itself; neither knows of the other.
// Safe to share: the table and the environment never change after `init`, and ONNX Runtime allows calls from any thread.
public final class OnnxLibrary: @unchecked Sendable {
    /// ONNX Runtime's version: `1.32.0`.
    public let version: String

    let table: OrtTable
    let environment: OpaquePointer

    /// Opens the library at `file`. It stays loaded for the life of the process.
    /// - Throws: `NativeEngineError.libraryUnavailable`.
    public init(at file: URL) throws {
        guard FileManager.default.isReadableFile(atPath: file.path) else {
            throw NativeEngineError.libraryUnavailable(name: "ONNX Runtime", reason: "no such file")
        }
        var version: UnsafePointer<CChar>?
        let opened = withMessageBuffer { buffer, capacity in ort_open(file.path, &version, buffer, capacity) }
        guard let table = opened.value, let version else {
            throw NativeEngineError.libraryUnavailable(name: "ONNX Runtime", reason: opened.message)
        }
        self.table = table
        self.version = String(cString: version)
        let errorsOnly: Int32 = 3
        var environment: OpaquePointer?
        let status = ort_create_env(table, errorsOnly, "martlet", &environment)
        let failure = Self.takeMessage(table, status)
        guard let environment else {
            throw NativeEngineError.libraryUnavailable(name: "ONNX Runtime", reason: failure ?? "no environment")
        }
        self.environment = environment
    }

    /// Opens the library that set-up installed.
    public convenience init(home: MartletHome = MartletHome()) throws {
        try self.init(at: home.engines.appending(path: "onnxruntime/lib/libonnxruntime.so"))
    }

    deinit { ort_release_env(table, environment) }

    /// Throws what `failure` makes of the status's message; does nothing when the status is success.
    func check(_ status: OpaquePointer?, _ failure: (String) -> NativeEngineError) throws {
        if let message = Self.takeMessage(table, status) { throw failure(message) }
    }

    /// From now on, large tensors of the whole process go back to the system when they are freed.
    static func mapLargeMemory() { _ = largeMemoryIsMapped }

    private static let largeMemoryIsMapped: Void = ort_map_large_memory(1 << 20)

    /// Gives what was freed, and is kept for later, back to the system.
    static func returnFreedMemory() { ort_return_freed_memory() }

    private static func takeMessage(_ table: OrtTable, _ status: OpaquePointer?) -> String? {
        guard let status else { return nil }
        defer { ort_release_status(table, status) }
        return String(cString: ort_error_message(table, status))
    }
}

/// Calls a C function that writes a message for its failure.
func withMessageBuffer<T>(_ body: (UnsafeMutablePointer<CChar>, Int) -> T) -> (value: T, message: String) {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
        guard let start = buffer.baseAddress else { preconditionFailure("a buffer of fixed size has an address") }
        start.initialize(repeating: 0, count: buffer.count)
        let value = body(start, buffer.count)
        return (value, String(cString: start))
    }
}
