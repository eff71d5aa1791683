import Foundation
import Foundations

/// Jobs in the database. Each change of a job is one short transaction whose conditions come from `JobState` and, for workers, from
/// the job's fence: whoever lost a job can't write to it.
public struct JobStore: Sendable {
    /// The channel on which processes tell each other of changed jobs: a job's number, or nothing for many.
    static let channel = "martlet_jobs"

    public let database: any Database

    /// Workers that died in a job without any of them coming further than those before, until it counts as failed.
    private static let maxDeaths = 10
    private static let rowsPerStatement = 500

    /// Makes the tables, or brings them up to date.
    /// - Throws: `DatabaseError`.
    public init(_ database: any Database) async throws {
        self.database = database
        try await database.migrate("jobs", JobSchema.migrations)
    }

    // MARK: Submitting

    /// Keeps new jobs, all or none.
    /// - Returns: the jobs in the order of the requests; for a known idempotency key the job from then.
    /// - Throws: `JobError.inProgress`.
    public func submit(_ requests: [JobRequest]) async throws -> [Job] {
        try await database.write { try Self.submit(requests, $0) }
    }

    /// Like `submit(_:)`, for those who are inside a transaction.
    static func submit(_ requests: [JobRequest], _ connection: any SQLConnection) throws -> [Job] {
        var jobs: [Job] = []
        var plain: [JobRequest] = []
        func flush() throws {
            for start in stride(from: 0, to: plain.count, by: rowsPerStatement) {
                jobs += try insert(Array(plain[start..<min(plain.count, start + rowsPerStatement)]), connection)
            }
            plain = []
        }
        for request in requests {
            if !request.isExclusive, request.idempotencyKey == nil {
                plain.append(request)
                continue
            }
            try flush()
            if let job = try insert([request], connection).first ?? same(as: request, connection) {
                jobs.append(job)
            } else if let other = try other(than: request, connection) {
                throw JobError.inProgress(id: other)
            } else {
                throw DatabaseError.busy
            }
        }
        try flush()
        try connection.notify(channel, jobs.count == 1 ? String(jobs[0].id) : "")
        return jobs
    }

    private static func insert(_ requests: [JobRequest], _ connection: any SQLConnection) throws -> [Job] {
        let now = try connection.now()
        var values: [SQLValue] = []
        var rows: [String] = []
        for request in requests {
            let fields: [SQLValue] = [
                .text(request.kind), .text(JobState.pending.rawValue), .json(request.payload), .optional(request.subject),
                .optional(request.isExclusive ? request.subject ?? "" : nil), .optional(request.isSerial ? request.subject ?? "" : nil),
                .text(request.owner), .integer(request.priority), .optional(request.batch), .optional(request.parent),
                .optional(request.idempotencyKey), .integer(max(1, request.maxAttempts)), .integer(now), .integer(now),
            ]
            rows.append("(\((1...fields.count).map { "$\(values.count + $0)" }.joined(separator: ", ")))")
            values += fields
        }
        let inserted = try connection.execute(
            """
            INSERT INTO jobs (kind, state, payload, subject, exclusive_subject, serial_subject, owner, priority, batch, parent,
                idempotency_key, max_attempts, created_at, available_at)
            VALUES \(rows.joined(separator: ", ")) ON CONFLICT DO NOTHING RETURNING \(Job.columns)
            """, values)
        return try inserted.map(Job.init).sorted { $0.id < $1.id }
    }

    private static func same(as request: JobRequest, _ connection: any SQLConnection) throws -> Job? {
        guard let key = request.idempotencyKey else { return nil }
        return try connection.execute(
            "SELECT \(Job.columns) FROM jobs WHERE owner = $1 AND idempotency_key = $2", [.text(request.owner), .text(key)]
        ).first.map(Job.init)
    }

