import Foundation
import Foundations

/// What workers do with jobs.
extension JobStore {
    /// Workers that died in a job without any of them coming further than those before, until it counts as failed.
    private static let maxDeaths = 10

    /// Takes the most urgent of the jobs that wait; of serial ones, those whose turn it is.
    /// - Parameters:
    ///   - kinds: those that the worker knows.
    ///   - lease: how long they are its own, unless renewed.
    public func claim(_ kinds: [String], worker: String, lease: Duration, limit: Int) async throws -> [Job] {
        guard !kinds.isEmpty, limit > 0 else { return [] }
        do {
            return try await database.write { try Self.claim(kinds, worker: worker, lease: lease, limit: limit, $0) }
        } catch DatabaseError.conflict {
            // Somebody has just taken a serial job from beside one of these: next time it is seen.
            return []
        }
    }

    private static func claim(
        _ kinds: [String], worker: String, lease: Duration, limit: Int, _ connection: any SQLConnection
    ) throws -> [Job] {
        let now = try connection.now()
        let places = (0..<kinds.count).map { "$\(5 + $0)" }.joined(separator: ", ")
        // A queue grows faster than PostgreSQL counts its rows: what it takes for a few rows to sort may be all of them.
        if connection.dialect == .postgres { try connection.execute("SET LOCAL enable_sort = off") }
        // The second look at its kind finds a younger one that was at work when the elder was asked for again.
        let others = "FROM jobs other WHERE other.kind = jobs.kind AND other.serial_subject = jobs.serial_subject AND other.state"
        let rows = try connection.execute(
            """
            WITH picked AS MATERIALIZED (
                SELECT id FROM jobs WHERE state IN (\(list(.claim))) AND available_at <= $1 AND kind IN (\(places))
                    AND (serial_subject IS NULL
                        OR (id = (SELECT MIN(other.id) \(others) IN (\(list(JobState.open)))) AND NOT EXISTS (SELECT 1 \(others) = 'processing')))
                ORDER BY priority DESC, id LIMIT $2\(connection.dialect.skippingLocked)
            )
            UPDATE jobs SET state = \(target(.claim)), attempt = attempt + 1, fence = fence + 1, worker = $3, lease_until = $4,
                started_at = COALESCE(started_at, $1), rate = NULL, remaining = NULL, version = version + 1
            WHERE id IN (SELECT id FROM picked) RETURNING \(Job.columns)
            """,
            [.integer(now), .integer(limit), .text(worker), .integer(now + lease.microseconds)] + kinds.map(SQLValue.text))
        return try rows.map(Job.init).sorted { ($1.priority, $0.id) < ($0.priority, $1.id) }
    }

    /// Keeps the jobs of a worker its own for longer.
    /// - Returns: those that still are.
    func renew(_ jobs: [Job], lease: Duration) async throws -> Set<Int64> {
        try await database.write { connection in
            let until = try connection.now() + lease.microseconds
            var kept: Set<Int64> = []
            for job in jobs {
                let rows = try connection.execute(
                    "UPDATE jobs SET lease_until = $3 WHERE id = $1 AND fence = $2 AND state = 'processing' RETURNING id",
                    [.integer(job.id), .integer(job.fence), .integer(until)])
                if !rows.isEmpty { kept.insert(job.id) }
            }
            return kept
        }
    }

    /// - Throws: `JobError.leaseLost`.
    func report(_ job: Job, _ progress: JobProgress) async throws -> Job {
        try await database.write { connection in
            try Self.own(
                job, connection, "\(Self.progressFields)",
                [
                    .optional(progress.stage), .real(progress.done), .optional(progress.total), .optional(progress.unit),
                    .real(progress.fraction), .optional(progress.rate), .optional(progress.remaining),
                ])
        }
    }

    private static let progressFields = """
        stage = $3, done = $4, total = $5, unit = $6, fraction = CASE WHEN fraction > $7 THEN fraction ELSE $7 END, \
        deaths = CASE WHEN fraction < $7 THEN 0 ELSE deaths END, rate = $8, remaining = $9
        """

