import Foundations
import ImageStudio

extension Schemas {
    static func images(_ configuration: Configuration) -> [String: JSONValue] {
        let fields = PictureFields(configuration.images)
        let settings = pictureSettings(fields)
        let prompt: JSONValue = ["type": "string", "minLength": 1, "maxLength": .integer(configuration.images.maxCharacters)]
        var words = settings.merging(properties([fields.count])) { $1 }
        words["prompt"] = prompt
        words["negative_prompt"] = orNull(string)
        return chatPictures(settings, text: prompt).merging(profiles(settings)) { $1 }.merging([
            "ImageRequest": ["type": "object", "required": ["prompt"], "properties": .object(words)],
            "ImageList": object(
                [
                    "created": integer, "model": string, "softened": boolean, "output_format": string, "size": string,
                    "data": list(
                        object(
                            ["b64_json": string, "url": string, "expires_at": integer, "seed": integer, "covered": boolean, "revised_prompt": string],
                            optional: ["b64_json", "url", "expires_at", "revised_prompt"])),
                ], optional: ["output_format", "size"]),
            "ImageError": [
                "allOf": [reference("ErrorEnvelope")], "type": "object", "required": ["code", "message"],
                "properties": [
                    "code": string, "message": string, "details": orNull(anyObject), "retry_after_ms": orNull(integer), "detail": anyObject,
                ],
            ],
            "PictureJob": object(["job_id": integer, "status": string]),
            "ModerationRequest": [
                "type": "object", "required": ["input"],
                "properties": ["input": ["anyOf": [string, list(string), list(["type": "object"])]], "model": orNull(string)],
            ],
            "ModerationList": object([
                "id": string, "model": string,
                "results": list(
                    object([
                        "flagged": boolean, "categories": ["type": "object"], "category_scores": ["type": "object"],
                        "decision": choice(["allowed", "softened", "blocked"]), "code": orNull(string), "policy_categories": list(string),
                        "message": string,
                    ])),
            ]),
            "StyleList": object([
                "styles": list(object(["id": string, "name": string, "description": string, "default": boolean]))
            ]),
            "Vocabulary": object(["features": list(object(["name": string, "path": string, "values": list(string)]))]),
        ]) { $1 }
    }

    /// What every request for pictures may say.
    private static func pictureSettings(_ fields: PictureFields) -> [String: JSONValue] {
        var settings = properties(fields.shared)
        settings["model"] = orNull(string)
        settings["size"] = orNull(["type": "string", "description": "auto, or WIDTHxHEIGHT"])
        settings["output_format"] = orNull(choice(PictureFormat.allCases.map(\.rawValue)))
        settings["response_format"] = orNull(choice(StudioDocument.Transport.allCases.map(\.rawValue)))
        return settings
    }

    private static func body(_ settings: [String: JSONValue], _ own: [String: JSONValue], required: [JSONValue]) -> JSONValue {
        ["type": "object", "required": .array(required), "properties": .object(settings.merging(own) { $1 })]
    }

    private static let picture: [String: JSONValue] = [
        "image_url": string, "expires_at": integer, "seed": integer, "model": string, "format": string, "covered": boolean, "softened": boolean,
        "prompt_used": string, "prompt_source": choice(["model", "repaired", "composer"]),
    ]

