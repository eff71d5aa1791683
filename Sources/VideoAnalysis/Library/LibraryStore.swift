import Foundation
import Foundations
import Jobs

/// The library in the database. Functions that take a connection run inside somebody's transaction.
struct LibraryStore: Sendable {
    let database: any Database

    init(_ database: any Database) async throws {
        self.database = database
        try await database.migrate("library", LibrarySchema.migrations)
    }

    // MARK: Videos

    private static let columns = """
        v.id, v.path, v.title, v.duration, v.has_tags, v.position, v.hash, v.created_at, v.updated_at, v.bytes, v.codec, v.width, \
        v.height, v.frame_rate, v.analysis_model, v.coverage
        """

    enum Order: String, CaseIterable, Sendable {
        case position, title, created, duration

        var sql: String {
            switch self {
            case .position: "v.position, v.id"
            case .title: "LOWER(v.title), v.id"
            case .created: "v.created_at DESC, v.id DESC"
            case .duration: "v.duration DESC, v.id"
            }
        }
    }

    func video(_ path: String) async throws -> LibraryVideo {
        try await database.read { try Self.video(path, $0) }
    }

    static func video(_ path: String, _ connection: any SQLConnection) throws -> LibraryVideo {
        let rows = try connection.execute("SELECT \(columns) FROM library_videos v WHERE v.path = $1", [.text(path)])
        guard let video = try withTags(rows, connection).first else { throw LibraryError.videoNotFound }
        return video
    }

    /// - Parameter status: of the newest analysis, or `none` for videos without one.
    /// - Returns: a page of videos, and how many there are in all.
    func videos(search: String?, status: String?, order: Order, skip: Int, limit: Int) async throws -> (videos: [LibraryVideo], total: Int) {
        try await database.read { connection in
            var conditions: [String] = []
            var values: [SQLValue] = []
            if let search, !search.isEmpty {
                values.append(.text(Self.pattern(search)))
                conditions.append(
                    """
                    (LOWER(v.title) LIKE $\(values.count) ESCAPE '!' OR LOWER(v.path) LIKE $\(values.count) ESCAPE '!' OR EXISTS
                        (SELECT 1 FROM library_timestamps t WHERE t.video_id = v.id AND LOWER(t.tag) LIKE $\(values.count) ESCAPE '!'))
                    """)
            }
            if let status {
                let newest = "(SELECT j.state FROM jobs j WHERE j.subject = v.path AND j.kind = '\(TagAnalysis.kind)' ORDER BY j.id DESC LIMIT 1)"
                if status == "none" {
                    conditions.append("\(newest) IS NULL")
                } else {
                    values.append(.text(status))
                    conditions.append("\(newest) = $\(values.count)")
                }
            }
            let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
            let total = try connection.execute("SELECT COUNT(*) AS number FROM library_videos v \(filter)", values).first?.int("number") ?? 0
            let rows = try connection.execute(
                "SELECT \(Self.columns) FROM library_videos v \(filter) ORDER BY \(order.sql) LIMIT $\(values.count + 1) OFFSET $\(values.count + 2)",
                values + [.integer(limit), .integer(skip)])
            return (try Self.withTags(rows, connection), total)
        }
    }

    func paths() async throws -> [String] {
        try await database.read { try $0.execute("SELECT path FROM library_videos ORDER BY position, id").compactMap { $0.text("path") } }
    }

    /// Adds a video at the front, with the timestamps that it brings, all or nothing.
    /// - Throws: `LibraryError.exists`, `duplicate`.
    func insert(_ video: LibraryVideo, _ stamps: [Timestamp]) async throws -> LibraryVideo {
        try await database.write { try Self.insert(video, stamps, $0) }
    }

    static func insert(_ video: LibraryVideo, _ stamps: [Timestamp], _ connection: any SQLConnection) throws -> LibraryVideo {
        try check(video, connection)
        let now = try connection.now()
        let rows = try connection.execute(
            """
            INSERT INTO library_videos (path, title, duration, position, hash, created_at, updated_at, bytes, codec, width, height, frame_rate)
            VALUES ($1, $2, $3, (SELECT COALESCE(MIN(position), 1) - 1 FROM library_videos), $4, $5, $5, $6, $7, $8, $9, $10)
            ON CONFLICT DO NOTHING RETURNING id
            """,
            [
                .text(video.path), .text(video.title), .real(video.duration), .optional(video.hash), .integer(now), .integer(video.bytes),
                .text(video.codec), .integer(video.width), .integer(video.height), .real(video.frameRate),
            ])
        guard let id = rows.first?.integer("id") else { throw LibraryError.exists(path: video.path) }
        try Self.insert(stamps, id, connection)
        try Self.refresh(id, connection)
        return try Self.video(video.path, connection)
    }

