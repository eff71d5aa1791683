import Foundations
import ModelHub

/// The schemas of model control.
extension Schemas {
    static var modelControl: [String: JSONValue] {
        let entry: JSONValue = [
            "type": "object",
            "properties": [
                "name": ["type": "string"], "version": ["type": "string"],
                "state": ["type": "string", "enum": ["READY", "LOADING", "UNLOADING", "UNAVAILABLE"]],
                "reason": ["type": "string"],
            ], "required": ["name", "version", "state", "reason"],
        ]
        return [
            "RepositoryIndexRequest": ["type": "object", "properties": ["ready": ["type": "boolean"]]],
            "RepositoryEntry": entry,
            "RepositoryIndex": ["type": "array", "items": reference("RepositoryEntry")],
            "RepositoryRequest": [
                "type": "object", "properties": ["parameters": ["type": "object"]],
                "description": "`parameters.config` and `parameters.file:…` of Triton are refused.",
            ],
            "ModelPull": object([
                "id": string, "state": choice(ModelPull.State.allCases.map(\.rawValue)), "done": integer, "total": orNull(integer),
                "rate": orNull(integer), "eta": orNull(number), "message": orNull(string),
            ]),
            "ModelPullList": object(["object": choice(["list"]), "data": list(reference("ModelPull"))]),
            "ModelPullRequest": object(["id": ["type": "string", "minLength": 1]]),
            "ModelSwitchRequest": [
                "type": "object",
                "properties": [
                    "to": ["type": "string", "minLength": 1], "from": ["anyOf": [["type": "string"], ["type": "null"]]],
                ], "required": ["to"],
            ],
            "ModelSwitch": [
                "type": "object",
                "properties": [
                    "from": ["anyOf": [["type": "string"], ["type": "null"]]], "to": ["type": "string"],
                    "overlapped": [
                        "type": "boolean", "description": "Whether both were loaded for a moment, without a gap in between.",
                    ], "seconds": ["type": "number"],
                ], "required": ["from", "to", "overlapped", "seconds"],
            ],
        ]
    }
}
