import CSherpaOnnx
import Foundation
import Foundations

/// A loaded model of Kokoro (StyleTTS 2, arXiv:2306.07691), which sherpa-onnx runs.
// Safe to share: the pointer never changes, and only one of the threads, one wide, uses it.
final class KokoroVoice: VoiceEngine, @unchecked Sendable {
    let sampleRate: Int
    let speakers: Int
    private let library: SpeechLibrary
    private let pointer: OpaquePointer
    private let name: String
    /// sherpa-onnx complains about each other one.
    private let alphabet: Set<Int32>
    private let workers: WorkerThreads

    /// Loads the model without blocking the caller's thread.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`.
    static func load(_ model: SpeechVoiceModel, threads: Int, library: SpeechLibrary) async throws -> KokoroVoice {
        let workers = WorkerThreads(name: "voice", width: 1)
        return try await workers.run {
            try KokoroVoice(model, threads: threads, library: library, workers: workers)
        }
    }

    private init(_ model: SpeechVoiceModel, threads: Int, library: SpeechLibrary, workers: WorkerThreads) throws {
        guard let styles = model.styles, [model.model, styles].allSatisfy({ FileManager.default.isReadableFile(atPath: $0.path) }),
            let tokens = try? String(contentsOf: model.tokens, encoding: .utf8)
        else { throw NativeEngineError.modelMissing(name: model.name) }
        // A line for each phoneme: its character, then its number.
        alphabet = Set(tokens.split(separator: "\n").compactMap { $0.unicodeScalars.first.map { Int32($0.value) } })
        let pointer = model.model.path.withCString { path in
            model.tokens.path.withCString { tokens in
                styles.path.withCString { styles in
                    speech_voice_create(library.pointer, SpeechVoiceOptions(model: path, tokens: tokens, voices: styles, threads: Int32(max(1, threads))))
                }
            }
        }
        guard let pointer else { throw NativeEngineError.modelRejected(name: model.name, reason: "sherpa-onnx gave no voice") }
        self.library = library
        self.pointer = pointer
        self.workers = workers
        name = model.name
        sampleRate = Int(speech_voice_rate(pointer))
        speakers = Int(speech_voice_speakers(pointer))
    }

    deinit { speech_voice_destroy(pointer) }

    func say(_ phonemes: [Int32], speaker: Int, speed: Double) async throws -> [Float] {
        let known = phonemes.filter(alphabet.contains)
        return known.isEmpty ? [] : try await workers.run { try self.sound(of: known, speaker: speaker, speed: speed) }
    }

    /// On the calling thread, which must be one that may block.
    private func sound(of phonemes: [Int32], speaker: Int, speed: Double) throws -> [Float] {
        var samples: UnsafeMutablePointer<Float>?
        let count = phonemes.withUnsafeBufferPointer {
            speech_voice_say(pointer, $0.baseAddress, Int32($0.count), Int32(speaker), Float(speed), &samples)
        }
        guard count >= 0 else { throw NativeEngineError.computationFailed(name: name, reason: "sherpa-onnx gave no sound") }
        defer { speech_samples_free(samples) }
        return Array(UnsafeBufferPointer(start: samples, count: Int(count)))
    }
}
