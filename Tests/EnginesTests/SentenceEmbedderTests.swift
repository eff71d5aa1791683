import Engines
import Foundation
import Foundations
import Testing

/// The sentence embedder against Hugging Face's tokenizers and ONNX Runtime in Python (`scripts/reference/minilm_cases.py`).
@Suite struct SentenceEmbedderTests {
    private static let folder = NativeSamples.model("minilm-l6-v2-int8")

    private func golden(_ name: String) throws -> [JSONValue] {
        let file = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Golden"))
        return try #require(try JSONValue(parsing: Data(contentsOf: file)).arrayValue)
    }

    private func tokenizer() throws -> BertTokenizer {
        try BertTokenizer(tokenizerJSON: Data(contentsOf: Self.folder.appending(path: "tokenizer.json")))
    }

    private func embedder(concurrency: Int = 2) async throws -> SentenceEmbedder {
        try await SentenceEmbedder(models: .init(folder: Self.folder), concurrency: concurrency, library: OnnxLibrary())
    }

    @Test func tokensAreTheReferences() throws {
        let tokenizer = try tokenizer()
        let cases = try golden("bert_tokens")
        #expect(cases.count == 400)
        for item in cases {
            let text = try #require(item["text"]?.stringValue)
            let tokens = try #require(item["tokens"]?.arrayValue).compactMap(\.intValue)
            #expect(tokenizer.encode(text) == tokens, "\(text.debugDescription)")
        }
    }

    @Test func longTextsAreReadNoFurtherThanTheLimit() throws {
        let tokenizer = try tokenizer()
        let text = String(repeating: "[MASK] word ", count: 200_000)
        #expect(tokenizer.encode(text, limit: 7) == tokenizer.encode("[MASK] word [MASK] word [MASK] word [MASK] word"))
        #expect(tokenizer.encode("one two", limit: 7).count == 2)
    }

    @Test func vectorsAreTheReferences() async throws {
        let cases = try golden("minilm_vectors")
        let inputs = try cases.map { EmbeddingInput.text(try #require($0["text"]?.stringValue)) }
        let batch = try await embedder().embed(inputs, dimensions: nil, limits: .init())
        #expect(batch.promptTokens == cases.compactMap { $0["tokens"]?.intValue }.reduce(0, +))
        for (item, vector) in zip(cases, batch.vectors) {
            let expected = try #require(item["vector"]?.arrayValue).compactMap(\.doubleValue)
            try #require(vector.count == expected.count && vector.count == 384)
            let worst = zip(vector, expected).map { abs(Double($0) - $1) }.max() ?? 1
            #expect(worst < 1e-4, "\(item["text"]?.stringValue?.prefix(40) ?? "")")
        }
    }

    @Test func neighboursDontChangeAVector() async throws {
        let embedder = try await embedder()
        let alone = try await embedder.embed([.text("A small bird.")], dimensions: nil, limits: .init())
        let long = EmbeddingInput.text(String(repeating: "noise ", count: 300))
        let together = try await embedder.embed([long, .text("A small bird."), long], dimensions: nil, limits: .init())
        #expect(together.vectors[1] == alone.vectors[0])
    }

    @Test func tokensAndFewerDimensions() async throws {
        let embedder = try await embedder()
        let tokens = try tokenizer().encode("A small bird.")
        let text = try await embedder.embed([.text("A small bird.")], dimensions: nil, limits: .init())
        #expect(try await embedder.embed([.tokens(tokens)], dimensions: nil, limits: .init()) == text)
        let short = try await embedder.embed([.tokens(tokens)], dimensions: 64, limits: .init()).vectors[0]
        #expect(short.count == 64)
        #expect(abs(short.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
        let scale = short[0] / text.vectors[0][0]
        #expect(zip(short, text.vectors[0]).allSatisfy { abs($0 - $1 * scale) < 1e-5 })
    }

    @Test func limitsAreKept() async throws {
        let embedder = try await embedder(concurrency: 1)
        var limits = EmbeddingsConfiguration()
        limits.maxTotalTokens = 9
        let inputs = [EmbeddingInput.text("one two"), .text("one two"), .text("three")]
        await #expect(throws: EmbeddingError.tooManyTokensTogether(limit: 9)) {
            try await embedder.embed(inputs, dimensions: nil, limits: limits)
        }
        let long = EmbeddingInput.text(String(repeating: "word ", count: 511))
        await #expect(throws: EmbeddingError.tooManyTokens(input: 1, limit: 512)) {
            try await embedder.embed([.text("x"), long], dimensions: nil, limits: .init())
        }
        let blank = EmbeddingInput.text(String(repeating: " ", count: 1 << 20))
        await #expect(throws: EmbeddingError.tooManyTokens(input: 0, limit: 512)) {
            try await embedder.embed([blank], dimensions: nil, limits: .init())
        }
        await #expect(throws: EmbeddingError.unknownToken(input: 0)) {
            try await embedder.embed([.tokens([1, 30_522])], dimensions: nil, limits: .init())
        }
        await #expect(throws: EmbeddingError.tooManyDimensions(limit: 384)) {
            try await embedder.embed([.text("x")], dimensions: 385, limits: .init())
        }
    }

    @Test(arguments: ["", "[]", "{}", #"{"model":{"type":"BPE","vocab":{}}}"#])
    func otherTokenizersAreRefused(_ json: String) {
        #expect(throws: NativeEngineError.self) { try BertTokenizer(tokenizerJSON: Data(json.utf8)) }
    }
}
