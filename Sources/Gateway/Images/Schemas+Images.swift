import Foundations
import ImageStudio

extension Schemas {
    static func images(_ configuration: Configuration) -> [String: JSONValue] {
        var request = properties(ImageFields(configuration.images).all)
        request["prompt"] = ["type": "string", "minLength": 1, "maxLength": .integer(configuration.images.maxCharacters)]
        request["negative_prompt"] = orNull(string)
        request["model"] = orNull(string)
        request["size"] = orNull(["type": "string", "description": "auto, or WIDTHxHEIGHT"])
        request["output_format"] = orNull(choice(PictureFormat.allCases.map(\.rawValue)))
        request["response_format"] = orNull(choice(["b64_json"]))
        return [
            "ImageRequest": ["type": "object", "required": ["prompt"], "properties": .object(request)],
            "ImageList": object(
                [
                    "created": integer, "model": string, "softened": boolean, "output_format": string, "size": string,
                    "data": list(
                        object(
                            ["b64_json": string, "seed": integer, "covered": boolean, "revised_prompt": string], optional: ["revised_prompt"])),
                ], optional: ["output_format", "size"]),
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
        ]
    }
}
