import CSherpaOnnx
import Foundation
import Foundations

/// sherpa-onnx, loaded. Everything it gives out keeps it.
// Safe to share: the pointer never changes, and the library's functions are only read through it.
final class SpeechLibrary: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Opens the library that set-up installed.
    /// - Throws: `NativeEngineError.libraryUnavailable`.
    init(home: MartletHome) throws {
        let sherpa = home.engines.appending(path: "sherpa-onnx/lib/libsherpa-onnx-c-api.so").path
        let opened = withMessageBuffer { message, capacity in speech_open(sherpa, message, capacity) }
        guard let library = opened.value else {
            throw NativeEngineError.libraryUnavailable(name: "sherpa-onnx", reason: opened.message)
        }
        pointer = library
    }

    deinit { speech_close(pointer) }
}
