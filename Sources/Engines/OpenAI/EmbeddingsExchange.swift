import Foundation
import Foundations

/// The request and the answer of `POST /embeddings` (https://platform.openai.com/docs/api-reference/embeddings).
enum EmbeddingsExchange {
    static func body(_ inputs: [EmbeddingInput], dimensions: Int?, model: String) -> Data {
        var body: [String: JSONValue] = [
            // Half the bytes of numbers in text; an endpoint that doesn't know the word sends numbers, which are read as well.
            "model": .string(model), "encoding_format": "base64",
            "input": .array(
                inputs.map { input in
                    switch input {
                    case .text(let text): .string(text)
                    case .tokens(let tokens): .array(tokens.map(JSONValue.integer))
                    }
                }),
        ]
        if let dimensions { body["dimensions"] = .integer(dimensions) }
        return JSONValue.object(body).encoded()
    }

    /// - Returns: `nil` when the answer isn't one vector for each of `count` inputs.
    static func batch(_ answer: Data, count: Int) -> EmbeddingBatch? {
        guard let json = try? JSONValue(parsing: answer), let data = json["data"]?.arrayValue, data.count == count else {
            return nil
        }
        var vectors = [[Float]](repeating: [], count: count)
        for (place, item) in data.enumerated() {
            let index = item["index"]?.intValue ?? place
            guard vectors.indices.contains(index), let vector = item["embedding"].flatMap(vector), !vector.isEmpty else {
                return nil
            }
            vectors[index] = vector
        }
        guard vectors.allSatisfy({ !$0.isEmpty }) else { return nil }
        return EmbeddingBatch(vectors: vectors, promptTokens: json["usage"]?["prompt_tokens"]?.intValue ?? 0)
    }

    private static func vector(_ value: JSONValue) -> [Float]? {
        switch value {
        case .array(let numbers):
            let floats = numbers.compactMap { $0.doubleValue.map(Float.init) }
            return floats.count == numbers.count ? floats : nil
        case .string(let text):
            guard let bytes = Data(base64Encoded: text), bytes.count % 4 == 0 else { return nil }
            return bytes.withUnsafeBytes { raw in
                stride(from: 0, to: raw.count, by: 4).map {
                    Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
                }
            }
        default: return nil
        }
    }
}
