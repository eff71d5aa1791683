import Foundations
import HTTPTypes
import Hummingbird
import ModelHub

/// Loading, unloading and switching models: the model repository extension of the Open Inference Protocol
/// (https://github.com/triton-inference-server/server/blob/main/docs/protocol/extension_model_repository.md), and a switch.
package enum RepositoryRoutes {
    package static func routes() -> [Route] {
        [
            Route(
                .post, "/v2/repository/index", operationID: "repositoryIndex", summary: "Repository index",
                about: "Every predictor and chat model with its state. `{\"ready\": true}` lists only those that are ready.",
                tag: "Model control", body: .json(Schemas.reference("RepositoryIndexRequest")), bodyIsOptional: true,
                answers: [.init(200, "The models.", .json(Schemas.reference("RepositoryIndex")))], errors: [400, 413, 415]
            ) { request, context, services in
                let fields = FieldReader(try await BodyReader.optionalJSONObject(request, context, services))
                let onlyReady = fields.bool("ready") ?? false
                try fields.finish(.invalidRequest)
                return .json(.array(await ModelRepository(services: services).index(onlyReady: onlyReady).map(\.json)))
            },
            Route(
                .post, "/v2/repository/models/{name}/load", operationID: "repositoryModelLoad", summary: "Load a model",
                about: "Loads a model and answers when it can be used. Idle models are unloaded where memory is short. "
                    + "Wants a token of `server.admins`, where any are named.",
                tag: "Model control", body: .json(Schemas.reference("RepositoryRequest")), bodyIsOptional: true,
                answers: [.init(200, "The model is ready.", .json(Schemas.reference("RepositoryEntry")))],
                errors: [400, 403, 404, 409, 413, 415, 422, 503, 504]
            ) { request, context, services in
                let name = try await model(request, context, services, refusing: { $0 == "config" || $0.hasPrefix("file:") })
                return .json(
                    try await services.bounded(context) {
                        try await ModelRepository(services: services).load(name, context.foundation)
                    }.json)
            },
            Route(
                .post, "/v2/repository/models/{name}/unload", operationID: "repositoryModelUnload",
                summary: "Unload a model",
                about:
                    "Unloads a model. Requests that use it finish within `models.drain_timeout`; the next request for it loads it again. Wants a token of `server.admins`, where any are named.",
                tag: "Model control", body: .json(Schemas.reference("RepositoryRequest")), bodyIsOptional: true,
                answers: [.init(200, "The model is unloaded.", .json(Schemas.reference("RepositoryEntry")))],
                errors: [400, 403, 404, 409, 413, 415, 503, 504]
            ) { request, context, services in
                let name = try await model(request, context, services, refusing: { _ in false })
                return .json(
                    try await services.bounded(context) {
                        try await ModelRepository(services: services).unload(name, context.foundation)
                    }.json)
            },
            Route(
                .post, "/v1/pulls", operationID: "pullModel", summary: "Pull a model",
                about: "Begins to fetch a model's files; what an earlier fetch left is used. `/v1/events` tells how far it has come. Wants a "
                    + "token of `server.admins`, where any are named.",
                tag: "Model control", body: .json(Schemas.reference("ModelPullRequest")),
                answers: [.init(202, "The fetch has begun.", .json(Schemas.reference("ModelPull")))],
                errors: [400, 403, 404, 409, 413, 415]
            ) { request, context, services in
                let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
                let id = fields.requiredString("id")
                try fields.finish(.invalidRequest)
                try services.requireAdmin(context.keyName)
                try await services.dependencies.control.pull(id)
                let pull = await services.dependencies.control.pulls().first { $0.id == id } ?? ModelPull(id: id)
                var response = Response.json(ModelObjects.pull(pull))
                response.status = .accepted
                return response
            },
            Route(
                .get, "/v1/pulls", operationID: "listPulls", summary: "Pulls",
                about: "Fetches that were begun by request, running or ended: the newest of each model.", tag: "Model control",
                answers: [.init(200, "Successful Response", .json(Schemas.reference("ModelPullList")))]
            ) { _, _, services in
                .json(["object": "list", "data": .array(await services.dependencies.control.pulls().map(ModelObjects.pull))])
            },
            Route(
                .delete, "/v1/pulls/{id}", operationID: "stopPull", summary: "Stop a pull",
                about: "Stops a fetch. What came is kept; the next fetch goes on from there.", tag: "Model control",
                answers: [.init(204, "Stopped")], errors: [403, 404]
            ) { _, context, services in
                try services.requireAdmin(context.keyName)
                try await services.dependencies.control.stopPull(context.parameter("id"))
                return Response(status: .noContent)
            },
            Route(
                .delete, "/v1/models/{id}", operationID: "removeModel", summary: "Remove a model",
                about: "Unloads a model and deletes its files. Wants a token of `server.admins`, where any are named.",
                tag: "Model control", answers: [.init(204, "Removed")], errors: [403, 404, 409], takesRest: true
            ) { _, context, services in
                try services.requireAdmin(context.keyName)
                try await services.dependencies.control.remove(context.rest)
                return Response(status: .noContent)
            },
            Route(
                .post, "/v1/models/switch", operationID: "switchModel", summary: "Switch models",
                about:
                    "Loads the model `to`, makes it the one that answers when none is named, and unloads `from` (default: the local model that answered so far). When `to` doesn't load, the former model answers as before.",
                tag: "Model control", body: .json(Schemas.reference("ModelSwitchRequest")),
                answers: [.init(200, "Switched.", .json(Schemas.reference("ModelSwitch")))],
                errors: [400, 403, 404, 409, 413, 415, 422, 503, 504]
            ) { request, context, services in
                let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
                let target = fields.requiredString("to")
                let source = fields.string("from")
                try fields.finish(.invalidRequest)
                try services.requireAdmin(context.keyName)
                let done = try await services.bounded(context) {
                    try await services.dependencies.control.switchModel(from: source, to: target, by: context.deadline)
                }
                return .json([
                    "from": done.from.map(JSONValue.string) ?? .null, "to": .string(done.to),
                    "overlapped": .bool(done.overlapped), "seconds": .number((done.seconds * 1000).rounded() / 1000),
                ])
            },
        ]
    }

    /// The model's name of the path. A caller's parameters that would be ignored to its surprise are refused.
    private static func model(
        _ request: Request, _ context: GatewayContext, _ services: GatewayServices, refusing: (String) -> Bool
    ) async throws -> String {
        let fields = FieldReader(try await BodyReader.optionalJSONObject(request, context, services))
        let parameters = fields.value("parameters")?.objectValue ?? [:]
        if let name = parameters.keys.sorted().first(where: refusing) {
            fields.fault(
                "parameters.\(name.prefix(64))", "unsupported", "Models are configured by their manifests, not by requests.")
        }
        try fields.finish(.invalidRequest)
        return context.parameter("name")
    }
}