    private static func other(than request: JobRequest, _ connection: any SQLConnection) throws -> Int64? {
        try connection.execute(
            "SELECT id FROM jobs WHERE kind = $1 AND exclusive_subject = $2 AND state IN (\(list(JobState.open)))",
            [.text(request.kind), .text(request.subject ?? "")]
        ).first?.integer("id")
    }

    // MARK: Looking

    /// - Throws: `JobError.notFound`.
    public func job(_ id: Int64) async throws -> Job {
        try await database.read { connection in
            guard let job = try Self.job(id, connection) else { throw JobError.notFound }
            return job
        }
    }

    private static func job(_ id: Int64, _ connection: any SQLConnection) throws -> Job? {
        try connection.execute("SELECT \(Job.columns) FROM jobs WHERE id = $1", [.integer(id)]).first.map(Job.init)
    }

    /// Jobs, newest first.
    public func jobs(_ query: JobQuery) async throws -> [Job] {
        try await database.read { try Self.jobs(query, $0) }
    }

    /// - Returns: the jobs, newest first. For those who are inside a transaction.
    public static func jobs(_ query: JobQuery, _ connection: any SQLConnection) throws -> [Job] {
        var conditions: [String] = []
        var values: [SQLValue] = []
        func require(_ column: String, _ value: SQLValue?) {
            guard let value else { return }
            values.append(value)
            conditions.append("\(column) = $\(values.count)")
        }
        if let states = query.states { conditions.append("state IN (\(list(states)))") }
        require("kind", query.kind.map(SQLValue.text))
        require("subject", query.subject.map(SQLValue.text))
        require("batch", query.batch.map(SQLValue.text))
        require("parent", query.parent.map(SQLValue.integer))
        values += [.integer(query.limit), .integer(query.skip)]
        let filter = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try connection.execute(
            "SELECT \(Job.columns) FROM jobs \(filter) ORDER BY id DESC LIMIT $\(values.count - 1) OFFSET $\(values.count)", values
        ).map(Job.init)
    }

    /// The newest job of a kind for each of the subjects that have one.
    public func newest(_ kind: String, of subjects: [String]) async throws -> [String: Job] {
        guard !subjects.isEmpty else { return [:] }
        return try await database.read { connection in
            let places = (0..<subjects.count).map { "$\(2 + $0)" }.joined(separator: ", ")
            let rows = try connection.execute(
                "SELECT \(Job.columns) FROM jobs WHERE id IN (SELECT MAX(id) FROM jobs WHERE kind = $1 AND subject IN (\(places)) GROUP BY subject)",
                [.text(kind)] + subjects.map(SQLValue.text))
            return Dictionary(try rows.map(Job.init).compactMap { job in job.subject.map { ($0, job) } }, uniquingKeysWith: { $1 })
        }
    }

    /// How many jobs there are in each state.
    public func counts() async throws -> [JobState: Int] {
        try await database.read { connection in
            let rows = try connection.execute("SELECT state, COUNT(*) AS number FROM jobs GROUP BY state")
            return Dictionary(
                rows.compactMap { row in row.text("state").flatMap(JobState.init).map { ($0, row.int("number") ?? 0) } },
                uniquingKeysWith: +)
        }
    }

    /// How many jobs wait, counted up to `limit`.
    package func waiting(upTo limit: Int) async throws -> Int {
        try await database.read { connection in
            let rows = try connection.execute(
                "SELECT COUNT(*) AS number FROM (SELECT 1 AS one FROM jobs WHERE state IN (\(Self.list(.claim))) LIMIT $1) AS waiting",
                [.integer(limit)])
            return rows.first?.int("number") ?? 0
        }
    }

    /// What happened to a job beside what its own fields tell, oldest first.
    public func events(of id: Int64) async throws -> [JobEvent] {
        try await database.read { connection in
            try connection.execute("SELECT at, event, note FROM job_events WHERE job_id = $1 ORDER BY id", [.integer(id)]).compactMap { row in
                row.date("at").map { JobEvent(at: $0, event: row.text("event") ?? "", note: row.text("note")) }
            }
        }
    }

