import CSherpaOnnx
import Foundation

/// A loaded model that speaks.
// Safe to share: the pointer never changes, and every use of it holds `lock`.
final class SpeechVoiceEngine: @unchecked Sendable {
    let sampleRate: Int
    let speakers: Int
    private let library: SpeechLibrary
    private let pointer: OpaquePointer
    private let name: String
    private let lock = NSLock()

    /// Loads the model. Takes up to seconds: not for the cooperative pool.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    init(_ model: SpeechVoiceModel, threads: Int, library: SpeechLibrary) throws {
        for file in [model.model, model.tokens, model.styles].compactMap(\.self) where !FileManager.default.isReadableFile(atPath: file.path) {
            throw NativeEngineError.modelMissing(name: model.name)
        }
        let pointer = model.model.path.withCString { path in
            model.tokens.path.withCString { tokens in
                (model.styles?.path ?? "").withCString { styles in
                    speech_voice_create(
                        library.pointer,
                        SpeechVoiceOptions(
                            family: model.family == .kokoro ? SPEECH_KOKORO : SPEECH_VITS, model: path, tokens: tokens,
                            voices: model.styles == nil ? nil : styles, threads: Int32(max(1, threads)), noise: -1, noise_width: -1))
                }
            }
        }
        guard let pointer else { throw NativeEngineError.modelRejected(name: model.name, reason: "sherpa-onnx gave no voice") }
        self.library = library
        self.pointer = pointer
        name = model.name
        sampleRate = Int(speech_voice_rate(pointer))
        speakers = Int(speech_voice_speakers(pointer))
    }

    deinit { speech_voice_destroy(pointer) }

    /// Says one sentence, on the calling thread, which must be one that may block.
    func say(_ phonemes: [Int32], speaker: Int, speed: Double) throws -> [Float] {
        try lock.withLock {
            var samples: UnsafeMutablePointer<Float>?
            let count = phonemes.withUnsafeBufferPointer {
                speech_voice_say(pointer, $0.baseAddress, Int32($0.count), Int32(speaker), Float(speed), &samples)
            }
            guard count >= 0 else { throw NativeEngineError.computationFailed(name: name, reason: "sherpa-onnx gave no sound") }
            defer { speech_samples_free(samples) }
            return Array(UnsafeBufferPointer(start: samples, count: Int(count)))
        }
    }
}
