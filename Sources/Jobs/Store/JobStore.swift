import Foundation
import Foundations

/// Jobs in the database. Each change of a job is one short transaction whose conditions come from `JobState` and, for workers, from
/// the job's fence: whoever lost a job can't write to it.
public struct JobStore: Sendable {
    /// The channel on which processes tell each other of changed jobs: a job's number, or nothing for many.
    static let channel = "martlet_jobs"

    public let database: any Database

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
        if let own = query.own {
            values += [.text(own.kind), .text(own.owner)]
            conditions.append("(kind <> $\(values.count - 1) OR owner = $\(values.count))")
        }
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

    static func note(_ id: Int64, _ event: String, _ note: String?, _ connection: any SQLConnection) throws {
        try connection.execute(
            "INSERT INTO job_events (job_id, at, event, note) VALUES ($1, $2, $3, $4)",
            [.integer(id), .integer(try connection.now()), .text(event), .optional(note)])
    }

    static func list(_ states: [JobState]) -> String { states.map { "'\($0.rawValue)'" }.joined(separator: ", ") }
    static func list(_ event: JobState.Event) -> String { list(JobState.allowing(event)) }

    /// The state that an event leads to; the table has one for each.
    static func target(_ event: JobState.Event) -> String {
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
