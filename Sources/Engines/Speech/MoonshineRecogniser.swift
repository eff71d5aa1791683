import Foundation

/// Moonshine (arXiv:2410.15608) of the second form: an encoder, and a decoder that writes one token after the other.
struct MoonshineRecogniser: RecognitionEngine {
    private let encoder: MoonshineEncoder
    private let decoder: OnnxSession
    private let vocabulary: MoonshineVocabulary
    /// What the decoder remembers of the tokens it wrote, and of what the encoder heard.
    private let written: [Memory]
    private let heard: [Memory]
    private let name: String

    /// Keys or values of one layer: an input, and the output that has them after a step.
    private struct Memory {
        let input: String
        let output: String
        /// With no steps in it.
        let emptyShape: [Int]
    }

    private static let start: Int64 = 1
    private static let end = 2
    /// Samples that one frame of the encoder stands for.
    private static let frame = 384
    /// People don't say more. It ends what turns in circles.
    private static let mostTokensASecond = 15.0

    /// Loads the model. Takes up to seconds: not for the cooperative pool.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`, `.malformedTokenizer`.
    init(_ model: SpeechModel, threads: Int, library: OnnxLibrary) throws {
        try model.checkFiles()
        guard let decoderFile = model.decoder else { throw NativeEngineError.modelMissing(name: model.name) }
        name = model.name
        vocabulary = try MoonshineVocabulary(model.tokens)
        decoder = try OnnxSession(.file(decoderFile), threads: threads, memory: .returned, library: library)
        let memories = try Self.memories(of: decoder, name: model.name)
        written = memories.filter { $0.input.contains(".decoder.") }
        heard = memories.filter { $0.input.contains(".encoder.") }
        guard let heads = heard.first?.emptyShape[1], !written.isEmpty,
            Set(decoder.inputs.map(\.name)).isSuperset(of: ["input_ids", "encoder_hidden_states", "use_cache_branch"])
        else { throw NativeEngineError.unexpectedModel(name: name, reason: "its decoder isn't Moonshine's") }
        encoder = try MoonshineEncoder(model.encoder, heads: heads, name: name, threads: threads, library: library)
    }

    private static func memories(of decoder: OnnxSession, name: String) throws -> [Memory] {
        let outputs = Set(decoder.outputs.map(\.name))
        guard outputs.contains("logits") else { throw NativeEngineError.unexpectedModel(name: name, reason: "it has no logits") }
        return try decoder.inputs.filter { $0.name.hasPrefix("past_key_values.") }.map { port in
            let output = "present." + port.name.dropFirst("past_key_values.".count)
            guard outputs.contains(output), port.shape.count == 4, let heads = port.shape[1], let size = port.shape[3] else {
                throw NativeEngineError.unexpectedModel(name: name, reason: "its input \(port.name) has no output, or another shape")
            }
            return Memory(input: port.name, output: output, emptyShape: [1, heads, 0, size])
        }
    }

    /// Silence gives words too: that is for the caller to keep away.
    func recognise(_ samples: ArraySlice<Float>, language: String?) throws -> Recognition {
        guard samples.count >= MoonshineEncoder.fewestSamples else { return Recognition(text: "") }
        // People speak now and then: until they do again, others can use the memory.
        defer { OnnxLibrary.returnFreedMemory() }
        let tokens = try write(encoder.listen(to: samples)).filter { vocabulary.isText($0.number) }
        var recognition = Recognition(text: vocabulary.text(of: tokens.map(\.number)))
        recognition.tokens = tokens.map { vocabulary.text(of: [$0.number]) }
        recognition.logProbabilities = tokens.map(\.logProbability)
        return recognition
    }

    /// Writes down what the encoder heard, always with the likeliest token.
    private func write(_ hidden: OnnxValue) throws -> [TokenChoice] {
        // The mask counts samples, not frames: the model thins it out itself.
        let samples = try hidden.shape()[1] * Self.frame
        let limit = Int(Double(samples) / Double(SpeechTranscriber.sampleRate) * Self.mostTokensASecond)
        var inputs = [
            "encoder_hidden_states": hidden,
            "encoder_attention_mask": try decoder.value(repeatElement(Int64(1), count: samples), shape: [1, samples]),
            "input_ids": try decoder.value(CollectionOfOne(Self.start), shape: [1, 1]),
            "use_cache_branch": try decoder.value(CollectionOfOne(false), shape: [1]),
        ]
        for memory in written + heard { inputs[memory.input] = try decoder.value(EmptyCollection<Float>(), shape: memory.emptyShape) }
        // Only the first step computes what stands for the encoder's output; the others take it along.
        var renewed = written + heard
        var tokens: [TokenChoice] = []
        while tokens.count < limit {
            let outputs = try decoder.compute(inputs, wanted: ["logits"] + renewed.map(\.output))
            guard let choice = try outputs.first?.withFloats({ TokenChoice(logits: $0) }), choice.number != Self.end else { break }
            tokens.append(choice)
            for (memory, value) in zip(renewed, outputs.dropFirst()) { inputs[memory.input] = value }
            if tokens.count == 1 {
                inputs["use_cache_branch"] = try decoder.value(CollectionOfOne(true), shape: [1])
                renewed = written
            }
            inputs["input_ids"] = try decoder.value(CollectionOfOne(Int64(choice.number)), shape: [1, 1])
        }
        return tokens
    }
}

/// The likeliest token.
private struct TokenChoice {
    let number: Int
    let logProbability: Double

    /// - Returns: `nil` when there is nothing to choose from.
    init?(logits: UnsafeBufferPointer<Float>) {
        guard var best = logits.first else { return nil }
        var number = 0
        for place in logits.indices where logits[place] > best {
            best = logits[place]
            number = place
        }
        // What is this far below the best adds nothing, and an exponential function for each of the tokens takes time.
        let floor = best - 20
        var sum: Float = 0
        for logit in logits where logit > floor { sum += exp(logit - best) }
        self.number = number
        logProbability = sum > 0 ? -Double(log(sum)) : 0
    }
}