    func check(_ video: LibraryVideo) async throws { try await database.read { try Self.check(video, $0) } }

    private static func check(_ video: LibraryVideo, _ connection: any SQLConnection) throws {
        guard let hash = video.hash else { return }
        for row in try connection.execute("SELECT path, hash FROM library_videos WHERE hash IS NOT NULL") {
            guard let other = row.text("path"), other != video.path, let known = row.text("hash") else { continue }
            if PerceptualHash.distance(hash, known) <= PerceptualHash.sameWithin { throw LibraryError.duplicate(path: other) }
        }
    }

    func moveToFront(_ path: String) async throws -> LibraryVideo {
        try await update(path, "position = (SELECT MIN(position) - 1 FROM library_videos)", [])
    }

    func rename(_ path: String, _ title: String) async throws -> LibraryVideo { try await update(path, "title = $2", [.text(title)]) }

    private func update(_ path: String, _ change: String, _ values: [SQLValue]) async throws -> LibraryVideo {
        try await database.write { connection in
            try connection.execute("UPDATE library_videos SET \(change) WHERE path = $1", [.text(path)] + values)
            return try Self.video(path, connection)
        }
    }

    /// Forgets a video with its timestamps and its jobs.
    func remove(_ path: String) async throws {
        try await database.write { connection in
            let rows = try connection.execute("DELETE FROM library_videos WHERE path = $1 RETURNING id", [.text(path)])
            guard !rows.isEmpty else { throw LibraryError.videoNotFound }
            try connection.execute("DELETE FROM jobs WHERE subject = $1 AND kind = $2", [.text(path), .text(TagAnalysis.kind)])
        }
    }

    private static func withTags(_ rows: [SQLRow], _ connection: any SQLConnection) throws -> [LibraryVideo] {
        guard !rows.isEmpty else { return [] }
        let ids = rows.compactMap { $0.integer("id") }
        let places = (1...ids.count).map { "$\($0)" }.joined(separator: ", ")
        var tags: [Int64: [(String, Int)]] = [:]
        let counted = try connection.execute(
            "SELECT video_id, tag, COUNT(*) AS number FROM library_timestamps WHERE video_id IN (\(places)) GROUP BY video_id, tag ORDER BY tag",
            ids.map { .integer($0) })
        for row in counted {
            if let id = row.integer("video_id"), let tag = row.text("tag") { tags[id, default: []].append((tag, row.int("number") ?? 0)) }
        }
        return rows.compactMap { row in
            guard let id = row.integer("id"), let path = row.text("path"), let created = row.date("created_at"), let updated = row.date("updated_at")
            else { return nil }
            let own = tags[id] ?? []
            return LibraryVideo(
                id: id, path: path, title: row.text("title") ?? "", duration: row.double("duration") ?? 0, hasTags: row.bool("has_tags"),
                position: row.integer("position") ?? 0, hash: row.text("hash"), created: created, updated: updated,
                bytes: row.integer("bytes") ?? 0, codec: row.text("codec") ?? "", width: row.int("width") ?? 0, height: row.int("height") ?? 0,
                frameRate: row.double("frame_rate") ?? 0, analysisModel: row.text("analysis_model"), tagCount: own.count,
                timestampCount: own.reduce(0) { $0 + $1.1 }, tags: own.map(\.0), coverage: row.double("coverage") ?? 0)
        }
    }

    // MARK: Timestamps

    func timestamps(_ path: String) async throws -> [Timestamp] {
        try await database.read { connection in
            let video = try Self.video(path, connection)
            return try connection.execute(
                """
                SELECT id, tag, start_time, end_time, confidence, source, job_id FROM library_timestamps WHERE video_id = $1
                ORDER BY start_time, id
                """, [.integer(video.id)]
            ).map(Self.timestamp)
        }
    }

    private static func timestamp(_ row: SQLRow) -> Timestamp {
        Timestamp(
            id: row.integer("id") ?? 0, tag: row.text("tag") ?? "", start: row.double("start_time") ?? 0, end: row.double("end_time"),
            confidence: row.double("confidence") ?? 0, source: row.text("source").flatMap(Timestamp.Source.init) ?? .manual,
            job: row.integer("job_id"))
    }