    private static func chatPictures(_ settings: [String: JSONValue], text: JSONValue) -> [String: JSONValue] {
        let features = orNull(reference("AvatarFeatures"))
        let avatar = object(["handle": string, "avatar_features": features], optional: ["avatar_features"])
        let message = object(
            ["sender_handle": orNull(string), "text": text, "timestamp": orNull(string), "tagged_handles": orNull(list(string))],
            optional: ["sender_handle", "timestamp", "tagged_handles"])
        let styled = object(["style_id": orNull(string)], optional: ["style_id"])
        let participants = orNull(
            object(
                ["sender_avatar": orNull(avatar), "receiver_avatar": orNull(avatar), "other_avatars": orNull(list(avatar))],
                optional: ["sender_avatar", "receiver_avatar", "other_avatars"]))
        let plain = object(["text": text, "sent_at": orNull(string)], optional: ["sent_at"])
        let captioned = picture.merging(["image_base64": string, "caption": string, "caption_source": choice(["model", "repaired", "composer"])]) { $1 }
        return [
            "AvatarFeatures": ["type": "object", "description": "observed, dress, accessories and meta: see /v1/vocabulary"],
            "ChatPictureRequest": body(
                settings,
                [
                    "chat_messages": ["type": "array", "minItems": 1, "maxItems": 15, "items": message], "style": orNull(string),
                    "participants": ["type": "array", "minItems": 2, "maxItems": 32, "items": avatar],
                    "target_message": ["anyOf": [message, text, ["type": "null"]], "description": "The last of chat_messages without it"],
                ], required: ["chat_messages", "participants"]),
            "StoryPictureRequest": body(
                settings,
                [
                    "style": orNull(string), "participants": ["type": "array", "minItems": 1, "maxItems": 32, "items": avatar],
                    "user_message": ["anyOf": [text, message]],
                ], required: ["participants", "user_message"]),
            "PrivatePictureRequest": body(
                settings,
                [
                    "sender_id": string, "receiver_id": string, "style_request": orNull(styled), "new_message": plain,
                    "history": orNull(object(["messages": orNull(list(plain))], optional: ["messages"])), "participants": participants,
                ], required: ["sender_id", "receiver_id", "new_message"]),
            "GeneralPictureRequest": body(
                settings, ["sender_id": string, "style_request": orNull(styled), "prompt": plain, "participants": participants],
                required: ["sender_id", "prompt"]),
            "ChatPicture": object(captioned, optional: ["image_base64", "image_url", "expires_at"]),
            "LinedPicture": object(
                picture.merging(["image_base64": string, "prompt_bundle": anyObject]) { $1 }, optional: ["image_base64", "image_url", "expires_at"]),
        ]
    }

    private static func profiles(_ settings: [String: JSONValue]) -> [String: JSONValue] {
        let features = reference("AvatarFeatures")
        let box = object(["x": number, "y": number, "width": number, "height": number])
        let profile: [String: JSONValue] = [
            "handle": string, "version": integer, "style": string, "likeness": boolean, "created_at": integer, "updated_at": integer,
            "expires_at": integer, "avatar_features": features,
        ]
        let form: [String: JSONValue] = [
            "selfie": ["type": "string", "format": "binary"],
            "file": ["type": "string", "format": "binary", "description": "Another name for selfie"],
            "face": SelfieForm.face.schema,
            "handle": ["type": "string", "description": "Keeps the profile (create)"], "style": string,
        ]
        let tips = list(object(["code": choice(SelfieTip.Code.allCases.map(\.rawValue)), "message": string]))
        let shown = picture.merging(["image_base64": string, "avatar_features": features, "profile": object(profile), "tips": tips, "faces": list(box)]) { $1 }
        return [
            "SelfieForm": body(settings, form, required: []),
            "SelfieAnalysis": object(["avatar_features": features, "tips": tips, "faces": list(box)]),
            "ProfilePicture": object(shown, optional: ["image_base64", "image_url", "expires_at", "profile", "tips", "faces"]),
            "ProfileUpdate": body(
                settings,
                [
                    "avatar_features": features, "handle": orNull(string), "style": orNull(string),
                    "version": ProfileRoutes.version.schema,
                ], required: []),
            "PortraitRequest": body(settings, ["avatar_features": features, "style": orNull(string)], required: []),
            "Portrait": object(picture.merging(["image_bytes_b64": string]) { $1 }, optional: ["image_bytes_b64", "image_url", "expires_at"]),
            "Profile": object(profile),
            "ProfileBody": object(
                ["avatar_features": features, "style": orNull(string), "likeness": orNull(boolean)], optional: ["style", "likeness"]),
            "FeaturesPatch": ["type": "object", "description": "A merge patch of the features: {\"observed\": {\"hair_color\": \"red\"}}"],
            "ProfileVersion": object(["version": integer, "created_at": integer, "style": string, "avatar_features": features]),
        ]
    }
}
