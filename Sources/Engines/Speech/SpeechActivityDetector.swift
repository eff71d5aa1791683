import CSherpaOnnx
import Foundation

/// Finds where somebody speaks, one recording's sound after the other.
// Safe to hand from thread to thread: every use holds `lock`.
final class SpeechActivityDetector: @unchecked Sendable {
    private let library: SpeechLibrary
    private let detector: OpaquePointer
    private let window: Int
    /// What doesn't fill a window yet.
    private var rest: [Float] = []
    private let lock = NSLock()

    /// A fresh one for one recording.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    init(model: URL, options: SpeechDetectorOptions, library: SpeechLibrary) throws {
        guard FileManager.default.isReadableFile(atPath: model.path) else {
            throw NativeEngineError.modelMissing(name: "Silero VAD")
        }
        guard let detector = speech_detector_create(library.pointer, model.path, options) else {
            throw NativeEngineError.modelRejected(name: "Silero VAD", reason: "sherpa-onnx gave no detector")
        }
        self.library = library
        self.detector = detector
        window = Int(options.window)
    }

    deinit { speech_detector_destroy(detector) }

    /// Takes the next samples; `isLast` ends the recording.
    /// - Returns: the segments that are finished now, in samples from the start of the recording.
    func accept(_ samples: ArraySlice<Float>, isLast: Bool) -> [Range<Int>] {
        lock.lock()
        defer { lock.unlock() }
        rest += samples
        var start = 0
        rest.withUnsafeBufferPointer { buffer in
            while start + window <= buffer.count || isLast && start < buffer.count {
                let piece = UnsafeBufferPointer(rebasing: buffer[start..<min(start + window, buffer.count)])
                speech_detector_accept(detector, piece.baseAddress, Int32(piece.count))
                start += piece.count
            }
        }
        rest.removeFirst(start)
        if isLast { speech_detector_flush(detector) }
        var found: [Range<Int>] = []
        var first: Int32 = 0
        var count: Int32 = 0
        while speech_detector_next(detector, &first, &count) != 0 {
            found.append(Int(first)..<Int(first) + Int(count))
        }
        return found
    }

    /// Whether somebody is speaking at the end of what was taken.
    var hears: Bool { lock.withLock { speech_detector_hears(detector) != 0 } }
}
