import Foundation
import Foundations

/// The way to jobs for everyone in a process: submits them, tells how they are, and lets people and workers follow them.
public actor JobQueue {
    /// What a worker should look at.
    enum Signal: Sendable {
        /// Something may be waiting.
        case work
        /// The job is over, or somebody else's.
        case changed(Job)
        /// Anything may have changed.
        case anything
    }

    private struct Follower {
        /// `nil`: all jobs.
        var id: Int64?
        var continuation: AsyncStream<Job>.Continuation
        /// What it was told of jobs last. News may overtake each other: those of a job's end may come before those of its start.
        var told: [Int64: (version: Int64, isOver: Bool)] = [:]

        mutating func note(_ job: Job) {
            told[job.id] = (job.version, job.state.isOver)
            guard told.count > JobQueue.remembered else { return }
            let ended = told.filter(\.value.isOver).keys.sorted()
            for id in ended.prefix(ended.count / 2) { told[id] = nil }
        }
    }

    public nonisolated let store: JobStore
    private let configuration: JobsConfiguration
    private let metrics: MetricsRegistry?
    private var followers: [Int: Follower] = [:]
    private var workers: [Int: AsyncStream<Signal>.Continuation] = [:]
    private var lastFollower = 0
    private var waiting: (count: Int, counted: ContinuousClock.Instant)?

    /// What one that follows all jobs sees of those that are under way when it comes.
    private static let shownOpen = 500
    private static let backlog = 1000
    /// Jobs of which a follower's last news is remembered, beside those under way.
    private static let remembered = 2000
    /// How long the count of waiting jobs is believed.
    private static let countFor: Duration = .seconds(1)

    public init(store: JobStore, configuration: JobsConfiguration = .init(), metrics: MetricsRegistry? = nil) {
        self.store = store
        self.configuration = configuration
        self.metrics = metrics
    }

    // MARK: Submitting and changing

    /// - Throws: `JobError.queueFull`, `inProgress`.
    public func submit(_ request: JobRequest) async throws -> Job {
        let jobs = try await submit([request])
        guard let job = jobs.first else { throw JobError.notFound }
        return job
    }

    /// Takes new jobs, all or none; they are on the disk when this returns.
    /// - Returns: the jobs in the order of the requests.
    /// - Throws: `JobError.queueFull`, `inProgress`.
    public func submit(_ requests: [JobRequest]) async throws -> [Job] {
        let (_, jobs) = try await submit { _ in ((), requests) }
        return jobs
    }

    /// Takes the new jobs that a transaction asks for, together with what else it changes in the database: all or nothing.
    /// - Parameter body: as for `Database.write`.
    /// - Returns: what `body` gives, and the jobs in the order of its requests.
    /// - Throws: `JobError.queueFull`, `inProgress`; what `body` throws.
    public func submit<T: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws -> (T, [JobRequest])
    ) async throws -> (T, [Job]) {
        let limit = configuration.maxWaiting
        let waiting = try await waitingCount()
        let (value, jobs) = try await store.database.write { connection in
            let (value, requests) = try body(connection)
            guard !requests.isEmpty else { return (value, [Job]()) }
            guard waiting + requests.count <= limit else { throw JobError.queueFull(limit: limit) }
            return (value, try JobStore.submit(requests, connection))
        }
        if !jobs.isEmpty {
            self.waiting?.count += jobs.count
            for job in jobs { tell(job) }
            for worker in workers.values { worker.yield(.work) }
        }
        return (value, jobs)
    }

    private func waitingCount() async throws -> Int {
        if let waiting, waiting.counted.duration(to: .now) < Self.countFor { return waiting.count }
        let count = try await store.waiting(upTo: configuration.maxWaiting)
        waiting = (count, .now)
        return count
    }

    /// - Throws: `JobError.notFound`, `cannotCancel`.
    public func cancel(_ id: Int64) async throws -> Job {
        let job = publish(try await store.cancel(id))
        // A younger one may have waited for it.
        for worker in workers.values { worker.yield(.work) }
        return job
    }

    /// - Throws: `JobError.notFound`, `cannotRetry`, `inProgress`.
    public func retry(_ id: Int64) async throws -> Job {
        let job = publish(try await store.retry(id))
        for worker in workers.values { worker.yield(.work) }
        return job
    }

    /// Forgets jobs that ended longer ago than `jobs.retention`.
    public func prune() async throws -> Int {
        try await store.prune(endedBefore: Date(timeIntervalSinceNow: -(configuration.retention / .seconds(1))))
    }

    // MARK: Following

    /// A job as it is now and whenever it changes, to its end.
    /// - Throws: `JobError.notFound`.
    public func follow(_ id: Int64) async throws -> AsyncStream<Job> {
        let (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        // First come the changes, then the present state: nothing falls in between.
        let number = add(Follower(id: id, continuation: continuation))
        do {
            tell(try await store.job(id))
        } catch {
            leave(number)
            throw error
        }
        return stream
    }

    /// Every job that isn't over, and from then on each one that changes.
    public func followAll() async throws -> AsyncStream<Job> {
        let (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        let number = add(Follower(id: nil, continuation: continuation))
        do {
            for job in try await openJobs().reversed() { tell(job) }
        } catch {
            leave(number)
            throw error
        }
        return stream
    }

    /// Hears of what other processes change, until the task is cancelled.
    public func watch() async {
        await store.database.listen(JobStore.channel) { message in
            if let message, let id = Int64(message) {
                await self.changedElsewhere(id)
            } else {
                await self.changedElsewhere()
            }
        }
    }

    private func openJobs() async throws -> [Job] {
        try await store.jobs(JobQuery(states: JobState.open, limit: Self.shownOpen))
    }

    private func changedElsewhere(_ id: Int64) async {
        guard let job = try? await store.job(id) else { return }
        tell(job)
        for worker in workers.values {
            worker.yield(.changed(job))
            if JobState.allowing(.claim).contains(job.state) { worker.yield(.work) }
        }
    }

    private func changedElsewhere() async {
        for worker in workers.values { worker.yield(.anything) }
        guard !followers.isEmpty else { return }
        var ids = Set(followers.values.compactMap(\.id))
        if followers.values.contains(where: { $0.id == nil }) {
            for job in (try? await openJobs()) ?? [] { tell(job) }
            for follower in followers.values { ids.formUnion(follower.told.filter { !$0.value.isOver }.keys) }
        }
        for id in ids { if let job = try? await store.job(id) { tell(job) } }
    }

    private func add(_ follower: Follower) -> Int {
        lastFollower += 1
        let number = lastFollower
        followers[number] = follower
        follower.continuation.onTermination = { [weak self] reason in
            if case .cancelled = reason { Task { await self?.leave(number) } }
        }
        return number
    }

    private func leave(_ number: Int) { followers.removeValue(forKey: number)?.continuation.finish() }

    /// Tells those who follow, and the workers here, of a change.
    @discardableResult
    func publish(_ job: Job) -> Job {
        tell(job)
        if job.state != .processing { for worker in workers.values { worker.yield(.changed(job)) } }
        return job
    }

    /// Tells each follower once of a version, and of none after a newer one.
    private func tell(_ job: Job) {
        for (number, follower) in followers where follower.id == nil || follower.id == job.id {
            if let last = follower.told[job.id], last.version >= job.version { continue }
            followers[number]?.note(job)
            follower.continuation.yield(job)
            if follower.id == job.id, job.state.isOver { leave(number) }
        }
    }

    // MARK: Workers

    func signals() -> AsyncStream<Signal> {
        let (stream, continuation) = AsyncStream.makeStream(of: Signal.self, bufferingPolicy: .bufferingNewest(Self.backlog))
        lastFollower += 1
        let number = lastFollower
        workers[number] = continuation
        continuation.onTermination = { [weak self] _ in Task { await self?.leaveWorker(number) } }
        return stream
    }

    private func leaveWorker(_ number: Int) { workers[number] = nil }

    func count(_ job: Job, _ outcome: String, seconds: Double) async {
        await metrics?.increment("martlet_jobs_total", "Attempts at jobs that ended, by how.", [("kind", job.kind), ("outcome", outcome)])
        await metrics?.observe("martlet_jobs_seconds", "How long attempts at jobs took.", [("kind", job.kind)], seconds)
    }
}