    func add(_ stamp: Timestamp, to path: String) async throws -> Timestamp {
        try await database.write { connection in
            let video = try Self.video(path, connection)
            let id = try Self.insert([stamp], video.id, connection).first ?? 0
            try Self.refresh(video.id, connection)
            var stamp = stamp
            stamp.id = id
            return stamp
        }
    }

    func change(_ stamp: Timestamp, of path: String) async throws -> Timestamp {
        try await database.write { connection in
            let video = try Self.video(path, connection)
            let rows = try connection.execute(
                """
                UPDATE library_timestamps SET tag = $3, start_time = $4, end_time = $5, confidence = $6, source = $7 WHERE id = $1 AND video_id = $2
                RETURNING id, tag, start_time, end_time, confidence, source, job_id
                """,
                [
                    .integer(stamp.id), .integer(video.id), .text(stamp.tag), .real(stamp.start), .optional(stamp.end), .real(stamp.confidence),
                    .text(stamp.source.rawValue),
                ])
            guard let row = rows.first else { throw LibraryError.timestampNotFound }
            try Self.refresh(video.id, connection)
            return Self.timestamp(row)
        }
    }

    func removeTimestamp(_ id: Int64, of path: String) async throws {
        try await database.write { connection in
            let video = try Self.video(path, connection)
            let rows = try connection.execute(
                "DELETE FROM library_timestamps WHERE id = $1 AND video_id = $2 RETURNING id", [.integer(id), .integer(video.id)])
            guard !rows.isEmpty else { throw LibraryError.timestampNotFound }
            try Self.refresh(video.id, connection)
        }
    }

    @discardableResult
    private static func insert(_ stamps: [Timestamp], _ video: Int64, _ connection: any SQLConnection) throws -> [Int64] {
        try stamps.compactMap { stamp in
            try connection.execute(
                """
                INSERT INTO library_timestamps (video_id, tag, start_time, end_time, confidence, source, job_id)
                VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id
                """,
                [
                    .integer(video), .text(stamp.tag), .real(stamp.start), .optional(stamp.end), .real(stamp.confidence),
                    .text(stamp.source.rawValue), .optional(stamp.job),
                ]
            ).first?.integer("id")
        }
    }

    /// Brings what is kept of a video's timestamps as a whole up to date.
    private static func refresh(_ video: Int64, _ connection: any SQLConnection) throws {
        let rows = try connection.execute(
            """
            SELECT t.start_time, t.end_time, v.duration FROM library_videos v LEFT JOIN library_timestamps t ON t.video_id = v.id
            WHERE v.id = $1 ORDER BY t.start_time
            """, [.integer(video)])
        let duration = rows.first?.double("duration") ?? 0
        var covered = 0.0
        var reached = 0.0
        var hasTags = false
        for row in rows {
            guard let start = row.double("start_time") else { continue }
            hasTags = true
            // A single moment counts as a second.
            let end = min(row.double("end_time") ?? start + 1, duration)
            covered += max(0, end - max(start, reached))
            reached = max(reached, end)
        }
        try connection.execute(
            "UPDATE library_videos SET has_tags = $2, coverage = $3, updated_at = $4 WHERE id = $1",
            [.integer(video), .bool(hasTags), .real(duration > 0 ? min(1, covered / duration) : 0), .integer(try connection.now())])
    }

    // MARK: Analyses

    /// Puts an analysis' result in the place of the one before. What people wrote themselves stays.
    static func replaceAnalysis(
        of path: String, _ stamps: [Timestamp], unknown: [TimelineEntry], model: String, _ connection: any SQLConnection
    ) throws {
        let video = try video(path, connection)
        try connection.execute(
            "DELETE FROM library_timestamps WHERE video_id = $1 AND source <> 'manual'", [.integer(video.id)])
        try insert(stamps, video.id, connection)
        try replace(unknown, kinds: [.unknown], video.id, connection)
        try connection.execute("UPDATE library_videos SET analysis_model = $2 WHERE id = $1", [.integer(video.id), .text(model)])
        try refresh(video.id, connection)
    }

    static func replaceEvidence(of path: String, _ entries: [TimelineEntry], _ connection: any SQLConnection) throws {
        try replace(entries, kinds: TimelineEntry.Kind.allCases.filter { $0 != .unknown }, try video(path, connection).id, connection)
    }

