import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub

/// The Open Inference Protocol (KServe v2) over REST, with its binary tensor data extension.
package enum InferenceRoutes {
    package static func routes() -> [Route] {
        [
            get("/v2", "serverMetadata", "Server metadata", "The server's name, version and protocol extensions.", "InferenceServer") {
                _, _, _ in
                .json([
                    "name": .string(Inference.serverName), "version": .string(Version.text),
                    "extensions": .array(Inference.extensions.map(JSONValue.string)),
                ])
            },
            get("/v2/health/live", "serverLive", "Server live", "Whether the process runs.", "InferenceLive", isAnonymous: true) {
                _, _, _ in
                .json(["live": true])
            },
            get(
                "/v2/health/ready", "serverReady", "Server ready", "Whether inference requests are taken.", "InferenceReady",
                errors: [503], isAnonymous: true
            ) { _, _, services in
                guard await Inference(services: services).isReady() else { throw GatewayError.stopping }
                return .json(["ready": true])
            },
        ] + ["", "/versions/{version}"].flatMap { version in modelRoutes("/v2/models/{model}" + version, version.isEmpty ? "" : "Version") }
    }

    private static func modelRoutes(_ base: String, _ suffix: String) -> [Route] {
        [
            get(
                base, "modelMetadata" + suffix, "Model metadata", "A model's inputs and outputs.", "InferenceModel",
                errors: [404, 503, 504]
            ) { _, context, services in
                let (model, version) = target(context)
                let metadata = try await services.bounded(context) {
                    try await Inference(services: services).metadata(of: model, version: version, context: context.foundation)
                }
                return .json(InferenceDocuments.model(metadata))
            },
            get(
                base + "/ready", "modelReady" + suffix, "Model ready", "Whether a model answers; 503 with the reason when it doesn't.",
                "InferenceModelReady", errors: [404, 503]
            ) { _, context, services in
                let (model, version) = target(context)
                try await Inference(services: services).checkReady(model, version: version)
                return .json(["name": .string(model), "ready": true])
            },
            get(
                base + "/config", "modelConfig" + suffix, "Model configuration",
                "A model's inputs and outputs in the words of Triton's model configuration.", "InferenceModelConfig",
                errors: [404, 503, 504]
            ) { _, context, services in
                let (model, version) = target(context)
                let metadata = try await services.bounded(context) {
                    try await Inference(services: services).metadata(of: model, version: version, context: context.foundation)
                }
                return .json(InferenceDocuments.configuration(metadata))
            },
            Route(
                .post, base + "/infer", operationID: "modelInfer" + suffix, summary: "Infer",
                about:
                    "Computes outputs from inputs. Tensors are JSON, or binary data behind the JSON, whose length "
                    + "`Inference-Header-Content-Length` then gives.",
                tag: tag, body: .json(Schemas.reference("TensorRequest")),
                answers: [
                    .init(
                        200, "The outputs, as JSON or as JSON with binary data behind it.",
                        .json(Schemas.reference("TensorResponse")),
                        .init(type: "application/octet-stream", schema: ["type": "string", "format": "binary"]))
                ],
                errors: [400, 404, 408, 413, 422, 429, 502, 503, 504], handler: infer),
        ]
    }

    private static let tag = "Open Inference Protocol"

    private static func get(
        _ path: String, _ operation: String, _ summary: String, _ about: String, _ schema: String, errors: [Int] = [],
        isAnonymous: Bool = false, _ handler: @escaping Route.Handler
    ) -> Route {
        Route(
            .get, path, operationID: operation, summary: summary, about: about, tag: tag,
            answers: [.init(200, "Successful Response", .json(Schemas.reference(schema)))], errors: errors,
            isAnonymous: isAnonymous, handler: handler)
    }

    private static func target(_ context: GatewayContext) -> (model: String, version: String?) {
        func parameter(_ name: String) -> String? {
            context.parameters.get(name).map { $0.removingPercentEncoding ?? $0 }
        }
        return (parameter("model") ?? "", parameter("version"))
    }

    @Sendable private static func infer(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let inference = Inference(services: services)
        let (model, version) = target(context)
        try await inference.checkAdmission(model, version: version, context: context.foundation)
        if let encoding = request.headers[.contentEncoding], encoding.lowercased() != "identity" {
            throw InferenceError.unsupported(what: "compressed request bodies")
        }
        let headerLength = try request.headers[.inferenceHeaderLength].map { text in
            guard let length = Int(text), length >= 0 else {
                throw InferenceError.malformed(reason: "Inference-Header-Content-Length isn't a length")
            }
            return length
        }
        let body = try await services.bounded(context, watchingCaller: false) {
            try await BodyReader.collect(
                request, context, limit: services.configuration.inference.maxBytes,
                idle: services.configuration.server.bodyIdleTimeout)
        }
        context.record.update { $0.model = model }
        let answer = try await services.bounded(context) {
            let asked = try await services.threads.run {
                let bytes = Array(body)
                return try InferenceRequest(body: bytes, headerLength: headerLength)
            }
            let answer = try await inference.infer(asked, model: model, version: version, context: context.foundation)
            return try await services.threads.run { try answer.encoded(asked.wantsBinary) }
        }
        var headers: HTTPFields = [.contentType: "application/json", .cacheControl: "no-store"]
        if let length = answer.headerLength {
            headers[.contentType] = "application/octet-stream"
            headers[.inferenceHeaderLength] = String(length)
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
    }
}
