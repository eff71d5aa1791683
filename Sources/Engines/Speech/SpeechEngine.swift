import CSherpaOnnx
import Foundation
import Foundations

/// Owns what sherpa-onnx gives out: the library, a recogniser and voice detectors.
// Safe to share: the pointers never change after `init`, and every use of the recogniser holds `lock`.
final class SpeechEngine: @unchecked Sendable {
    /// The files of a Moonshine model of the second form.
    struct Files {
        var encoder: URL
        var decoder: URL
        var tokens: URL
    }

    /// What the recogniser makes of one utterance.
    struct Recognition {
        var text: String
        /// Seconds from the start of the utterance, one for each token; empty when the model gives none.
        var tokenTimes: [Double]
    }

    private let library: OpaquePointer
    private let recogniser: OpaquePointer
    private let lock = NSLock()

    /// Loads the libraries and the model. Takes up to seconds: not for the cooperative pool.
    init(files: Files, threads: Int, libraries: URL) throws {
        for file in [files.encoder, files.decoder, files.tokens]
        where !FileManager.default.isReadableFile(atPath: file.path) {
            throw NativeEngineError.modelMissing(name: "Moonshine")
        }
        let runtime = libraries.appending(path: "libonnxruntime.so").path
        let sherpa = libraries.appending(path: "libsherpa-onnx-c-api.so").path
        let opened = withMessageBuffer { message, capacity in speech_open(runtime, sherpa, message, capacity) }
        guard let library = opened.value else {
            throw NativeEngineError.libraryUnavailable(name: "sherpa-onnx", reason: opened.message)
        }
        guard
            let recogniser = speech_recogniser_create(
                library, files.encoder.path, files.decoder.path, files.tokens.path, Int32(max(1, threads)))
        else {
            speech_close(library)
            throw NativeEngineError.modelRejected(name: "Moonshine", reason: "sherpa-onnx gave no recogniser")
        }
        self.library = library
        self.recogniser = recogniser
    }

    deinit {
        speech_recogniser_destroy(recogniser)
        speech_close(library)
    }

    /// Recognises one utterance on the calling thread, which must be one that may block.
    func recognise(_ samples: ArraySlice<Float>, sampleRate: Int) throws -> Recognition {
        lock.lock()
        defer { lock.unlock() }
        var result = SpeechResult()
        let code = samples.withUnsafeBufferPointer {
            speech_recognise(recogniser, Int32(sampleRate), $0.baseAddress, Int32($0.count), &result)
        }
        defer { speech_result_free(&result) }
        guard code == 0, let text = result.text else {
            throw NativeEngineError.computationFailed(name: "Moonshine", reason: "sherpa-onnx gave no result")
        }
        let times = UnsafeBufferPointer(start: result.token_times, count: Int(result.token_count)).map(Double.init)
        return Recognition(text: String(cString: text), tokenTimes: times)
    }

    /// A fresh voice detector for one recording.
    func makeDetector(model: URL, options: SpeechDetectorOptions) throws -> SpeechActivityDetector {
        guard FileManager.default.isReadableFile(atPath: model.path) else {
            throw NativeEngineError.modelMissing(name: "Silero VAD")
        }
        guard let detector = speech_detector_create(library, model.path, options) else {
            throw NativeEngineError.modelRejected(name: "Silero VAD", reason: "sherpa-onnx gave no detector")
        }
        return SpeechActivityDetector(owning: detector, window: Int(options.window))
    }
}

/// Finds where somebody speaks, one recording's sound after the other.
// Safe to hand from thread to thread: every use holds `lock`.
final class SpeechActivityDetector: @unchecked Sendable {
    private let detector: OpaquePointer
    private let window: Int
    private let lock = NSLock()

    fileprivate init(owning detector: OpaquePointer, window: Int) {
        self.detector = detector
        self.window = window
    }

    deinit { speech_detector_destroy(detector) }

    /// Takes the next samples; `isLast` ends the recording.
    /// - Returns: the segments that are finished now, in samples from the start of the recording.
    func accept(_ samples: ArraySlice<Float>, isLast: Bool) -> [Range<Int>] {
        lock.lock()
        defer { lock.unlock() }
        samples.withUnsafeBufferPointer { buffer in
            for start in stride(from: 0, to: buffer.count, by: window) {
                let rest = UnsafeBufferPointer(rebasing: buffer[start..<min(start + window, buffer.count)])
                speech_detector_accept(detector, rest.baseAddress, Int32(rest.count))
            }
        }
        if isLast { speech_detector_flush(detector) }
        var found: [Range<Int>] = []
        var start: Int32 = 0
        var count: Int32 = 0
        while speech_detector_next(detector, &start, &count) != 0 {
            found.append(Int(start)..<Int(start) + Int(count))
        }
        return found
    }
}