    private static func replace(
        _ entries: [TimelineEntry], kinds: [TimelineEntry.Kind], _ video: Int64, _ connection: any SQLConnection
    ) throws {
        let names = kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        try connection.execute("DELETE FROM library_timeline WHERE video_id = $1 AND kind IN (\(names))", [.integer(video)])
        for entry in entries {
            try connection.execute(
                "INSERT INTO library_timeline (video_id, kind, start_time, end_time, text, confidence) VALUES ($1, $2, $3, $4, $5, $6)",
                [
                    .integer(video), .text(entry.kind.rawValue), .real(entry.start), .real(entry.end), .text(entry.text), .optional(entry.confidence),
                ])
        }
    }

    func timeline(_ path: String) async throws -> [TimelineEntry] {
        try await database.read { connection in
            let video = try Self.video(path, connection)
            return try connection.execute(
                "SELECT kind, start_time, end_time, text, confidence FROM library_timeline WHERE video_id = $1 ORDER BY start_time, id",
                [.integer(video.id)]
            ).compactMap { row in
                row.text("kind").flatMap(TimelineEntry.Kind.init).map {
                    TimelineEntry(
                        kind: $0, start: row.double("start_time") ?? 0, end: row.double("end_time") ?? 0, text: row.text("text") ?? "",
                        confidence: row.double("confidence"))
                }
            }
        }
    }

    // MARK: Search

    /// - Parameter kinds: `tag`, `title` and kinds of timeline; empty: all of them.
    func search(_ text: String, kinds: Set<String>, limit: Int) async throws -> [LibraryHit] {
        let pattern = Self.pattern(text)
        return try await database.read { connection in
            var hits: [LibraryHit] = []
            func wants(_ kind: String) -> Bool { kinds.isEmpty || kinds.contains(kind) }
            func find(_ sql: String) throws {
                guard hits.count < limit else { return }
                hits += try connection.execute(sql, [.text(pattern), .integer(limit - hits.count)]).map { row in
                    LibraryHit(
                        path: row.text("path") ?? "", title: row.text("title") ?? "", kind: row.text("kind") ?? "",
                        start: row.double("start_time") ?? 0, end: row.double("end_time"), text: row.text("text") ?? "",
                        confidence: row.double("confidence"))
                }
            }
            if wants("title") {
                try find(
                    """
                    SELECT path, title, 'title' AS kind, title AS text FROM library_videos WHERE LOWER(title) LIKE $1 ESCAPE '!'
                    ORDER BY position LIMIT $2
                    """)
            }
            if wants("tag") {
                try find(
                    """
                    SELECT v.path, v.title, 'tag' AS kind, t.tag AS text, t.start_time, t.end_time, t.confidence FROM library_timestamps t
                    JOIN library_videos v ON v.id = t.video_id WHERE LOWER(t.tag) LIKE $1 ESCAPE '!' ORDER BY v.position, t.start_time LIMIT $2
                    """)
            }
            let timeline = TimelineEntry.Kind.allCases.filter { $0 != .unknown && $0 != .missing && wants($0.rawValue) }
            if !timeline.isEmpty {
                let names = timeline.map { "'\($0.rawValue)'" }.joined(separator: ", ")
                try find(
                    """
                    SELECT v.path, v.title, e.kind, e.text, e.start_time, e.end_time, e.confidence FROM library_timeline e
                    JOIN library_videos v ON v.id = e.video_id WHERE e.kind IN (\(names)) AND LOWER(e.text) LIKE $1 ESCAPE '!'
                    ORDER BY v.position, e.start_time LIMIT $2
                    """)
            }
            return hits
        }
    }

    /// For `LIKE … ESCAPE '!'`: the text anywhere, its own wildcards meaning nothing.
    private static func pattern(_ text: String) -> String {
        let escaped = text.lowercased().map { "!%_".contains($0) ? "!\($0)" : String($0) }.joined()
        return "%\(escaped)%"
    }

    // MARK: Settings

    func settings() async throws -> (settings: LibrarySettings, updated: Date?) {
        try await database.read { connection in
            guard let row = try connection.execute("SELECT value, updated_at FROM library_settings WHERE id = 1").first,
                let text = row.text("value"), let settings = try? JSONDecoder().decode(LibrarySettings.self, from: Data(text.utf8))
            else { return (LibrarySettings(), nil) }
            return (settings, row.date("updated_at"))
        }
    }

    func save(_ settings: LibrarySettings) async throws {
        let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        _ = try await database.write { connection in
            try connection.execute(
                """
                INSERT INTO library_settings (id, value, updated_at) VALUES (1, $1, $2)
                ON CONFLICT (id) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at
                """, [.text(text), .integer(try connection.now())])
        }
    }
}
