import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// From a selfie to features, and from features to a portrait.
enum ProfilePictures {
    // MARK: Routes

    @Sendable static func analyze(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let form = try await SelfieForm.receive(request, answering)
        return .json(.object(try seen(try await form.analysis())))
    }

    @Sendable static func create(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let form = try await SelfieForm.receive(request, answering)
        let wishes = Wishes(form.fields, services.configuration.images)
        let selfie = try await form.analysis()
        let features = selfie.features
        let portrait = StudioRequest(.portrait(features, wishes.style ?? .standard), settings: wishes.settings)
        let answer = try await answering.make(portrait)
        var profile: StoredProfile?
        if let handle = wishes.handle {
            profile = try await answering.studio.profiles.put(features, of: handle, style: wishes.style, isRealPerson: true, owner: context.keyName)
        }
        return try await self.answer(answer, of: portrait, byURL: wishes.byURL, seen(selfie), profile, request, answering)
    }

    @Sendable static func update(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let wishes = Wishes(fields, services.configuration.images)
        let features: FaceFeatures
        var profile: StoredProfile?
        if let handle = wishes.handle {
            let version = fields.integer(ProfileRoutes.version)
            let patch = fields.value("avatar_features") ?? .object([:])
            try fields.finish(.unprocessable)
            let changed = try await ProfileRoutes.change(handle, patch, version: version, style: wishes.style, answering)
            (features, profile) = (changed.features, changed)
        } else {
            features = AvatarFields.required("avatar_features", fields)
            try fields.finish(.unprocessable)
        }
        let portrait = StudioRequest(.portrait(features, wishes.style ?? profile?.style ?? .standard), settings: wishes.settings)
        if request.prefersAsync { return try await answering.background(portrait, request) }
        let answer = try await answering.make(portrait)
        let facts = ["avatar_features": try AvatarFields.json(features)]
        return try await self.answer(answer, of: portrait, byURL: wishes.byURL, facts, profile, request, answering)
    }

    @Sendable static func generate(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let object = try await BodyReader.jsonObject(request, context, services)
        let fields = FieldReader(object)
        let wishes = Wishes(fields, services.configuration.images)
        // The features may be the whole body.
        let features = object["avatar_features"] == nil ? AvatarFields.strict(object, fields) : AvatarFields.strict("avatar_features", fields)
        try fields.finish(.unprocessable)
        let portrait = StudioRequest(.portrait(features ?? FaceFeatures(), wishes.style ?? .standard), settings: wishes.settings)
        return try await answering.response(portrait, request, byURL: wishes.byURL)
    }

    // MARK: Parts

    /// What is wanted of a portrait besides its features.
    private struct Wishes {
        let settings: PictureSettings
        let style: ImageStyle?
        let handle: Handle?
        let byURL: Bool

        init(_ fields: FieldReader, _ limits: ImagesConfiguration) {
            settings = PictureFields(limits).settings(fields, PictureSettings(limits.profile))
            byURL = fields.choice("response_format", of: StudioDocument.Transport.self) == .url
            style = ProfileRoutes.style(fields)
            handle = fields.string("handle").flatMap { text in
                if let handle = try? Handle(text) { return handle }
                fields.fault("handle", "unknown_value", "'handle' must have up to 32 letters, digits, '_' and '.'.")
                return nil
            }
        }
    }

    private static func seen(_ analysis: SelfieAnalysis) throws -> [String: JSONValue] {
        [
            "avatar_features": try AvatarFields.json(analysis.features), "tips": .array(analysis.tips.map(\.json)),
            "faces": .array(
                analysis.faces.map { ["x": .number($0.x), "y": .number($0.y), "width": .number($0.width), "height": .number($0.height)] }),
        ]
    }

    /// JSON for those who accept it; else a part with the features and one with the picture, as the system before Martlet answers.
    private static func answer(
        _ made: StudioAnswer, of portrait: StudioRequest, byURL: Bool, _ facts: [String: JSONValue], _ profile: StoredProfile?, _ request: Request,
        _ answering: StudioAnswering
    ) async throws -> Response {
        var facts = facts
        if let profile { facts["profile"] = try ProfileRoutes.json(profile) }
        guard request.acceptsJSON || byURL else {
            guard let picture = made.pictures.pictures.first else { throw PictureError.unreadable }
            var response = MixedResponse.make(json: .object(facts), picture: picture)
            response.headers[.pictureSeed] = String(picture.seed)
            response.headers[.pictureModel] = made.pictures.model
            return response
        }
        var document = try await answering.document(made, of: portrait, byURL: byURL).objectValue ?? [:]
        if let picture = document.removeValue(forKey: "image_bytes_b64") { document["image_base64"] = picture }
        return .json(.object(document.merging(facts) { $1 }))
    }
}
