import Foundation
import Foundations
import Jobs
import Logging
import Synchronization
import Testing

/// Does what the test says.
struct ScriptedHandler: JobHandler {
    var kind = "k"
    var body: @Sendable (JobRun) async throws -> JobOutcome

    func run(_ run: JobRun) async throws -> JobOutcome { try await body(run) }
}

@Suite struct JobWorkerTests {
    private static func worker(
        _ queue: JobQueue, lease: Duration = .seconds(30), width: Int = 2, _ body: @escaping @Sendable (JobRun) async throws -> JobOutcome
    ) -> JobWorker {
        var configuration = JobsConfiguration()
        configuration.workers = width
        configuration.lease = lease
        configuration.retryBase = .milliseconds(20)
        return JobWorker(
            queue: queue, handlers: [ScriptedHandler(body: body)], configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// Runs the test beside a worker, and stops the worker.
    private static func working(_ worker: JobWorker, _ queue: JobQueue, _ body: @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await worker.run() }
            group.addTask { await queue.watch() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    @Test(arguments: TestDatabase.allCases) func jobsAreDoneAndFollowed(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let worker = Self.worker(queue) { run in
                for step in 1...3 {
                    run.report(ProgressUpdate(stage: "work", done: Double(step), total: 3))
                    try await Task.sleep(for: .milliseconds(10))
                }
                return JobOutcome(result: ["twice": .integer((run.job.payload.intValue ?? 0) * 2)])
            }
            try await Self.working(worker, queue) {
                let job = try await queue.submit(JobRequest(kind: "k", payload: 21))
                var seen: [Job] = []
                for await state in try await queue.follow(job.id) { seen.append(state) }
                let last = try #require(seen.last)
                #expect(last.state == .completed && last.result == ["twice": 42] && last.progress.fraction == 1 && last.attempt == 1)
                #expect(last.started != nil && last.completed != nil)
                #expect(seen.map(\.progress.fraction) == seen.map(\.progress.fraction).sorted())
                #expect(seen.map(\.version) == seen.map(\.version).sorted())
            }
        }
    }

    @Test(arguments: TestDatabase.allCases) func failuresAreTriedAgainWithTheirPiecesKept(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let done = Mutex<[String]>([])
            let worker = Self.worker(queue) { run in
                for piece in ["one", "two", "three"] where try await run.checkpoints()[piece] == nil {
                    done.withLock { $0.append(piece) }
                    try await run.commit(piece, .string(piece))
                    if run.job.attempt < 3 { throw ErrorReport(.upstream, code: "flaky", "The engine hiccuped.") }
                }
                return JobOutcome(result: "ok")
            }
            try await Self.working(worker, queue) {
                let job = try await queue.submit(JobRequest(kind: "k"))
                try await eventually { try await queue.store.job(job.id).state == .completed }
                #expect(done.withLock { $0 } == ["one", "two", "three"])
                let last = try await queue.store.job(job.id)
                #expect(last.attempt == 3 && last.error == nil)
                #expect(try await queue.store.checkpoints(of: job.id).isEmpty)
                #expect(try await queue.store.events(of: job.id).map(\.note) == ["The engine hiccuped.", "The engine hiccuped."])
            }
        }
    }

    @Test(arguments: TestDatabase.allCases) func whatCannotSucceedFailsAtOnce(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let worker = Self.worker(queue) { _ in throw ErrorReport(.unprocessable, code: "no_video", "There is no video in it.", details: ["a": 1]) }
            try await Self.working(worker, queue) {
                let job = try await queue.submit(JobRequest(kind: "k"))
                try await eventually { try await queue.store.job(job.id).state == .failed }
                let failed = try await queue.store.job(job.id)
                #expect(failed.attempt == 1 && failed.error?.code == "no_video" && failed.error?.details == ["a": 1] && failed.completed != nil)
                // A person may have it tried again.
                _ = try await queue.retry(job.id)
                try await eventually { try await queue.store.job(job.id).state == .failed }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases) func cancellingStopsTheWork(_ kind: TestDatabase) async throws {
        try await kind.runShared { open in
            let queue = JobQueue(store: try await JobStore(try await open()))
            let ended = Mutex<ContinuousClock.Instant?>(nil)
            let worker = Self.worker(queue) { run in
                do { try await Task.sleep(for: .seconds(60)) } catch {
                    ended.withLock { $0 = .now }
                    throw error
                }
                return JobOutcome(result: "too late")
            }
            // Cancelled by another process: through a connection of its own.
            let elsewhere = JobQueue(store: try await JobStore(try await open()))
            try await Self.working(worker, queue) {
                for canceller in [queue, elsewhere] {
                    ended.withLock { $0 = nil }
                    let job = try await queue.submit(JobRequest(kind: "k"))
                    try await eventually { try await queue.store.job(job.id).state == .processing }
                    let asked = ContinuousClock.now
                    _ = try await canceller.cancel(job.id)
                    try await eventually { ended.withLock { $0 } != nil }
                    let took = try #require(ended.withLock { $0 }) - asked
                    #expect(took < .milliseconds(500))
                    #expect(try await queue.store.job(job.id).state == .cancelled)
                }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases) func aStoppedWorkerGivesItsJobsBack(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let job = try await queue.submit(JobRequest(kind: "k"))
            let first = Self.worker(queue) { run in
                try await run.commit("piece", 1)
                try await Task.sleep(for: .seconds(60))
                return JobOutcome(result: "never")
            }
            try await Self.working(first, queue) {
                try await eventually { try await !queue.store.checkpoints(of: job.id).isEmpty }
            }
            let back = try await queue.store.job(job.id)
            #expect(back.state == .retrying && back.attempt == 0 && back.error == nil)
            let second = Self.worker(queue) { run in JobOutcome(result: .integer(try await run.checkpoints().count)) }
            try await Self.working(second, queue) {
                try await eventually { try await queue.store.job(job.id).state == .completed }
            }
            let done = try await queue.store.job(job.id)
            #expect(done.result == 1 && done.attempt == 1)
        }
    }

    /// A worker that was taken for dead can't write any more: not its progress, not its pieces, not its result.
    @Test(arguments: TestDatabase.allCases) func aZombieIsFencedOff(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            _ = try await queue.submit(JobRequest(kind: "k"))
            let refused = Mutex<[String]>([])
            let old = try #require(try await queue.store.claim(["k"], worker: "zombie", lease: .milliseconds(1), limit: 1).first)
            let zombie = JobRun(job: old, queue: queue)
            try await Task.sleep(for: .milliseconds(20))
            let worker = Self.worker(queue) { run in
                do { try await zombie.commit("piece", 1) { _ = try $0.execute("SELECT 1 AS one") } } catch JobError.leaseLost {
                    refused.withLock { $0.append("commit") }
                }
                do { _ = try await zombie.complete(JobOutcome(result: "zombie")) } catch JobError.leaseLost {
                    refused.withLock { $0.append("complete") }
                }
                #expect(try await run.checkpoints().isEmpty)
                return JobOutcome(result: "mine")
            }
            try await Self.working(worker, queue) {
                try await eventually { try await queue.store.job(old.id).state == .completed }
            }
            #expect(try await queue.store.job(old.id).result == "mine")
            #expect(refused.withLock { $0 } == ["commit", "complete"])
            #expect(try await queue.store.events(of: old.id).map(\.event) == ["worker_lost"])
        }
    }

    @Test(arguments: TestDatabase.allCases) func whatKillsItsWorkersFailsInTheEnd(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let job = try await queue.submit(JobRequest(kind: "k"))
            for _ in 0..<11 {
                #expect(try await queue.store.claim(["k"], worker: "x", lease: .zero, limit: 1).count == 1)
                try await Task.sleep(for: .milliseconds(2))
                _ = try await queue.store.reclaim { _ in false }
            }
            let failed = try await queue.store.job(job.id)
            #expect(failed.state == .failed && failed.error?.code == "job_keeps_dying")
        }
    }

    @Test(arguments: TestDatabase.allCases) func longWorkKeepsItsLease(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let queue = JobQueue(store: try await JobStore(database))
            let worker = Self.worker(queue, lease: .milliseconds(300)) { _ in
                try await Task.sleep(for: .milliseconds(1200))
                return JobOutcome(result: "done")
            }
            try await Self.working(worker, queue) {
                let job = try await queue.submit(JobRequest(kind: "k"))
                try await eventually { try await queue.store.job(job.id).state.isOver }
                let done = try await queue.store.job(job.id)
                #expect(done.state == .completed && done.attempt == 1)
                #expect(try await queue.store.events(of: job.id).isEmpty)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases) func effectsHappenWithTheResultOrNotAtAll(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            try await database.migrate("effects", [Migration(1) { _ in ["CREATE TABLE effects (job BIGINT)"] }])
            let queue = JobQueue(store: try await JobStore(database))
            let worker = Self.worker(queue) { run in
                let id = run.job.id
                return JobOutcome(result: "ok") { connection in
                    try connection.execute("INSERT INTO effects VALUES ($1)", [.integer(id)])
                    if run.job.attempt == 1 { throw ErrorReport(.upstream, code: "late", "Too late.") }
                }
            }
            try await Self.working(worker, queue) {
                let job = try await queue.submit(JobRequest(kind: "k"))
                try await eventually { try await queue.store.job(job.id).state == .completed }
                let rows = try await database.read { try $0.execute("SELECT job FROM effects") }
                #expect(rows.map { $0.integer("job") } == [job.id])
            }
        }
    }

    @Test func aFullQueueSaysSo() async throws {
        try await TestDatabase.sqlite.run { database in
            var configuration = JobsConfiguration()
            configuration.maxWaiting = 2
            let queue = JobQueue(store: try await JobStore(database), configuration: configuration)
            _ = try await queue.submit([JobRequest(kind: "k"), JobRequest(kind: "k")])
            await #expect(throws: JobError.queueFull(limit: 2)) { try await queue.submit(JobRequest(kind: "k")) }
        }
    }
}
