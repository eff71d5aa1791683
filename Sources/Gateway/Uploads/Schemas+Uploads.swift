import Foundations

/// The schemas of uploads and background answers.
extension Schemas {
    static var uploads: [String: JSONValue] {
        let size = object(["width": integer, "height": integer])
        return [
            "Upload": object([
                "id": string, "object": choice(["upload"]), "name": string, "bytes": integer, "offset": integer, "complete": boolean,
                "expires": ["type": "string", "format": "date-time"],
            ]),
            "UploadList": object(["object": choice(["list"]), "data": list(reference("Upload"))]),
            "UploadFromURL": object(["url": ["type": "string", "minLength": 1]]),
            "PlanRequest": [
                "type": "object",
                "properties": [
                    "video_params": orNull(reference("VideoProcessingParams")), "model": orNull(string),
                    "thumbnails": orNull([
                        "type": "object",
                        "properties": [
                            "count": ["type": "integer", "minimum": 1, "maximum": 48],
                            "height": ["type": "integer", "minimum": 16, "maximum": 480],
                        ],
                    ]),
                ],
            ],
            "VideoPlan": object([
                "video": object([
                    "container": string, "codec": orNull(string), "duration": orNull(number), "fps": orNull(number),
                    "width": orNull(integer), "height": orNull(integer), "audio": boolean,
                ]),
                "plan": object([
                    "frames": integer, "size": size, "sample_rate": number, "tokens": integer, "times": list(number),
                    "fitted": boolean, "used": boolean,
                ]),
                "model": orNull(string), "thumbnails": list(object(["time": number, "image": string])),
            ]),
            "BackgroundAnswer": object([
                "id": string, "object": choice(["answer"]), "status": choice(["running", "done", "failed", "cancelled"]),
                "prompt": string, "video_source": string, "created": ["type": "string", "format": "date-time"],
                "result": orNull(reference("InferenceResponse")), "error": orNull(anyObject),
            ]),
        ]
    }
}
