import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub

/// The routes that OpenAI's clients call.
package enum OpenAIRoutes {
    package static func routes(_ configuration: Configuration) -> [Route] {
        [
            Route(
                .post, "/v1/chat/completions", operationID: "createChatCompletion", summary: "Chat",
                about: "Continues a conversation with text, images, sound or a video (`video_url` parts).", tag: "OpenAI",
                body: .json(Schemas.reference("ChatCompletionRequest")),
                answers: [
                    .init(
                        200, "The completion, or its chunks.", .json(Schemas.reference("ChatCompletion")),
                        .init(type: "text/event-stream", schema: Schemas.reference("ChatCompletionChunk")))
                ], errors: [400, 404, 413, 415, 422, 429, 502, 503, 504]
            ) { request, context, services in
                let object = try await BodyReader.jsonObject(request, context, services)
                let body = try ChatBody(object, services.configuration)
                if body.messages.contains(where: { !$0.videos.isEmpty }) {
                    return try await VideoChat(body, context, services).response()
                }
                return try await ChatCompletion(body: body, context: context, services: services).response()
            },
            EmbeddingsRoute.route,
            Route(
                .get, "/v1/models", operationID: "listModels", summary: "Models", about: "All models and their states.",
                tag: "OpenAI", answers: [.init(200, "Successful Response", .json(Schemas.reference("ModelList")))]
            ) { _, _, services in
                let models = await services.dependencies.models.models()
                return .json([
                    "object": "list", "data": .array(models.map { OpenAIObjects.model($0, created: services.started) }),
                ])
            },
            Route(
                .get, "/v1/models/{id}", operationID: "retrieveModel", summary: "Model", about: "One model and its state.",
                tag: "OpenAI", answers: [.init(200, "Successful Response", .json(Schemas.reference("Model")))],
                errors: [404], takesRest: true
            ) { _, context, services in
                let id = context.rest
                guard let model = await services.dependencies.models.models().first(where: { $0.id == id }) else {
                    throw GatewayError.noSuchModel
                }
                return .json(OpenAIObjects.model(model, created: services.started))
            },
        ]
    }
}
