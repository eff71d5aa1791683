import CSherpaOnnx
import Foundation

/// A model that recognises while the sound comes in.
// Safe to share: the pointer never changes, and every use of it holds `lock`.
final class SpeechStreamRecogniser: @unchecked Sendable {
    private let library: SpeechLibrary
    private let pointer: OpaquePointer
    private let name: String
    private let lock = NSLock()

    /// Loads the model. Takes up to seconds: not for the cooperative pool.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    init(_ model: SpeechModel, threads: Int, library: SpeechLibrary) throws {
        try model.checkFiles()
        guard let pointer = model.withOptions(threads: threads, { speech_streamer_create(library.pointer, $0) }) else {
            throw NativeEngineError.modelRejected(name: model.name, reason: "sherpa-onnx gave no recogniser")
        }
        self.library = library
        self.pointer = pointer
        name = model.name
    }

    deinit { speech_streamer_destroy(pointer) }

    /// Begins a recording.
    func begin() throws -> Stream {
        try lock.withLock {
            guard let stream = speech_stream_create(pointer) else {
                throw NativeEngineError.computationFailed(name: name, reason: "sherpa-onnx gave no stream")
            }
            return Stream(pointer: stream, recogniser: self)
        }
    }

    /// One recording.
    // Safe to hand from thread to thread: every use holds the recogniser's lock.
    final class Stream: @unchecked Sendable {
        private let pointer: OpaquePointer
        private let recogniser: SpeechStreamRecogniser

        fileprivate init(pointer: OpaquePointer, recogniser: SpeechStreamRecogniser) {
            self.pointer = pointer
            self.recogniser = recogniser
        }

        deinit { speech_stream_destroy(pointer) }

        /// Takes samples, on a thread that may block.
        /// - Returns: what was heard since the last pause, and whether people paused now, which begins anew.
        func accept(_ samples: [Float], sampleRate: Int, isLast: Bool) throws -> (heard: Recognition, isEnd: Bool) {
            try recogniser.lock.withLock {
                samples.withUnsafeBufferPointer {
                    speech_stream_accept(pointer, Int32(sampleRate), $0.baseAddress, Int32($0.count), isLast ? 1 : 0)
                }
                var result = SpeechResult()
                guard speech_stream_result(pointer, &result) == 0 else {
                    throw NativeEngineError.computationFailed(name: recogniser.name, reason: "sherpa-onnx gave no result")
                }
                defer { speech_result_free(&result) }
                let isEnd = isLast || speech_stream_is_endpoint(pointer) != 0
                if isEnd, !isLast { speech_stream_reset(pointer) }
                return (Recognition(result), isEnd)
            }
        }
    }
}
