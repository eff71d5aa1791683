import CSherpaOnnx
import Foundation

/// Recognises whole utterances by sherpa-onnx.
// Safe to share: the pointer never changes after `init`, and every use of it holds `lock`.
final class SpeechRecogniser: RecognitionEngine, @unchecked Sendable {
    private let library: SpeechLibrary
    private let pointer: OpaquePointer
    private let name: String
    private let lock = NSLock()

    /// Loads the model. Takes up to seconds: not for the cooperative pool.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    init(_ model: SpeechModel, threads: Int, library: SpeechLibrary) throws {
        try model.checkFiles()
        guard let pointer = model.withOptions(threads: threads, { speech_recogniser_create(library.pointer, $0) }) else {
            throw NativeEngineError.modelRejected(name: model.name, reason: "sherpa-onnx gave no recogniser")
        }
        self.library = library
        self.pointer = pointer
        name = model.name
    }

    deinit { speech_recogniser_destroy(pointer) }

    func recognise(_ samples: ArraySlice<Float>, language: String?) throws -> Recognition {
        lock.lock()
        defer { lock.unlock() }
        speech_recogniser_set_language(pointer, language ?? "")
        var result = SpeechResult()
        let code = samples.withUnsafeBufferPointer {
            speech_recognise(pointer, Int32(SpeechTranscriber.sampleRate), $0.baseAddress, Int32($0.count), &result)
        }
        defer { speech_result_free(&result) }
        guard code == 0 else { throw NativeEngineError.computationFailed(name: name, reason: "sherpa-onnx gave no result") }
        return Recognition(result)
    }
}
