import Engines
import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub

/// Questions about whole files to the operator's own models, as the model serving API that Martlet replaces asks them.
package enum HandlerRoutes {
    /// The form's field, and how many files it may hold.
    private static let field = "files"
    private static let maxFiles = 32
    private static let tag = "Handlers"

    package static func routes() -> [Route] {
        [
            Route(
                .get, "/api/v1/health", operationID: "handlerHealth", summary: "Health", about: "The service answers.", tag: tag,
                answers: [.init(200, "Healthy", .json(Schemas.reference("Status")))], isAnonymous: true
            ) { _, _, _ in
                .json(["status": "healthy"])
            },
            Route(
                .get, "/api/v1/models", operationID: "handlerModels", summary: "Handlers",
                about: "The operator's own models, in the order of the configuration.", tag: tag,
                answers: [.init(200, "Names", .json(Schemas.reference("HandlerList")))]
            ) { _, _, services in
                let names = await services.dependencies.predictors.handlers().map { JSONValue.string($0.name) }
                return .json(["models": .array(names)])
            },
            Route(
                .get, "/api/v1/models/{name}/status", operationID: "handlerStatus", summary: "Handler status",
                about: "Whether a model is loaded, and the last part of its folder's name.", tag: tag,
                answers: [.init(200, "Status", .json(Schemas.reference("HandlerStatus")))], errors: [404]
            ) { _, context, services in
                let handler = try await handler(context, services)
                return .json([
                    "model": .string(handler.name), "loaded": .bool(await handler.state == .ready),
                    "model_dir": .string(URL(fileURLWithPath: handler.directory).lastPathComponent),
                ])
            },
        ] + [("/api/v1/infer/{name}", "handlerInferV1"), ("/infer/{name}", "handlerInfer")].map { path, operation in
            Route(
                .post, path, operationID: operation, summary: "Ask about files",
                about: "Gives one or more files, in their order, to one of the operator's models.", tag: tag,
                body: .init(type: "multipart/form-data", schema: Schemas.reference("HandlerFiles")),
                answers: [.init(200, "The model's answer", .json(Schemas.reference("HandlerAnswer")))],
                errors: [400, 404, 408, 413, 415, 422, 429, 502, 503, 504, 507], handler: infer)
        }
    }

    private static func handler(_ context: GatewayContext, _ services: GatewayServices) async throws -> any Handler {
        let name = context.parameter("name")
        let handlers = await services.dependencies.predictors.handlers()
        guard let handler = handlers.first(where: { $0.name == name }) else { throw ModelHubError.modelNotFound(name) }
        return handler
    }

    @Sendable private static func infer(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> Response {
        let name = try await handler(context, services).name
        let limit = services.configuration.server.maxUploadBytes
        let form = try await FormUpload.receive(
            request, context, services, fields: [field], maxFiles: maxFiles, tooLarge: InferenceError.filesTooLarge(limit: limit)
        ) {
            try await services.inferenceGate.check(context.foundation)
        }
        guard !form.files.isEmpty else {
            throw GatewayError.invalidFields(
                [FieldFault(param: field, code: "missing", message: "The field 'files' needs at least one file.")],
                kind: .unprocessable)
        }
        context.record.update { $0.model = name }
        let files = form.files.map { HandlerFile(url: $0.url, name: $0.shownName, bytes: $0.bytes) }
        let handler = try await handler(context, services)
        let prediction = try await services.bounded(context) {
            try await services.inferenceGate.withPlace(context.foundation) {
                try await handler.answer(files, context: context.foundation)
            }
        }
        // The files live as long as the form.
        return withExtendedLifetime(form) {
            .json([
                "model": .string(name), "segments": .array(files.map { .string($0.name) }),
                "total_segments": .integer(files.count), "prediction": prediction,
            ])
        }
    }
}
