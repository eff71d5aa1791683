import Foundation
import Foundations

/// Texts to vectors by a BERT of the Sentence-Transformers kind (arXiv:1908.10084), run by ONNX Runtime: the mean of the
/// tokens' vectors, brought to length 1.
///
/// Each text is read for itself. A network with dynamically quantised weights scales its arithmetic to all it is given at
/// once, so that a text's vector would depend on its neighbours; on a processor reading them together is no faster either.
public final class SentenceEmbedder: Sendable {
    /// Where the model's files are.
    public struct Models: Sendable {
        public var network: URL
        public var tokenizer: URL

        /// The files by the names they are published under.
        public init(folder: URL) {
            network = folder.appending(path: "model.onnx")
            tokenizer = folder.appending(path: "tokenizer.json")
        }
    }

    /// Tokens of the longest text, those that mark beginning and end included: BERT has no more positions.
    public static let maxTokens = 512

    /// A word of a hundred characters, as long as any that isn't unknown for its length, has no more bytes.
    private static let mostBytesOfToken = 400

    /// Numbers of one vector.
    public let dimensions: Int
    private let tokenizer: BertTokenizer
    private let session: OnnxSession
    private let workers: WorkerThreads

    /// - Parameter concurrency: texts read at once, each on one thread.
    /// - Throws: `NativeEngineError.modelMissing`, `.modelRejected`, `.unexpectedModel`, `.malformedTokenizer`.
    public init(models: Models, concurrency: Int, library: OnnxLibrary) async throws {
        let workers = WorkerThreads(name: "embed", width: 2)
        tokenizer = try await workers.run {
            guard let json = try? Data(contentsOf: models.tokenizer) else {
                throw NativeEngineError.modelMissing(name: "tokenizer")
            }
            return try BertTokenizer(tokenizerJSON: json)
        }
        session = try await OnnxSession.load(model: models.network, concurrency: max(1, concurrency), library: library)
        self.workers = workers
        guard let output = session.outputs.first, output.shape.count == 3, let width = output.shape[2],
            Set(session.inputs.map(\.name)).isSubset(of: ["input_ids", "attention_mask", "token_type_ids"])
        else { throw NativeEngineError.unexpectedModel(name: "embedding", reason: "other inputs or outputs than a BERT's") }
        dimensions = width
    }

    /// - Parameters:
    ///   - dimensions: keeps so many of each vector's first numbers, and brings the rest to length 1 again.
    ///   - limits: tokens of one input (no more than `maxTokens`), and of all together.
    /// - Throws: `EmbeddingError`, `NativeEngineError.computationFailed`, `CancellationError`.
    public func embed(
        _ inputs: [EmbeddingInput], dimensions wanted: Int?, limits: EmbeddingsConfiguration
    ) async throws -> EmbeddingBatch {
        if let wanted, wanted > dimensions { throw EmbeddingError.tooManyDimensions(limit: dimensions) }
        let sequences = try await workers.run { [tokenizer] in try Self.sequences(inputs, tokenizer, limits) }
        let kept = wanted ?? dimensions
        let vectors = try await withThrowingTaskGroup(of: (Int, [Float]).self) { group in
            for (index, tokens) in sequences.enumerated() {
                group.addTask { (index, try await self.vector(of: tokens, keeping: kept)) }
            }
            var vectors = [[Float]](repeating: [], count: sequences.count)
            for try await (index, vector) in group { vectors[index] = vector }
            return vectors
        }
        return EmbeddingBatch(vectors: vectors, promptTokens: sequences.reduce(0) { $0 + $1.count })
    }

    /// The inputs' tokens, with those that mark beginning and end.
    private static func sequences(
        _ inputs: [EmbeddingInput], _ tokenizer: BertTokenizer, _ limits: EmbeddingsConfiguration
    ) throws -> [[Int]] {
        let limit = min(maxTokens, limits.maxTokens)
        var total = 0
        return try inputs.enumerated().map { index, input in
            let tokens: [Int]
            switch input {
            case .text(let text):
                // No need to read megabytes to know: so few tokens only hold so much text if its words aren't any.
                guard text.utf8.count <= limit * mostBytesOfToken else {
                    throw EmbeddingError.tooManyTokens(input: index, limit: limit)
                }
                tokens = tokenizer.encode(text, limit: limit)
            case .tokens(let given):
                guard given.allSatisfy({ (0..<tokenizer.vocabularySize).contains($0) }) else {
                    throw EmbeddingError.unknownToken(input: index)
                }
                tokens = given
            }
            guard tokens.count + 2 <= limit else { throw EmbeddingError.tooManyTokens(input: index, limit: limit) }
            total += tokens.count + 2
            guard total <= limits.maxTotalTokens else {
                throw EmbeddingError.tooManyTokensTogether(limit: limits.maxTotalTokens)
            }
            return [tokenizer.first] + tokens + [tokenizer.last]
        }
    }

    private func vector(of tokens: [Int], keeping kept: Int) async throws -> [Float] {
        let shape = [1, tokens.count]
        var tensors: [String: Tensor] = [:]
        for input in session.inputs {
            let values: [Int64] =
                switch input.name {
                case "input_ids": tokens.map(Int64.init)
                case "attention_mask": [Int64](repeating: 1, count: tokens.count)
                default: [Int64](repeating: 0, count: tokens.count)
                }
            tensors[input.name] = try Tensor(shape: shape, storage: .int64(values))
        }
        let outputs = try await session.run(tensors)
        guard let output = session.outputs.first.flatMap({ outputs[$0.name] }), output.shape == shape + [dimensions],
            let states = output.floats
        else { throw NativeEngineError.unexpectedModel(name: "embedding", reason: "an output of another shape") }
        var sum = [Float](repeating: 0, count: kept)
        for token in tokens.indices {
            let start = token * dimensions
            for place in 0..<kept { sum[place] += states[start + place] }
        }
        // The mean's length falls away with the norm.
        let length = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? sum.map { $0 / length } : sum
    }
}
