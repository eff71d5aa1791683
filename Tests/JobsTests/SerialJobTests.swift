import Foundation
import Foundations
import Jobs
import Logging
import Synchronization
import Testing

/// Jobs of one kind and subject that go one after the other.
@Suite struct SerialJobTests {
    private static func request(_ subject: String, kind: String = "k", priority: Int = 0) -> JobRequest {
        JobRequest(kind: kind, subject: subject, isSerial: true, priority: priority)
    }

    private static func claim(_ store: JobStore, limit: Int = 10, lease: Duration = .seconds(60)) async throws -> [Int64] {
        try await store.claim(["k", "other"], worker: "w", lease: lease, limit: limit).map(\.id)
    }

    @Test(arguments: TestDatabase.allCases) func theEldestGoesFirstAndAlone(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            // Priority orders different subjects, never those of one.
            let jobs = try await store.submit([
                Self.request("a"), Self.request("a", priority: 5), Self.request("b"), Self.request("a", kind: "other"),
                JobRequest(kind: "k", subject: "a"),
            ]).map(\.id)
            #expect(try await Self.claim(store) == [jobs[0], jobs[2], jobs[3], jobs[4]])
            #expect(try await Self.claim(store).isEmpty)
            _ = try await store.cancel(jobs[0])
            #expect(try await Self.claim(store) == [jobs[1]])
        }
    }

    /// An elder whose attempt failed, or whose worker died, keeps its place.
    @Test(arguments: TestDatabase.allCases) func oneThatIsToBeTriedAgainKeepsItsPlace(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let jobs = try await store.submit([Self.request("a"), Self.request("a")]).map(\.id)
            #expect(try await Self.claim(store, lease: .zero) == [jobs[0]])
            try await Task.sleep(for: .milliseconds(5))
            #expect(try await store.reclaim { _ in false }.map(\.state) == [.retrying])
            #expect(try await Self.claim(store) == [jobs[0]])
        }
    }

    /// An elder that is asked for again while a younger one is at work waits for it.
    @Test(arguments: TestDatabase.allCases) func neverTwoAtOnce(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let jobs = try await store.submit([Self.request("a"), Self.request("a"), Self.request("a")]).map(\.id)
            _ = try await store.cancel(jobs[0])
            #expect(try await Self.claim(store) == [jobs[1]])
            _ = try await store.retry(jobs[0])
            #expect(try await Self.claim(store).isEmpty)
            // Even who would look past it finds the database in the way.
            await #expect(throws: DatabaseError.conflict) {
                try await database.write { try $0.execute("UPDATE jobs SET state = 'processing' WHERE id = $1", [.integer(jobs[0])]) }
            }
            _ = try await store.cancel(jobs[1])
            #expect(try await Self.claim(store) == [jobs[0]])
        }
    }

    @Test(arguments: TestDatabase.allCases) func manyWorkersKeepTheOrder(_ kind: TestDatabase) async throws {
        try await kind.runShared { open in
            let queue = JobQueue(store: try await JobStore(try await open()))
            let log = Mutex<[String: [Int]]>([:])
            let running = Mutex<Set<String>>([])
            let handler = ScriptedHandler { run in
                let subject = run.job.subject ?? ""
                #expect(running.withLock { $0.insert(subject).inserted })
                log.withLock { $0[subject, default: []].append(run.job.payload.intValue ?? -1) }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...3)))
                running.withLock { _ = $0.remove(subject) }
                return JobOutcome(result: .null)
            }
            let requests = (0..<60).map { number in
                JobRequest(kind: "k", payload: .integer(number), subject: "s\(number % 3)", isSerial: true, priority: number % 2)
            }
            let jobs = try await queue.submit(requests)
            var configuration = JobsConfiguration()
            configuration.workers = 4
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    let other = JobQueue(store: try await JobStore(try await open()))
                    let worker = JobWorker(
                        queue: other, handlers: [handler], configuration: configuration,
                        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
                    group.addTask { await worker.run() }
                    group.addTask { await other.watch() }
                }
                defer { group.cancelAll() }
                try await eventually { try await queue.store.counts()[.completed] == jobs.count }
            }
            for subject in 0..<3 {
                #expect(log.withLock { $0["s\(subject)"] } == (0..<60).filter { $0 % 3 == subject })
            }
        }
    }

    /// Jobs and what belongs to them are one transaction.
    @Test(arguments: TestDatabase.allCases) func aTransactionBringsItsJobs(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            try await database.migrate("effects", [Migration(1) { _ in ["CREATE TABLE effects (word TEXT)"] }])
            var configuration = JobsConfiguration()
            configuration.maxWaiting = 1
            let queue = JobQueue(store: try await JobStore(database), configuration: configuration)
            let submit: @Sendable (String, Int) async throws -> (String, [Job]) = { word, count in
                try await queue.submit { connection in
                    try connection.execute("INSERT INTO effects VALUES ($1)", [.text(word)])
                    return (word, Array(repeating: JobRequest(kind: "k"), count: count))
                }
            }
            let (word, jobs) = try await submit("one", 1)
            #expect(word == "one" && jobs.count == 1)
            await #expect(throws: JobError.queueFull(limit: 1)) { _ = try await submit("two", 1) }
            // Nothing waits longer for a transaction that brings no job.
            _ = try await submit("three", 0)
            let rows = try await database.read { try $0.execute("SELECT word FROM effects ORDER BY word") }
            #expect(rows.compactMap { $0.text("word") } == ["one", "three"])
        }
    }

    /// Databases that an earlier version wrote are brought up to date with their jobs.
    @Test(arguments: TestDatabase.allCases) func jobsOfBeforeStayOrdinary(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let store = try await JobStore(database)
            let drops = ["DROP INDEX jobs_serial", "DROP INDEX jobs_serial_running", "ALTER TABLE jobs DROP COLUMN serial_subject"]
            try await database.write { connection in
                for drop in drops { try connection.execute(drop) }
                try connection.execute("UPDATE schema_versions SET version = 1 WHERE part = 'jobs'")
                for _ in 0..<2 {
                    try connection.execute(
                        """
                        INSERT INTO jobs (kind, state, payload, subject, owner, priority, max_attempts, created_at, available_at)
                        VALUES ('k', 'pending', 'null', 'a', 'me', 0, 3, 1, 1)
                        """)
                }
            }
            let later = try await JobStore(database)
            #expect(try await Self.claim(later).count == 2)
            #expect(try await Self.claim(store).isEmpty)
        }
    }
}
