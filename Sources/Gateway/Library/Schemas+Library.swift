import Foundations
import Jobs
import VideoAnalysis

/// The schemas of the library and of jobs.
extension Schemas {
    static var library: [String: JSONValue] {
        let duration: JSONValue = ["anyOf": [["type": "number", "minimum": 0], ["type": "string"]], "description": "\"12s\", \"5%\" or seconds"]
        let rule: JSONValue = [
            "type": "object",
            "properties": [
                "threshold": ["type": "number", "minimum": 0, "maximum": 1], "max_gap": duration, "min_duration": duration, "required_duration": duration,
            ],
        ]
        let rules: JSONValue = ["type": "object", "additionalProperties": rule]
        let interval: JSONValue = ["type": "number", "minimum": 0.1, "maximum": 600]
        let tolerance: JSONValue = ["type": "number", "minimum": 0.01, "maximum": 60]
        let options: [String: JSONValue] = [
            "tags": orNull(list(string)), "rules": orNull(rules), "frame_interval": orNull(interval), "tolerance": orNull(tolerance),
            "evidence": orNull(boolean), "model": orNull(string), "priority": orNull(["type": "integer", "minimum": -100, "maximum": 100]),
        ]
        let span = object(["start": number, "end": number, "text": string, "confidence": number], optional: ["confidence"])
        let settings: [String: JSONValue] = [
            "analysis_tags": string, "llm_base_url": string, "llm_model": string, "max_batch_size": ["type": "integer", "minimum": 1, "maximum": 10],
            "livekit_url": string, "frame_interval": interval, "tolerance": tolerance, "tag_rules": rules, "evidence": boolean,
            "side_car": choice(LibrarySettings.SideCar.allCases.map(\.rawValue)),
        ]
        let stamp: [String: JSONValue] = [
            "tag_name": ["type": "string", "minLength": 1, "maxLength": 80], "start_time": ["type": "number", "minimum": 0],
            "end_time": orNull(["type": "number", "minimum": 0]), "confidence": ["type": "number", "minimum": 0, "maximum": 1],
        ]
        return [
            "Job": object([
                "id": integer, "kind": string, "video_path": orNull(string), "status": choice(JobState.allCases.map(\.rawValue)),
                "progress": ["type": "integer", "minimum": 0, "maximum": 100], "stage": orNull(string), "done": number, "total": orNull(number),
                "unit": orNull(string), "rate": orNull(number), "eta_seconds": orNull(number), "created_at": string, "started_at": orNull(string),
                "completed_at": orNull(string), "error": orNull(string), "error_code": orNull(string), "error_details": orNull(anyObject), "attempt": integer, "max_attempts": integer,
                "retry_at": orNull(string), "priority": integer, "batch": orNull(string), "parent": orNull(integer), "result": orNull(anyObject),
            ]),
            "LibraryVideo": object([
                "id": integer, "path": string, "title": string, "duration": number, "has_ai_data": boolean, "thumbnail_path": orNull(string),
                "position": integer, "phash": orNull(string), "created_at": string, "updated_at": string, "file_size": integer,
                "file_extension": string, "mime_type": string, "codec": string, "width": integer, "height": integer, "fps": number,
                "analysis_model": orNull(string), "tag_count": integer, "timestamp_count": integer, "tags": list(string), "coverage": number,
                "job": orNull(reference("Job")), "available": boolean,
            ]),
            "NewVideo": [
                "type": "object", "properties": ["path": orNull(string), "upload": orNull(string), "url": orNull(string), "title": orNull(string)],
            ],
            "FolderListing": object([
                "path": string, "folders": list(string),
                "files": list(object(["name": string, "path": string, "size": integer, "registered": boolean])),
            ]),
            "Timestamp": object(
                stamp.merging([
                    "id": integer, "video_path": string, "source": choice(["analysis", "manual", "import"]), "job_id": orNull(integer),
                ]) { $1 }),
            "NewTimestamp": object(stamp, optional: ["end_time", "confidence"]),
            "Timeline": object([
                "transcript": list(span), "screen_text": list(span), "objects": list(span), "scenes": list(span), "missing": anyObject,
                "unknown": list(list(number)),
            ]),
            "LibraryHit": object([
                "video_path": string, "title": string, "kind": string, "start": number, "end": orNull(number), "text": string, "confidence": orNull(number),
            ]),
            "AnalysisOptions": ["type": "object", "properties": .object(options)],
            "BatchOptions": [
                "type": "object", "properties": .object(options.merging(["paths": orNull(list(string)), "all": orNull(boolean)]) { $1 }),
            ],
            "Batch": object([
                "batch": string, "jobs": list(object(["video_path": orNull(string), "job_id": integer])),
                "refused": list(object(["video_path": string, "code": string, "message": string])),
            ]),
            "LibrarySettings": object(settings.merging(["id": integer, "updated_at": orNull(string)]) { $1 }),
            "NewLibrarySettings": object(
                settings, optional: ["livekit_url", "frame_interval", "tolerance", "tag_rules", "evidence", "side_car"]),
        ]
    }
}
