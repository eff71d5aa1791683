import Engines
import Foundations
import ModelHub
import VideoAnalysis

/// The JSON schemas that the routes refer to.
package enum Schemas {
    package static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    package static func all(_ configuration: Configuration) -> [String: JSONValue] {
        let fields = VideoFields(configuration)
        return openAI(configuration).merging([
            "Banner": object(["service": string, "version": string, "status": string]),
            "Status": object(["status": string]),
            "Health": object(["status": string, "service": string]),
            "DetailedHealth": object([
                "status": choice(["healthy", "degraded"]),
                "model": object(["loaded": boolean, "backend": orNull(string), "path": orNull(string)]),
                "gpu": object(["available": boolean, "count": integer, "devices": list(["type": "object"])]),
                "models": list(object(["id": string, "state": string])),
                "questions": object(["running": integer, "waiting": integer]), "service": string, "version": string,
            ]),
            "ErrorEnvelope": object([
                "error": object([
                    "message": string, "type": choice(ErrorKind.allCases.map(\.rawValue)), "code": string,
                    "param": orNull(string), "details": orNull(["type": "object"]), "retry_after_ms": orNull(integer),
                    "request_id": orNull(string),
                ])
            ]),
            "VideoProcessingParams": numbers(fields.video, title: "VideoProcessingParams", "Video processing parameters"),
            "GenerationParams": numbers(fields.generation, title: "GenerationParams", "Text generation parameters"),
            "InferenceRequestURL": inferenceRequest,
            "Body_inference_from_upload_v1_inference_upload_post": uploadForm(fields),
            "InferenceResponse": inferenceResponse,
            "InferenceEvents": [
                "type": "string",
                "description":
                    "Server-sent events, data in JSON each: progress, plan, notice, evidence, token, then done (an InferenceResponse) or error (an ErrorEnvelope).",
            ],
            "Usage": object([
                "prompt_tokens": integer, "completion_tokens": integer, "total_tokens": integer,
                "prompt_tokens_details": object(["cached_tokens": integer]),
            ]),
            "Model": object([
                "id": string, "object": choice(["model"]), "created": integer, "owned_by": string, "engine": string,
                "capabilities": list(string), "state": string, "bytes": integer, "licence": string,
                "parameters": orNull(integer), "context_length": orNull(integer), "reason": orNull(string),
                "memory_bytes": orNull(integer), "users": orNull(integer), "pinned": orNull(boolean),
                "description": orNull(string), "needs": object(["memory_bytes": orNull(integer), "gpu": boolean]), "obstacle": orNull(string), "default": orNull(boolean),
            ]),
            "Pool": pool,
            "PoolList": object(["object": choice(["list"]), "data": list(reference("Pool"))]),
            "NewEndpoint": newEndpoint,
            "ModelList": object(["object": choice(["list"]), "data": list(reference("Model"))]),
        ].merging(modelControl) { first, _ in first }.merging(uploads) { first, _ in first }.merging(library) { first, _ in first }.merging(expressions) { first, _ in first }) { first, _ in first }
    }

    static let string: JSONValue = ["type": "string"]
    static let integer: JSONValue = ["type": "integer"]
    static let number: JSONValue = ["type": "number"]
    static let boolean: JSONValue = ["type": "boolean"]
    static let anyObject: JSONValue = ["type": "object"]

    static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }
    static func orNull(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }
    static func choice(_ values: [String]) -> JSONValue {
        ["type": "string", "enum": .array(values.map(JSONValue.string))]
    }

    static func object(
        _ properties: [String: JSONValue], optional: Set<String> = [], title: String? = nil, about: String? = nil
    ) -> JSONValue {
        var schema: [String: JSONValue] = [
            "type": "object", "properties": .object(properties),
            "required": .array(properties.keys.filter { !optional.contains($0) }.sorted().map(JSONValue.string)),
        ]
        if let title { schema["title"] = .string(title) }
        if let about { schema["description"] = .string(about) }
        return .object(schema)
    }

    static func properties(_ fields: [NumericField]) -> [String: JSONValue] {
        Dictionary(fields.map { ($0.name, $0.schema) }, uniquingKeysWith: { first, _ in first })
    }

    private static func numbers(_ fields: [NumericField], title: String, _ about: String) -> JSONValue {
        ["type": "object", "properties": .object(properties(fields)), "title": .string(title), "description": .string(about)]
    }

    /// What both kinds of video question take beside their numbers.
    private static var questionExtras: [String: JSONValue] {
        [
            "evidence": orNull(choice(VideoQuestion.EvidenceMode.allCases.map(\.rawValue))),
            "model": orNull(string),
            "history": orNull(list(object(["question": string, "answer": string]))),
            "stream": orNull(boolean),
        ]
    }

    private static var pool: JSONValue {
        object([
            "id": string, "pick": choice(PoolConfiguration.Pick.allCases.map(\.rawValue)),
            "lane": object(["running": integer, "waiting": integer, "slots": integer, "average_service_ms": integer]),
            "endpoints": list(
                object([
                    "id": string, "backend": string, "state": choice(["up", "ejected", "half_open", "draining"]),
                    "slots": integer, "outstanding": integer, "failures": integer, "latency_ms": orNull(integer),
                    "retry_in_ms": orNull(integer),
                ])),
        ])
    }

    private static var newEndpoint: JSONValue {
        let own: [String: JSONValue] = [
            "id": string, "url": ["type": "string", "description": "Base URL up to and including /v1 (http or https)"],
            "model": ["type": "string", "description": "With url: the name the engine knows. Without: a model of the catalog"],
            "dialect": choice(EndpointConfiguration.Dialect.allCases.map(\.rawValue)), "api_key": string, "vision": boolean,
            "slots": integer,
        ]
        return ["type": "object", "properties": .object(own)]
    }

    private static var prompt: JSONValue {
        ["type": "string", "minLength": 1, "title": "Prompt", "description": "Text prompt for the model"]
    }

    private static var inferenceRequest: JSONValue {
        let own: [String: JSONValue] = [
            "video_url": ["type": "string", "title": "Video Url", "description": "URL to video file (http/https)"],
            "upload_id": ["type": "string", "description": "An upload in pieces, in place of video_url"],
            "prompt": prompt,
            "video_params": orNull(reference("VideoProcessingParams")),
            "generation_params": orNull(reference("GenerationParams")),
        ]
        return [
            "type": "object", "properties": .object(own.merging(questionExtras) { first, _ in first }),
            "required": ["prompt"], "anyOf": [["required": ["video_url"]], ["required": ["upload_id"]]],
            "title": "InferenceRequestURL", "description": "Inference request with video URL",
        ]
    }

    private static func uploadForm(_ fields: VideoFields) -> JSONValue {
        var own = properties(fields.video + fields.generation).merging(questionExtras) { first, _ in first }
        own["video"] = ["type": "string", "format": "binary", "title": "Video"]
        own["prompt"] = prompt
        own["history"] = ["type": "string", "description": "The history of InferenceRequestURL as JSON text"]
        return [
            "type": "object", "properties": .object(own), "required": ["video", "prompt"],
            "title": "Body_inference_from_upload_v1_inference_upload_post",
        ]
    }

    private static var inferenceResponse: JSONValue {
        var schema = object([
            "response": ["type": "string", "title": "Response", "description": "Generated text response"],
            "prompt": ["type": "string", "title": "Prompt", "description": "Original prompt"],
            "video_source": ["type": "string", "title": "Video Source", "description": "Video source (URL or filename)"],
            "backend": ["type": "string", "title": "Backend", "description": "Inference backend used"],
            "model": string, "usage": reference("Usage"),
            "frames": object(["count": integer, "width": orNull(integer), "height": orNull(integer)]),
            "used_evidence": boolean,
            "citations": list(object(["kind": choice(["object", "text", "speech"]), "text": string, "start": number, "end": number])),
            "finish_reason": string, "request_id": string,
            "timings": ["type": "object", "additionalProperties": ["type": "number"], "description": "Seconds per stage"],
        ]).objectValue ?? [:]
        schema["title"] = "InferenceResponse"
        schema["description"] = "Inference response"
        return .object(schema)
    }
}
