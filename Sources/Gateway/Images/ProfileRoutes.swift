import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ImageStudio

/// Profiles: read from selfies, drawn, and kept by handle with their versions.
enum ProfileRoutes {
    private static let tag = "Images"
    static let version = NumericField.integer("version", 1...Int(Int32.max), "The version that the change was made for; another one is a conflict")

    private static let form = Route.Content(type: "multipart/form-data", schema: Schemas.reference("SelfieForm"))
    private static let mixed = Route.Content(type: "multipart/mixed", schema: ["type": "string", "format": "binary"])
    private static let one = Route.Answer(200, "The profile", .json(Schemas.reference("Profile")))

    static let routes = [
        Route(
            .post, "/v1/profile/analyze", operationID: "analyzeSelfie", summary: "Features of a face",
            about: "Reads the features of a face from a picture, with tips for a better one. The picture isn't kept.", tag: tag, body: form,
            answers: [.init(200, "The features", .json(Schemas.reference("SelfieAnalysis")))], errors: ChatPictureRoutes.errors,
            handler: ProfilePictures.analyze),
        Route(
            .post, "/v1/profile/create", operationID: "createProfile", summary: "Profile from a selfie",
            about: "Reads the features of a face and draws its portrait. With a handle the profile is kept.", tag: tag, body: form,
            answers: [.init(200, "Features and portrait", mixed, .json(Schemas.reference("ProfilePicture")))], errors: ChatPictureRoutes.errors,
            handler: ProfilePictures.create),
        Route(
            .post, "/v1/profile/update", operationID: "updateProfile", summary: "Profile from features",
            about: "Draws a portrait anew. With a handle the features are a merge patch (RFC 7396) of the stored profile.", tag: tag,
            body: .json(Schemas.reference("ProfileUpdate")),
            answers: [.init(200, "Features and portrait", mixed, .json(Schemas.reference("ProfilePicture"))), ChatPictureRoutes.accepted],
            errors: ChatPictureRoutes.errors + [409], handler: ProfilePictures.update),
        Route(
            .post, "/v1/profile/generate", operationID: "generatePortrait", summary: "Portrait",
            about: "Draws a portrait of features, which may also be the whole body.", tag: tag, body: .json(Schemas.reference("PortraitRequest")),
            answers: [.init(200, "The portrait", .json(Schemas.reference("Portrait"))), ChatPictureRoutes.accepted],
            errors: ChatPictureRoutes.errors, handler: ProfilePictures.generate),
        Route(
            .get, "/v1/profiles", operationID: "listProfiles", summary: "Stored profiles", about: "The caller's own profiles, by handle.", tag: tag,
            answers: [.init(200, "The profiles", .json(Schemas.object(["profiles": Schemas.list(Schemas.reference("Profile"))])))], errors: [503]
        ) { _, context, services in
            let profiles = try await StudioAnswering(context, services).studio.profiles.profiles(owner: context.keyName)
            return .json(["profiles": .array(try profiles.map(json))])
        },
        Route(
            .get, "/v1/profiles/{handle}", operationID: "retrieveProfile", summary: "Stored profile", about: "One profile, as it is now.", tag: tag,
            answers: [one], errors: [404, 422, 503]
        ) { _, context, services in
            let answering = try StudioAnswering(context, services)
            return .json(try json(try await answering.studio.profiles.profile(try handle(context), owner: context.keyName)))
        },
        Route(
            .put, "/v1/profiles/{handle}", operationID: "storeProfile", summary: "Store profile",
            about: "Keeps a profile under a handle; where there was one, as its next version.", tag: tag, body: .json(Schemas.reference("ProfileBody")),
            answers: [one], errors: [400, 408, 409, 413, 415, 422, 503], handler: put),
        Route(
            .patch, "/v1/profiles/{handle}", operationID: "patchProfile", summary: "Change profile",
            about: "Changes features by a merge patch (RFC 7396), as the next version. With If-Match and a version's number only that one is changed.",
            tag: tag, body: .json(Schemas.reference("FeaturesPatch")), answers: [one], errors: [400, 404, 408, 409, 413, 415, 422, 503]
        ) { request, context, services in
            let answering = try StudioAnswering(context, services)
            let patch = try await BodyReader.jsonObject(request, context, services)
            return .json(try json(try await change(try handle(context), .object(patch), version: try version(request), style: nil, answering)))
        },
        Route(
            .delete, "/v1/profiles/{handle}", operationID: "deleteProfile", summary: "Delete profile",
            about: "Deletes a profile with all its versions.", tag: tag, answers: [.init(204, "Deleted")], errors: [404, 422, 503]
        ) { _, context, services in
            try await StudioAnswering(context, services).studio.profiles.delete(try handle(context), owner: context.keyName)
            return Response(status: .noContent)
        },
        Route(
            .get, "/v1/profiles/{handle}/versions", operationID: "listProfileVersions", summary: "Versions",
            about: "The versions of a profile that are kept, newest first.", tag: tag,
            answers: [.init(200, "The versions", .json(Schemas.object(["versions": Schemas.list(Schemas.reference("ProfileVersion"))])))],
            errors: [404, 422, 503]
        ) { _, context, services in
            let versions = try await StudioAnswering(context, services).studio.profiles.versions(of: try handle(context), owner: context.keyName)
            return .json([
                "versions": .array(
                    try versions.map {
                        [
                            "version": .integer($0.version), "created_at": .integer(Int($0.updated.timeIntervalSince1970)),
                            "style": .string($0.style.rawValue), "avatar_features": try AvatarFields.json($0.features),
                        ]
                    })
            ])
        },
    ]