    // MARK: People's wishes

    /// Stops a job. The worker that has it can't write any more from here on.
    /// - Throws: `JobError.notFound`, `cannotCancel`.
    public func cancel(_ id: Int64) async throws -> Job {
        try await change(id, .cancel, else: JobError.cannotCancel) { connection in
            (
                "completed_at = $2, error = $3, fence = fence + 1, lease_until = NULL, remaining = NULL",
                [.integer(try connection.now()), .json(JobError.cancelled.report.stored)], "cancelled", nil
            )
        }
    }

    /// Has a failed or cancelled job tried again, from its last checkpoint on.
    /// - Throws: `JobError.notFound`, `cannotRetry`, `inProgress`.
    public func retry(_ id: Int64) async throws -> Job {
        do {
            return try await change(id, .retry, else: JobError.cannotRetry) { connection in
                (
                    """
                    available_at = $2, attempt = 0, deaths = 0, started_at = NULL, completed_at = NULL, error = NULL, result = NULL, \
                    rate = NULL, remaining = NULL
                    """, [.integer(try connection.now())], "retried", nil
                )
            }
        } catch DatabaseError.conflict {
            let job = try await job(id)
            let others = try await jobs(JobQuery(states: JobState.open, kind: job.kind, subject: job.subject, limit: 1))
            throw JobError.inProgress(id: others.first?.id ?? id)
        }
    }

    private func change(
        _ id: Int64, _ event: JobState.Event, else refusal: @escaping @Sendable (JobState) -> JobError,
        _ fields: @escaping @Sendable (any SQLConnection) throws -> (set: String, values: [SQLValue], event: String, note: String?)
    ) async throws -> Job {
        try await database.write { connection in
            let change = try fields(connection)
            let rows = try connection.execute(
                """
                UPDATE jobs SET state = \(Self.target(event)), version = version + 1, \(change.set)
                WHERE id = $1 AND state IN (\(Self.list(event))) RETURNING \(Job.columns)
                """, [.integer(id)] + change.values)
            guard let job = try rows.first.map(Job.init) else {
                guard let job = try Self.job(id, connection) else { throw JobError.notFound }
                throw refusal(job.state)
            }
            try Self.note(id, change.event, change.note, connection)
            try connection.notify(Self.channel, String(id))
            return job
        }
    }

    /// Forgets jobs that ended before `date`.
    /// - Returns: how many.
    public func prune(endedBefore date: Date) async throws -> Int {
        var total = 0
        while true {
            let gone = try await database.write { connection in
                try connection.execute(
                    """
                    DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE completed_at IS NOT NULL AND completed_at < $1
                        AND state IN (\(Self.list(JobState.allCases.filter(\.isOver)))) ORDER BY completed_at LIMIT 1000) RETURNING id
                    """, [.date(date)]
                ).count
            }
            total += gone
            if gone == 0 { return total }
            try Task.checkCancellation()
        }
    }

    // MARK: Workers

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

    private static func note(_ id: Int64, _ event: String, _ note: String?, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO job_events (job_id, at, event, note) VALUES ($1, $2, $3, $4)",
            [.integer(id), .integer(try connection.now()), .text(event), .optional(note)])
    }

    private static func list(_ states: [JobState]) -> String { states.map { "'\($0.rawValue)'" }.joined(separator: ", ") }
    private static func list(_ event: JobState.Event) -> String { list(JobState.allowing(event)) }

    /// The state that an event leads to; the table has one for each.
    private static func target(_ event: JobState.Event) -> String {
        list(Array(Set(JobState.allCases.compactMap { $0.after(event) })))
    }
}

/// Something that happened to a job.
public struct JobEvent: Sendable, Equatable {
    public var at: Date
    /// `attempt_failed`, `worker_lost`, `cancelled` or `retried`.
    public var event: String
    public var note: String?
}

extension Duration {
    var microseconds: Int64 { Int64(self / .microseconds(1)) }
}
