import CSherpaOnnx
import Foundation

/// sherpa-onnx, loaded. Everything it gives out keeps it.
// Safe to share: the pointer never changes, and the library's functions are only read through it.
final class SpeechLibrary: @unchecked Sendable {
    let pointer: OpaquePointer

    /// - Parameter folder: of `libsherpa-onnx-c-api.so` and `libonnxruntime.so`.
    /// - Throws: `NativeEngineError.libraryUnavailable`.
    init(folder: URL) throws {
        let runtime = folder.appending(path: "libonnxruntime.so").path
        let sherpa = folder.appending(path: "libsherpa-onnx-c-api.so").path
        let opened = withMessageBuffer { message, capacity in speech_open(runtime, sherpa, message, capacity) }
        guard let library = opened.value else {
            throw NativeEngineError.libraryUnavailable(name: "sherpa-onnx", reason: opened.message)
        }
        pointer = library
    }

    deinit { speech_close(pointer) }
}
