import Foundation
import Foundations
import Jobs
import VideoAnalysis

/// Jobs and videos as the library's routes show them.
enum LibraryObjects {
    static func video(_ video: LibraryVideo, job: Job?, isAvailable: Bool) -> JSONValue {
        let name = (video.path as NSString)
        let query = "/api/videos/\(encoded(video.path))/thumbnail"
        return [
            "id": .integer(Int(video.id)), "path": .string(video.path), "title": .string(video.title), "duration": .number(video.duration),
            "has_ai_data": .bool(video.hasTags), "thumbnail_path": .string(query), "position": .integer(Int(video.position)),
            "phash": orNull(video.hash), "created_at": time(video.created), "updated_at": time(video.updated), "file_size": .integer(Int(video.bytes)),
            "file_extension": .string(name.pathExtension.lowercased()), "mime_type": .string(mimeType(name.pathExtension.lowercased())),
            "codec": .string(video.codec), "width": .integer(video.width), "height": .integer(video.height), "fps": .number(video.frameRate),
            "analysis_model": orNull(video.analysisModel), "tag_count": .integer(video.tagCount), "timestamp_count": .integer(video.timestampCount),
            "tags": .array(video.tags.map(JSONValue.string)), "coverage": .number(video.coverage), "job": job.map(JobDocument.json) ?? .null,
            "available": .bool(isAvailable),
        ]
    }

    static func timestamp(_ stamp: Timestamp, of path: String) -> JSONValue {
        [
            "id": .integer(Int(stamp.id)), "video_path": .string(path), "tag_name": .string(stamp.tag), "start_time": .number(stamp.start),
            "end_time": orNull(stamp.end), "confidence": .number(stamp.confidence), "source": .string(stamp.source.rawValue),
            "job_id": stamp.job.map { .integer(Int($0)) } ?? .null,
        ]
    }

    static func timeline(_ entries: [TimelineEntry]) -> JSONValue {
        func list(_ kind: TimelineEntry.Kind) -> JSONValue {
            .array(
                entries.filter { $0.kind == kind }.map { entry in
                    var object: [String: JSONValue] = ["start": .number(entry.start), "end": .number(entry.end), "text": .string(entry.text)]
                    if let confidence = entry.confidence { object["confidence"] = .number(confidence) }
                    return .object(object)
                })
        }
        var missing: [String: JSONValue] = [:]
        for entry in entries where entry.kind == .missing {
            let pieces = entry.text.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if pieces.count == 2 { missing[names[pieces[0]] ?? pieces[0]] = .string(pieces[1]) }
        }
        let unknown = entries.filter { $0.kind == .unknown }.map { JSONValue.array([.number($0.start), .number($0.end)]) }
        return [
            "transcript": list(.transcript), "screen_text": list(.screenText), "objects": list(.object), "scenes": list(.scene),
            "missing": .object(missing), "unknown": .array(unknown),
        ]
    }

    /// Evidence names its kinds otherwise than the timeline.
    private static let names = ["speech": "transcript", "text": "screen_text"]

    static func hit(_ hit: LibraryHit) -> JSONValue {
        [
            "video_path": .string(hit.path), "title": .string(hit.title), "kind": .string(hit.kind), "start": .number(hit.start),
            "end": orNull(hit.end), "text": .string(hit.text), "confidence": orNull(hit.confidence),
        ]
    }

    static func settings(_ settings: LibrarySettings, updated: Date?) -> JSONValue {
        let rules = (try? JSONEncoder().encode(settings.rules)).flatMap { try? JSONValue(parsing: $0) } ?? .object([:])
        return [
            "id": 1, "analysis_tags": .string(settings.tags.joined(separator: ",")), "llm_base_url": .string(settings.llmBaseURL),
            "llm_model": .string(settings.model), "max_batch_size": .integer(settings.maxBatchSize), "livekit_url": .string(settings.livekitURL),
            "updated_at": updated.map(time) ?? .null, "frame_interval": .number(settings.frameInterval), "tolerance": .number(settings.tolerance),
            "tag_rules": rules, "evidence": .bool(settings.evidence), "side_car": .string(settings.sideCar.rawValue),
        ]
    }

    private static func time(_ date: Date) -> JSONValue { JobDocument.time(date) }

    /// A download's name (RFC 6266): in a plain form for old clients, in its true one for the others.
    static func attachment(_ name: String) -> String {
        let plain = String(name.unicodeScalars.map { $0.isASCII && $0 != "\"" && $0 != "\\" && $0.value >= 32 && $0.value != 127 ? Character($0) : "_" })
        return "attachment; filename=\"\(plain)\"; filename*=UTF-8''\(encoded(name))"
    }

    static func encoded(_ path: String) -> String {
        path.addingPercentEncoding(withAllowedCharacters: .alphanumerics.intersection(.init(charactersIn: "\u{0}"..."\u{7f}")).union(.init(charactersIn: "-._~"))) ?? path
    }

    private static func mimeType(_ ending: String) -> String {
        switch ending {
        case "mp4", "m4v": "video/mp4"
        case "mov": "video/quicktime"
        case "mkv": "video/x-matroska"
        case "webm": "video/webm"
        case "avi": "video/x-msvideo"
        case "ogv": "video/ogg"
        case "mpg", "mpeg": "video/mpeg"
        case "ts", "m2ts", "mts": "video/mp2t"
        case "wmv": "video/x-ms-wmv"
        case "flv": "video/x-flv"
        case "3gp": "video/3gpp"
        default: "application/octet-stream"
        }
    }

    private static func orNull(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    private static func orNull(_ number: Double?) -> JSONValue { number.map(JSONValue.number) ?? .null }
}
