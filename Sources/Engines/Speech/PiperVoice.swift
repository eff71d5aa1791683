import Foundation
import Foundations

/// A voice of Piper: VITS (arXiv:2106.06103), which turns phonemes into sound in one run.
struct PiperVoice: VoiceEngine {
    var sampleRate: Int { description.sampleRate }
    var speakers: Int { description.speakers }
    private let description: PiperDescription
    private let session: OnnxSession
    private let name: String

    /// Loads the model.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`; `SpeechError.voiceMalformed`.
    init(_ model: SpeechVoiceModel, threads: Int, library: OnnxLibrary) async throws {
        guard let json = try? Data(contentsOf: model.tokens) else { throw NativeEngineError.modelMissing(name: model.name) }
        description = try PiperDescription(json)
        name = model.name
        do {
            session = try await OnnxSession.load(model: model.model, threads: threads, waiting: .spinning, library: library)
        } catch NativeEngineError.modelMissing {
            throw NativeEngineError.modelMissing(name: model.name)
        }
        guard session.inputs.map(\.name).starts(with: ["input", "input_lengths", "scales"]) else {
            throw NativeEngineError.unexpectedModel(name: name, reason: "its inputs aren't those of a voice of Piper")
        }
    }

    func say(_ phonemes: [Int32], speaker: Int, speed: Double) async throws -> [Float] {
        let input = description.input(phonemes)
        guard !input.isEmpty else { return [] }
        let scales = [description.noise, description.length / Float(speed), description.lengthNoise]
        let outputs = try await session.run([
            "input": Tensor(shape: [1, input.count], storage: .int64(input)),
            "input_lengths": Tensor(shape: [1], storage: .int64([Int64(input.count)])), "scales": Tensor(scales, shape: [3]),
            "sid": Tensor(shape: [1], storage: .int64([Int64(speaker)])),
        ])
        guard case .float32(let samples)? = outputs[session.outputs.first?.name ?? ""]?.storage else {
            throw NativeEngineError.computationFailed(name: name, reason: "no sound came")
        }
        return samples
    }
}
