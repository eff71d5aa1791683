import Engines
import Foundation
import Foundations
import Hummingbird
import ModelHub

/// `/v1/embeddings`: texts to vectors.
enum EmbeddingsRoute {
    static let route = Route(
        .post, "/v1/embeddings", operationID: "createEmbedding", summary: "Embeddings",
        about: "Turns texts into vectors that lie the closer together, the closer the meanings are.", tag: "OpenAI",
        body: .json(Schemas.reference("EmbeddingRequest")),
        answers: [.init(200, "One vector for each input.", .json(Schemas.reference("EmbeddingList")))],
        errors: [400, 404, 408, 413, 415, 422, 429, 502, 503, 504]
    ) { request, context, services in
        try await services.inferenceGate.check(context.foundation)
        let object = try await BodyReader.jsonObject(request, context, services)
        let body = try await services.threads.run { try EmbeddingsBody(object, services.configuration.embeddings) }
        let (model, batch) = try await services.bounded(context) {
            try await embed(body, context.foundation, services) { model in context.record.update { $0.model = model } }
        }
        context.record.update { $0.promptTokens = batch.promptTokens }
        return try await services.threads.run { .json(list(batch, model: model, isBase64: body.isBase64)) }
    }

    /// - Parameter chosen: gets the model's id before it is asked.
    /// - Returns: that id, and the vectors.
    static func embed(
        _ body: EmbeddingsBody, _ context: Foundations.RequestContext, _ services: GatewayServices, chosen: (String) -> Void = { _ in }
    ) async throws -> (model: String, batch: EmbeddingBatch) {
        guard let directory = services.dependencies.embedders else { throw ModelFailure.noEmbedder }
        let embedder = try await directory.embedder(id: body.model, context: context)
        chosen(embedder.id)
        return try await services.inferenceGate.withPlace(context) {
            (embedder.id, try await embedder.embed(body.inputs, dimensions: body.dimensions, context: context))
        }
    }

    private static func list(_ batch: EmbeddingBatch, model: String, isBase64: Bool) -> JSONValue {
        [
            "object": "list", "model": .string(model),
            "data": .array(
                batch.vectors.enumerated().map { index, vector in
                    [
                        "object": "embedding", "index": .integer(index),
                        "embedding": isBase64 ? .string(base64(vector)) : .array(vector.map { .number(decimal($0)) }),
                    ]
                }),
            "usage": ["prompt_tokens": .integer(batch.promptTokens), "total_tokens": .integer(batch.promptTokens)],
        ]
    }

    /// The shortest decimal that reads back as the same 32-bit number.
    private static func decimal(_ number: Float) -> Double { Double(number.description) ?? Double(number) }

    /// 32-bit numbers, lowest byte first.
    private static func base64(_ vector: [Float]) -> String {
        var bytes = Data(capacity: vector.count * 4)
        for number in vector {
            withUnsafeBytes(of: number.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes.base64EncodedString()
    }
}
