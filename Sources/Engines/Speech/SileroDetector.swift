import Foundation

/// Silero's voice detector of version 5 and later: the probability that somebody speaks. One serves any number of recordings.
package struct SileroDetector: Sendable {
    private let session: OnnxSession
    private let rate: OnnxValue
    private let silence: OnnxValue

    private static let name = "Silero VAD"
    private static let inputs = ["input", "state", "sr"]
    private static let outputs = ["output", "stateN"]

    /// Loads the model: not for the cooperative pool.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`.
    package init(model: URL, library: OnnxLibrary) throws {
        guard FileManager.default.isReadableFile(atPath: model.path) else { throw NativeEngineError.modelMissing(name: Self.name) }
        session = try OnnxSession(.file(model), threads: 1, memory: .returned, library: library)
        guard session.inputs.map(\.name) == Self.inputs, session.outputs.map(\.name) == Self.outputs,
            let states = session.inputs[1].shape.first, let states, let size = session.inputs[1].shape.last, let size
        else { throw NativeEngineError.unexpectedModel(name: Self.name, reason: "it isn't one of version 5 or later") }
        rate = try session.value(CollectionOfOne(Int64(SpeechTranscriber.sampleRate)), shape: [])
        silence = try session.value(repeatElement(Float(0), count: states * size), shape: [states, 1, size])
    }

    /// What it remembers of one recording.
    struct State: Sendable {
        fileprivate var value: OnnxValue
    }

    func begin() -> State { State(value: silence) }

    /// The probability that somebody speaks in a window, on the calling thread, which must be one that may block.
    /// - Parameter samples: `SpeechActivityState.context` samples from before the window, then the window.
    /// - Throws: `NativeEngineError.computationFailed`, `.unexpectedModel`.
    func probability(_ samples: ArraySlice<Float>, _ state: inout State) throws -> Float {
        let made = try session.compute(
            ["input": session.value(samples, shape: [1, samples.count]), "state": state.value, "sr": rate], wanted: Self.outputs)
        state.value = made[1]
        guard let probability = try made[0].withFloats(\.first) else {
            throw NativeEngineError.computationFailed(name: Self.name, reason: "no probability came")
        }
        return probability
    }
}