    static func json(_ profile: StoredProfile) throws -> JSONValue {
        [
            "handle": .string(profile.handle.name), "version": .integer(profile.version), "style": .string(profile.style.rawValue),
            "likeness": .bool(profile.isRealPerson), "created_at": .integer(Int(profile.created.timeIntervalSince1970)),
            "updated_at": .integer(Int(profile.updated.timeIntervalSince1970)), "expires_at": .integer(Int(profile.expires.timeIntervalSince1970)),
            "avatar_features": try AvatarFields.json(profile.features),
        ]
    }

    /// The style that a request names; `nil` where it names none.
    static func style(_ fields: FieldReader) -> ImageStyle? {
        guard let text = fields.string("style"), !text.isEmpty else { return nil }
        if let style = try? ImageStyle(id: text) { return style }
        fields.fault("style", "unknown_value", "'style' must be one of: \(ImageStyle.allCases.map(\.rawValue).joined(separator: ", ")).")
        return nil
    }

    /// Applies a merge patch to a stored profile.
    static func change(
        _ handle: Handle, _ patch: JSONValue, version: Int?, style: ImageStyle?, _ answering: StudioAnswering
    ) async throws -> StoredProfile {
        do {
            let patch = try FeaturePatch(patch.encoded())
            return try await answering.studio.profiles.change(handle, version: version, style: style, owner: answering.context.keyName) {
                FeatureRules.applied(to: try patch.applied(to: $0))
            }
        } catch let failure as FeaturePatch.Failure {
            throw GatewayError.invalidFields(faults(failure), kind: .unprocessable)
        }
    }

    @Sendable private static func put(_ request: Request, _ context: GatewayContext, _ services: GatewayServices) async throws -> Response {
        let answering = try StudioAnswering(context, services)
        let fields = FieldReader(try await BodyReader.jsonObject(request, context, services))
        let features = AvatarFields.required("avatar_features", fields)
        let style = style(fields)
        let likeness = fields.bool("likeness")
        try fields.finish(.unprocessable)
        let handle = try handle(context)
        let version = try version(request)
        let stored = try await answering.studio.profiles.put(
            features, of: handle, version: version, style: style, isRealPerson: likeness, owner: context.keyName)
        return .json(try json(stored))
    }

    private static func handle(_ context: GatewayContext) throws -> Handle {
        if let handle = try? Handle(context.parameter("handle")) { return handle }
        throw GatewayError.invalidFields(
            [FieldFault(param: "handle", code: "unknown_value", message: "A handle has up to 32 letters, digits, '_' and '.'.")], kind: .unprocessable)
    }

    private static func version(_ request: Request) throws -> Int? {
        guard let text = request.headers[.ifMatch], text != "*" else { return nil }
        if let version = Int(text.trimmingCharacters(in: ["\"", " "])) { return version }
        throw GatewayError.invalidFields(
            [FieldFault(param: "If-Match", code: "wrong_type", message: "If-Match must be the number of a version.")], kind: .unprocessable)
    }

    private static func faults(_ failure: FeaturePatch.Failure) -> [FieldFault] {
        switch failure {
        case .notJSON: [FieldFault(param: "avatar_features", code: "wrong_type", message: "The patch must be an object.")]
        case .unknownPath(let path): [FieldFault(param: path, code: "unknown_field", message: "The features have no '\(path)': see /v1/vocabulary.")]
        case .wrongType(let path, let expected, let found):
            [FieldFault(param: path.isEmpty ? "avatar_features" : path, code: "wrong_type", message: "'\(path)' must be \(expected), not \(found).")]
        case .outOfRange(let path): [FieldFault(param: path, code: "out_of_range", message: "The number of '\(path)' can't be.")]
        case .values(let problems): problems.map { FieldFault(param: $0.path, code: "unknown_value", message: $0.message) }
        }
    }
}