    /// Keeps a finished piece of the job's work, together with what it changes elsewhere in the database.
    /// - Throws: `JobError.leaseLost`; nothing is kept then.
    func commit(
        _ job: Job, _ name: String, _ value: JSONValue, _ effects: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> Job {
        try await database.write { connection in
            let job = try Self.own(job, connection, "deaths = 0", [])
            try connection.execute(
                """
                INSERT INTO job_checkpoints (job_id, name, value) VALUES ($1, $2, $3)
                ON CONFLICT (job_id, name) DO UPDATE SET value = excluded.value
                """, [.integer(job.id), .text(name), .json(value)])
            try effects(connection)
            return job
        }
    }

    /// The finished pieces of a job by name.
    public func checkpoints(of id: Int64) async throws -> [String: JSONValue] {
        try await database.read { connection in
            let rows = try connection.execute("SELECT name, value FROM job_checkpoints WHERE job_id = $1", [.integer(id)])
            return Dictionary(
                rows.compactMap { row in row.text("name").map { ($0, row.json("value") ?? .null) } }, uniquingKeysWith: { $1 })
        }
    }

    /// The job is done; its pieces aren't needed any more.
    /// - Throws: `JobError.leaseLost`; nothing is kept then.
    func complete(
        _ job: Job, _ result: JSONValue, _ effects: @escaping @Sendable (any SQLConnection) throws -> Void
    ) async throws -> Job {
        try await database.write { connection in
            let job = try Self.own(
                job, connection,
                """
                state = \(Self.target(.complete)), result = $3, completed_at = $4, fraction = 1, remaining = NULL, error = NULL, \
                lease_until = NULL, done = COALESCE(total, done)
                """, [.json(result), .integer(try connection.now())])
            try connection.execute("DELETE FROM job_checkpoints WHERE job_id = $1", [.integer(job.id)])
            try effects(connection)
            return job
        }
    }

    /// An attempt failed.
    /// - Parameter retryIn: when to try again; `nil`: never.
    func fail(_ job: Job, _ report: ErrorReport, retryIn: Duration?) async throws -> Job {
        try await database.write { connection in
            let now = try connection.now()
            try Self.note(job.id, "attempt_failed", report.message, connection)
            let common = "error = $3, rate = NULL, remaining = NULL, lease_until = NULL"
            if let retryIn {
                return try Self.own(
                    job, connection, "state = \(Self.target(.failForNow)), available_at = $4, \(common)",
                    [.json(report.stored), .integer(now + retryIn.microseconds)])
            }
            return try Self.own(
                job, connection, "state = \(Self.target(.fail)), completed_at = $4, \(common)", [.json(report.stored), .integer(now)])
        }
    }

    /// Gives a job back unfinished; the attempt doesn't count.
    func release(_ job: Job) async throws -> Job {
        try await database.write { connection in
            try Self.own(
                job, connection,
                "state = \(Self.target(.release)), available_at = $3, attempt = attempt - 1, rate = NULL, remaining = NULL, lease_until = NULL",
                [.integer(try connection.now())])
        }
    }

    /// Takes back the jobs of workers that are gone.
    /// - Parameter isDead: whether a worker is known to be gone, however long its lease.
    package func reclaim(_ isDead: @escaping @Sendable (String) -> Bool) async throws -> [Job] {
        try await database.write { connection in
            let now = try connection.now()
            let rows = try connection.execute(
                "SELECT id, fence, worker, lease_until, deaths FROM jobs WHERE state = 'processing' ORDER BY id\(connection.dialect.skippingLocked)")
            var taken: [Job] = []
            for row in rows {
                guard (row.integer("lease_until") ?? 0) < now || row.text("worker").map(isDead) ?? true, let id = row.integer("id") else { continue }
                let deaths = (row.int("deaths") ?? 0) + 1
                let fields = "deaths = \(deaths), rate = NULL, remaining = NULL, lease_until = NULL, fence = fence + 1, version = version + 1"
                let key: [SQLValue] = [.integer(id), row["fence"]]
                let update =
                    if deaths > Self.maxDeaths {
                        try connection.execute(
                            """
                            UPDATE jobs SET state = \(Self.target(.fail)), error = $3, completed_at = $4, \(fields)
                            WHERE id = $1 AND fence = $2 AND state = 'processing' RETURNING \(Job.columns)
                            """, key + [.json(JobError.keepsDying.report.stored), .integer(now)])
                    } else {
                        try connection.execute(
                            """
                            UPDATE jobs SET state = \(Self.target(.release)), attempt = attempt - 1, available_at = $3, \(fields)
                            WHERE id = $1 AND fence = $2 AND state = 'processing' RETURNING \(Job.columns)
                            """, key + [.integer(now)])
                    }
                guard let job = try update.first.map(Job.init) else { continue }
                try Self.note(id, "worker_lost", nil, connection)
                try connection.notify(Self.channel, String(id))
                taken.append(job)
            }
            return taken
        }
    }

    /// Changes a job on behalf of its worker.
    private static func own(_ job: Job, _ connection: any SQLConnection, _ fields: String, _ values: [SQLValue]) throws -> Job {
        let rows = try connection.execute(
            """
            UPDATE jobs SET \(fields), version = version + 1 WHERE id = $1 AND fence = $2 AND state = 'processing' RETURNING \(Job.columns)
            """, [.integer(job.id), .integer(job.fence)] + values)
        guard let job = try rows.first.map(Job.init) else { throw JobError.leaseLost }
        try connection.notify(channel, String(job.id))
        return job
    }
}
