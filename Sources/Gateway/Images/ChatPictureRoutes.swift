import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// Pictures into chats, by the paths that clients of the system before Martlet know.
enum ChatPictureRoutes {
    static let routes = [
        chat(
            .oneToOne, "/v1/chat/1to1/imagegen", "createChatPicture", "Picture of a chat",
            "A picture of the newest message of a chat of two, with a caption. A participant without features is drawn from the stored profile of that handle.",
            "ChatPictureRequest"),
        chat(.shorts, "/v1/chat/shorts/generate", "createShort", "Picture of a short", "A picture of a short, with a caption.", "StoryPictureRequest"),
        chat(.scenes, "/v1/chat/scenes/generate", "createScene", "Picture of a scene", "A picture of a scene, with a caption.", "StoryPictureRequest"),
        plain(
            .privateChat, "/v1/chat/private/imagegen", "createPrivatePicture", "Picture of a private message",
            "A picture of a private message: the file itself, or JSON for those who accept that.", "PrivatePictureRequest"),
        plain(
            .general, "/v1/imagegen", "createGeneralPicture", "Picture for everybody",
            "A picture of a text: the file itself, or JSON for those who accept that.", "GeneralPictureRequest"),
    ]

    static let errors = [400, 403, 404, 408, 413, 415, 422, 429, 502, 503, 504, 507]
    static let accepted = Route.Answer(202, "Begun, with Prefer: respond-async", .json(Schemas.reference("PictureJob")))

    private static func chat(
        _ mode: PromptRequest.Mode, _ path: String, _ id: String, _ summary: String, _ about: String, _ body: String
    ) -> Route {
        Route(
            .post, path, operationID: id, summary: summary, about: about, tag: "Images", body: .json(Schemas.reference(body)),
            answers: [.init(200, "The picture", .json(Schemas.reference("ChatPicture"))), accepted], errors: errors
        ) { request, context, services in
            let (answering, wanted, byURL, _) = try await read(mode, request, context, services)
            return try await answering.response(wanted, request, byURL: byURL)
        }
    }

    private static func plain(
        _ mode: PromptRequest.Mode, _ path: String, _ id: String, _ summary: String, _ about: String, _ body: String
    ) -> Route {
        let file: JSONValue = ["type": "string", "format": "binary"]
        return Route(
            .post, path, operationID: id, summary: summary, about: about, tag: "Images", body: .json(Schemas.reference(body)),
            answers: [
                .init(
                    200, "The picture", .init(type: "image/png", schema: file), .init(type: "image/jpeg", schema: file),
                    .init(type: "image/webp", schema: file), .json(Schemas.reference("LinedPicture"))), accepted,
            ], errors: errors
        ) { request, context, services in
            let (answering, wanted, byURL, isJSON) = try await read(mode, request, context, services)
            if isJSON || request.acceptsJSON || request.prefersAsync { return try await answering.response(wanted, request, byURL: byURL) }
            return try await answering.bytes(wanted)
        }
    }

    /// - Returns: also whether URLs are wanted, and whether the request itself asks for JSON.
    private static func read(
        _ mode: PromptRequest.Mode, _ request: Request, _ context: GatewayContext, _ services: GatewayServices
    ) async throws -> (StudioAnswering, StudioRequest, byURL: Bool, isJSON: Bool) {
        let answering = try StudioAnswering(context, services)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let transport = fields.choice("response_format", of: StudioDocument.Transport.self)
        let wanted = try ChatPictures.request(mode, fields, services.configuration.images)
        return (answering, try await answering.withProfiles(wanted), transport == .url, transport != nil)
    }
}

extension StudioAnswering {
    /// People of whom a chat says nothing look as their stored profile says.
    func withProfiles(_ request: StudioRequest) async throws -> StudioRequest {
        guard case .chat(var chat) = request.work else { return request }
        let unknown = chat.participants.filter(\.features.isEmpty).map(\.handle)
        let known = try await studio.profiles.profiles(unknown, owner: context.keyName)
        guard !known.isEmpty else { return request }
        chat.participants = chat.participants.map { $0.features.isEmpty ? known[$0.handle]?.participant ?? $0 : $0 }
        var request = request
        request.work = .chat(chat)
        return request
    }
}
