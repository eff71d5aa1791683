import Foundation
import Foundations

/// The `.AI.json` file with a video's tags over time, as players of this format read it, and Martlet's own facts beside them.
public enum SideCar {
    public static let suffix = ".AI.json"
    static let category = "actiondetection"
    /// A file larger than this isn't one.
    private static let maxBytes = 64 << 20

    /// What an analysis adds to the tags.
    struct Facts: Sendable {
        var frameInterval: Double
        var threshold: Double
        var model: String?
        var job: Int64?
        var calls: Int?
    }

    // MARK: Reading

    /// The timestamps of the file beside a video; none where there is no file. Blocks.
    /// - Throws: `LibraryError.badSidecar`.
    static func read(besides video: URL) throws -> [Timestamp] {
        let file = URL(fileURLWithPath: video.path + suffix)
        guard let size = try? file.resourceValues(forKeys: [.fileSizeKey, .isRegularFileKey]), size.isRegularFile == true else { return [] }
        guard (size.fileSize ?? 0) <= maxBytes, let data = try? Data(contentsOf: file) else { throw LibraryError.badSidecar }
        return try timestamps(data)
    }

    /// - Throws: `LibraryError.badSidecar`.
    public static func timestamps(_ data: Data) throws -> [Timestamp] {
        guard let document = try? JSONValue(parsing: data), let tags = document["tags"]?.objectValue else { throw LibraryError.badSidecar }
        var stamps: [Timestamp] = []
        for (tag, entry) in tags.sorted(by: { $0.key < $1.key }) {
            for frame in entry["time_frames"]?.arrayValue ?? [] {
                let stamp = Timestamp(
                    tag: tag, start: frame["start"]?.doubleValue ?? 0, end: frame["end"]?.doubleValue,
                    confidence: frame["confidence"]?.doubleValue ?? 0, source: .import)
                guard let valid = try? stamp.validated() else { throw LibraryError.badSidecar }
                stamps.append(valid)
            }
        }
        return stamps
    }

    // MARK: Writing

    static func document(of video: LibraryVideo, _ stamps: [Timestamp], _ facts: Facts?) -> JSONValue {
        var tags: [String: JSONValue] = [:]
        var totals: [String: JSONValue] = [:]
        for (tag, own) in Dictionary(grouping: stamps, by: \.tag) {
            let frames = own.sorted { $0.start < $1.start }.map { stamp in
                var frame: [String: JSONValue] = ["start": .number(rounded(stamp.start)), "confidence": .number(rounded(stamp.confidence))]
                if let end = stamp.end { frame["end"] = .number(rounded(end)) }
                return JSONValue.object(frame)
            }
            tags[tag] = ["ai_model_name": .string(category), "time_frames": .array(frames)]
            totals[tag] = .number(rounded(own.reduce(0) { $0 + max(0, ($1.end ?? $1.start) - $1.start) }))
        }
        var metadata: [String: JSONValue] = ["video_id": .integer(Int(video.id)), "duration": .number(video.duration)]
        if let hash = video.hash { metadata["phash"] = .string(hash) }
        if let facts {
            metadata["models"] = [
                category: [
                    "version": 1.0,
                    "ai_model_config": ["frame_interval": .number(facts.frameInterval), "threshold": .number(facts.threshold)],
                ]
            ]
        }
        return [
            "video_metadata": .object(metadata), "tags": .object(tags),
            "martlet": [
                "version": .string(Version.text), "written": .string(Date().formatted(.iso8601)), "title": .string(video.title),
                "model": facts?.model.map(JSONValue.string) ?? .null, "job_id": facts?.job.map { .integer(Int($0)) } ?? .null,
                "calls": facts?.calls.map(JSONValue.integer) ?? .null, "tag_totals": .object(totals),
            ],
        ]
    }

    /// Writes the file beside `name`: whole or not at all. Blocks.
    static func write(_ document: JSONValue, to file: URL) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try document.encoded(pretty: true).write(to: file, options: .atomic)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

/// Tags over time for other programs.
public enum TimelineExport {
    /// WebVTT (https://www.w3.org/TR/webvtt1/): one cue a span, as chapters.
    public static func webVTT(_ stamps: [Timestamp], duration: Double) -> String {
        var text = "WEBVTT\n"
        for (number, stamp) in stamps.sorted(by: { ($0.start, $0.tag) < ($1.start, $1.tag) }).enumerated() {
            let end = max(stamp.end ?? min(stamp.start + 1, max(duration, stamp.start)), stamp.start + 0.001)
            text += "\n\(number + 1)\n\(clock(stamp.start)) --> \(clock(end))\n\(escaped(stamp.tag))\n"
        }
        return text
    }

    /// RFC 4180, with a head.
    public static func csv(_ stamps: [Timestamp]) -> String {
        var text = "tag_name,start_time,end_time,confidence,source\r\n"
        for stamp in stamps.sorted(by: { ($0.start, $0.tag) < ($1.start, $1.tag) }) {
            let fields = [
                stamp.tag, seconds(stamp.start), stamp.end.map(seconds) ?? "", String(format: "%.3f", stamp.confidence), stamp.source.rawValue,
            ]
            text += fields.map(quoted).joined(separator: ",") + "\r\n"
        }
        return text
    }

    private static func seconds(_ value: Double) -> String { String(format: "%.3f", value) }

    private static func quoted(_ field: String) -> String {
        // Spreadsheets take some first characters for formulas.
        let field = "=+-@\t\r".contains(field.first ?? " ") ? "'" + field : field
        guard field.contains(where: { "\",\r\n".contains($0) }) else { return field }
        return "\"" + field.replacingOccurrences(of: "\"", with: "\"\"") + "\""
    }

    private static func clock(_ seconds: Double) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        return String(
            format: "%02d:%02d:%02d.%03d", milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60, milliseconds % 1000)
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
            .split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
