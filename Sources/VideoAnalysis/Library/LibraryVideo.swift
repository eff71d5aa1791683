import Foundation
import Foundations
import Jobs

/// A video that the library knows.
public struct LibraryVideo: Sendable, Equatable {
    /// Characters of a title.
    public static let maxTitle = 300

    public var id: Int64
    /// What callers name it by: a path inside one of `library.roots`, or `/uploads/<id>/<name>` for a file of Martlet's own.
    public var path: String
    public var title: String
    /// Seconds.
    public var duration: Double
    public var hasTags: Bool
    /// Lower ones come first.
    public var position: Int64
    /// A perceptual hash, 16 hexadecimal characters; `nil` where no frame could be read.
    public var hash: String?
    public var created: Date
    public var updated: Date
    public var bytes: Int64
    public var codec: String
    public var width: Int
    public var height: Int
    public var frameRate: Double
    /// What answered in the newest analysis.
    public var analysisModel: String?
    public var tagCount: Int
    public var timestampCount: Int
    public var tags: [String]
    /// The share of the video that some tag covers, 0 to 1.
    public var coverage: Double

    /// Whether the file is Martlet's own.
    public var isOwned: Bool { LibraryRoots.isOwned(path) }
}

/// A stretch of a video with a tag, or a single moment where `end` is `nil`.
public struct Timestamp: Sendable, Equatable {
    public enum Source: String, Sendable { case analysis, manual, `import` }

    public var id: Int64
    public var tag: String
    /// Seconds.
    public var start: Double
    public var end: Double?
    /// 0 to 1.
    public var confidence: Double
    public var source: Source
    public var job: Int64?

    public init(
        id: Int64 = 0, tag: String, start: Double, end: Double?, confidence: Double, source: Source = .manual, job: Int64? = nil
    ) {
        self.id = id
        self.tag = tag
        self.start = start
        self.end = end
        self.confidence = confidence
        self.source = source
        self.job = job
    }

    /// - Throws: `LibraryError.outOfRange` for what no player could show.
    public func validated() throws -> Timestamp {
        var stamp = self
        stamp.tag = tag.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !stamp.tag.isEmpty, stamp.tag.count <= TagText.maxCharacters else {
            throw LibraryError.outOfRange(field: "tag_name", allowed: "1 to \(TagText.maxCharacters) characters")
        }
        guard start.isFinite, start >= 0 else { throw LibraryError.outOfRange(field: "start_time", allowed: "seconds from 0 on") }
        if let end, !(end.isFinite && end >= start) {
            throw LibraryError.outOfRange(field: "end_time", allowed: "seconds not before start_time")
        }
        guard (0...1).contains(confidence) else { throw LibraryError.outOfRange(field: "confidence", allowed: "between 0 and 1") }
        return stamp
    }
}

/// Something that evidence found in a video, with its time.
public struct TimelineEntry: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case transcript
        case screenText = "screen_text"
        case object
        case scene
        /// A stretch that the analysis couldn't judge.
        case unknown
        /// A kind of evidence that is missing: its name and why.
        case missing
    }

    public var kind: Kind
    public var start: Double
    public var end: Double
    public var text: String
    public var confidence: Double?

    public init(kind: Kind, start: Double, end: Double, text: String, confidence: Double? = nil) {
        self.kind = kind
        self.start = start
        self.end = end
        self.text = text
        self.confidence = confidence
    }
}

/// One find of a search.
public struct LibraryHit: Sendable, Equatable {
    public var path: String
    public var title: String
    /// `tag`, `title` or a kind of timeline.
    public var kind: String
    public var start: Double
    public var end: Double?
    public var text: String
    public var confidence: Double?
}

enum TagText {
    static let maxCharacters = 80

    /// The tags of a comma-separated list, trimmed, without blanks and repeats.
    static func list(_ text: String) -> [String] {
        var seen: Set<String> = []
        return text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }
}
