import Expressions
import Foundations

/// The schemas of expression features.
extension Schemas {
    static var expressions: [String: JSONValue] {
        let estimator = choice(MotionEstimator.allCases.map(\.rawValue)), detection = choice(DetectionMode.allCases.map(\.rawValue))
        let report = object([
            "estimator": estimator, "detection": detection,
            "frames": object([
                "total": integer, "used": integer, "skipped": integer, "detected": integer, "tracked": integer, "several_faces": integer,
            ]),
            "rows": integer, "segments": integer, "baseline": object(["video_frame": integer, "time": number]), "duration": number,
            "frame_rate": number, "size": object(["width": integer, "height": integer]), "regions": list(string),
            "warnings": list(object(["code": string, "message": string])), "seconds": number,
        ])
        let regions = { (value: JSONValue) in object(Dictionary(uniqueKeysWithValues: FaceRegion.allCases.map { ($0.rawValue, value) })) }
        return [
            "ExpressionOptions": object([
                "models": list(string), "estimators": list(estimator), "detections": list(detection), "available": boolean, "reason": orNull(string),
            ]),
            "ExpressionRequest": [
                "type": "object",
                "properties": [
                    "estimator": orNull(estimator), "detection": orNull(detection), "flow": orNull(boolean), "model": orNull(string),
                    "overlay": orNull(boolean),
                ],
            ],
            "Expressions": object([
                "video_path": string, "job_id": integer, "created_at": string, "model": orNull(string), "synthetic": boolean, "note": orNull(string),
                "flow": boolean, "report": report, "prediction": orNull(anyObject), "overlay": boolean,
                "series": object([
                    "video_frame": list(integer), "time": list(number), "magnitude": regions(list(number)), "probability": orNull(list(number)),
                    "thinned": integer,
                ]),
            ]),
            "ExpressionVectors": object([
                "grid": regions(list(integer)), "resized": regions(list(integer)),
                "rows": list(object(["video_frame": integer, "time": number, "boxes": list(list(integer)), "vectors": list(number)])),
            ]),
        ]
    }
}
