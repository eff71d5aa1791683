import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// From a selfie to features, and from features to a portrait.
enum ProfilePictures {
    private static let face = NumericField.integer("face", 0...99, "Which face of several: the largest is 0")

    // MARK: Routes

    @Sendable static func analyze(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let selfie = try await selfie(request, answering) { _ in }
        return .json(.object(try seen(selfie)))
    }

    @Sendable static func create(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let limits = services.configuration.images
        var wishes: Wishes?
        let selfie = try await selfie(request, answering) { wishes = Wishes($0, limits) }
        guard let wishes else { throw GatewayError.malformedRequest }
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
        var features: FaceFeatures
        var profile: StoredProfile?
        if let handle = wishes.handle {
            let version = fields.integer(ProfileRoutes.version)
            let patch = fields.value("avatar_features") ?? .object([:])
            try fields.finish(.unprocessable)
            let changed = try await ProfileRoutes.change(handle, patch, version: version, style: wishes.style, answering)
            (features, profile) = (changed.features, changed)
        } else {
            let given = AvatarFields.strict("avatar_features", fields)
            if fields.value("avatar_features") == nil { fields.fault("avatar_features", "missing", "The field 'avatar_features' is required.") }
            try fields.finish(.unprocessable)
            guard let given else { throw GatewayError.malformedRequest }
            features = given
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

    /// Receives a form with a selfie, and reads the face in it. The picture is gone afterwards.
    /// - Parameter read: gets the form's other fields, before anything is looked at.
    private static func selfie(
        _ request: Request, _ answering: StudioAnswering, _ read: (FieldReader) -> Void
    ) async throws -> SelfieAnalysis {
        let (context, services) = (answering.context, answering.services)
        let limit = min(services.configuration.images.maxSelfieBytes, services.configuration.server.maxUploadBytes)
        let upload = try await FormUpload.receive(
            request, context, services, fields: ["selfie", "file"], maxFiles: 1, limit: limit, tooLarge: GatewayError.bodyTooLarge(limit: limit)
        ) {}
        // An empty form field is how browsers say "nothing".
        let fields = FieldReader(upload.fields.filter { !$0.value.isEmpty }.mapValues(JSONValue.string))
        let index = fields.integer(face)
        if upload.files.isEmpty { fields.fault("file", "missing", "A picture in the field 'selfie' or 'file' is required.") }
        read(fields)
        try fields.finish(upload.files.isEmpty ? .invalidRequest : .unprocessable)
        guard let file = upload.files.first?.url else { throw GatewayError.malformedRequest }
        let data = try await services.threads.run { try Data(contentsOf: file) }
        let analysis = try await services.bounded(context) {
            try await answering.studio.selfies(context.foundation).analyze(data, faceIndex: index, context: context.foundation, progress: nil)
        }
        withExtendedLifetime(upload) {}
        return analysis
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
