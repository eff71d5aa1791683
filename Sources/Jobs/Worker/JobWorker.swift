import Foundation
import Foundations
import Logging

/// Takes jobs and has their handlers do them, some at a time.
///
/// A job is the worker's for the length of a lease, which it renews all the while. Whoever stops renewing, be it killed, stopped
/// or cut off, loses its jobs to others, and what it writes afterwards is refused.
public actor JobWorker {
    private struct Running {
        var job: Job
        var call: Interruption
    }

    private let queue: JobQueue
    private let handlers: [String: any JobHandler]
    private let configuration: JobsConfiguration
    private let logger: Logger
    private let identity = WorkerIdentity()
    private var running: [Int64: Running] = [:]
    private var isStopping = false
    private var wake: AsyncStream<Void>.Continuation?
    /// When the leases were last seen to be good.
    private var renewed = ContinuousClock.now

    private var store: JobStore { queue.store }

    /// Looked at so often even when nobody says that there is work.
    private static let idleInterval: Duration = .seconds(2)
    /// Jobs of dead workers are looked for at least so often.
    private static let sweepInterval: Duration = .seconds(5)
    private static let pruneEvery: Duration = .seconds(3600)
    /// Written progress is at least so far apart.
    private static let progressInterval: Duration = .milliseconds(250)

    /// - Parameter configuration: its `workers` are the jobs at once.
    public init(queue: JobQueue, handlers: [any JobHandler], configuration: JobsConfiguration, logger: Logger) {
        self.queue = queue
        self.handlers = Dictionary(handlers.map { ($0.kind, $0) }, uniquingKeysWith: { $1 })
        self.configuration = configuration
        self.logger = logger
    }

    /// Works until `stop` is called or the task is cancelled; jobs under way are given back then.
    public func run() async {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        self.wake = wake
        let signals = await queue.signals()
        await withTaskCancellationHandler {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.heed(signals) }
                group.addTask { await self.renewLeases() }
                group.addTask { await self.sweep() }
                group.addTask { await Self.tick(wake) }
                await withDiscardingTaskGroup { jobs in
                    wake.yield()
                    for await _ in wakes {
                        if isStopping || Task.isCancelled { break }
                        for job in await take() {
                            let call = Interruption()
                            running[job.id] = Running(job: job, call: call)
                            jobs.addTask { await self.work(on: job, call) }
                        }
                    }
                    giveBack()
                }
                group.cancelAll()
            }
        } onCancel: {
            Task { await self.stop() }
        }
    }

    /// Takes no more jobs, and gives those under way back. `run` returns soon.
    public func stop() {
        isStopping = true
        giveBack()
        wake?.finish()
    }

    private func giveBack() { for entry in running.values { entry.call.end(with: JobError.released) } }

    // MARK: Taking jobs

    private func take() async -> [Job] {
        let free = configuration.workers - running.count
        guard free > 0 else { return [] }
        do {
            let before = ContinuousClock.now
            let jobs = try await store.claim(handlers.keys.sorted(), worker: identity.text, lease: configuration.lease, limit: free)
            if running.isEmpty { renewed = before }
            for job in jobs { await queue.publish(job) }
            return jobs
        } catch {
            if !(error is CancellationError) { logger.error("can't take jobs", metadata: ["error": "\(ErrorReport(error).message)"]) }
            return []
        }
    }

    private static func tick(_ wake: AsyncStream<Void>.Continuation) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: idleInterval)
            wake.yield()
        }
    }

    private func heed(_ signals: AsyncStream<JobQueue.Signal>) async {
        for await signal in signals {
            switch signal {
            case .work: wake?.yield()
            case .changed(let job): heed(job)
            case .anything:
                wake?.yield()
                for id in running.keys { if let job = try? await store.job(id) { heed(job) } }
            }
        }
    }

    private func heed(_ job: Job) {
        // What was read before the job became this worker's says nothing.
        guard let entry = running[job.id], job.version > entry.job.version, job.fence != entry.job.fence || job.state != .processing else { return }
        entry.call.end(with: job.state == .cancelled ? JobError.cancelled : JobError.leaseLost)
    }

    // MARK: Leases

    private func renewLeases() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: configuration.lease / 3)
            let jobs = running.values.map(\.job)
            guard !jobs.isEmpty else { continue }
            let before = ContinuousClock.now
            do {
                let kept = try await store.renew(jobs, lease: configuration.lease)
                renewed = before
                for job in jobs where !kept.contains(job.id) {
                    if let now = try? await store.job(job.id) { heed(now) } else { running[job.id]?.call.end(with: JobError.leaseLost) }
                }
            } catch {
                // Cut off from the database for a lease's length: others have the jobs by now.
                guard before - renewed > configuration.lease else { continue }
                for job in jobs { running[job.id]?.call.end(with: JobError.leaseLost) }
            }
        }
    }

    /// Takes back what lost workers left, and forgets old jobs.
    private func sweep() async {
        var pruned = ContinuousClock.now - Self.pruneEvery
        while !Task.isCancelled {
            do {
                let back = try await store.reclaim(WorkerIdentity.isDead)
                for job in back {
                    logger.warning("job of a lost worker taken back", metadata: ["job": "\(job.id)", "state": "\(job.state.rawValue)"])
                    await queue.publish(job)
                }
                if !back.isEmpty { wake?.yield() }
                if ContinuousClock.now - pruned >= Self.pruneEvery {
                    pruned = .now
                    _ = try await queue.prune()
                }
            } catch {
                // The next round may find the database again.
            }
            try? await Task.sleep(for: min(configuration.lease / 2, Self.sweepInterval))
        }
    }

    // MARK: Working

    private func work(on job: Job, _ call: Interruption) async {
        let started = ContinuousClock.now
        let outcome = await attempt(job, call)
        running[job.id] = nil
        wake?.yield()
        await queue.count(job, outcome.word, seconds: (ContinuousClock.now - started) / .seconds(1))
        // Later ones are found by looking now and then.
        if case .retrying(let wait) = outcome, wait < Self.idleInterval {
            try? await Task.sleep(for: wait)
            wake?.yield()
        }
    }

    /// How an attempt ended.
    private enum Outcome {
        case completed, cancelled, released, failed, lost
        case retrying(Duration)

        var word: String { if case .retrying = self { "retrying" } else { "\(self)" } }
    }

    private func attempt(_ job: Job, _ call: Interruption) async -> Outcome {
        guard let handler = handlers[job.kind] else { return .lost }
        let (updates, continuation) = AsyncStream.makeStream(of: ProgressUpdate.self, bufferingPolicy: .bufferingNewest(1))
        let context = RequestContext(
            id: "job-\(job.id)", keyName: job.owner, deadline: .after(.seconds(30 * 86_400)), priority: .batch)
        let run = JobRun(job: job, context: context, queue: queue, updates: continuation)
        do {
            let queue = queue
            let result = try await call.run {
                try await withThrowingTaskGroup(of: JobOutcome?.self) { group in
                    group.addTask {
                        try await Self.write(updates, of: run, queue)
                        return nil
                    }
                    group.addTask {
                        defer { continuation.finish() }
                        return try await handler.run(run)
                    }
                    defer { group.cancelAll() }
                    while let outcome = try await group.next() { if let outcome { return outcome } }
                    throw JobError.leaseLost
                }
            }
            try await Self.uninterrupted { try await run.complete(result) }
            return .completed
        } catch JobError.cancelled {
            return .cancelled
        } catch JobError.leaseLost {
            logger.warning("job lost to another worker", metadata: ["job": "\(job.id)"])
            return .lost
        } catch where error is CancellationError || error as? JobError == .released {
            return await close(job) { try await $0.release(job) } ? .released : .lost
        } catch {
            let report = ErrorReport(error)
            let wait = RetryRule(base: configuration.retryBase, cap: configuration.retryCap).wait(
                after: report, attempt: job.attempt, of: job.maxAttempts, jitter: Double.random(in: -1...1))
            logger.warning(
                "job failed", metadata: ["job": "\(job.id)", "kind": "\(job.kind)", "code": "\(report.code)", "again": "\(wait != nil)"])
            guard await close(job, { try await $0.fail(job, report, retryIn: wait) }) else { return .lost }
            return wait.map(Outcome.retrying) ?? .failed
        }
    }

    /// Writes down how an attempt ended. What can't be written is taken back from this worker when its lease is over.
    private func close(_ job: Job, _ change: @escaping @Sendable (JobStore) async throws -> Job) async -> Bool {
        do {
            let store = store
            await queue.publish(try await Self.uninterrupted { try await change(store) })
            return true
        } catch {
            return false
        }
    }

    /// Does something to its end, also in a task that was cancelled: how an attempt ended is written down in any case.
    private static func uninterrupted<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        try await Task { try await work() }.value
    }

    private static func write(_ updates: AsyncStream<ProgressUpdate>, of run: JobRun, _ queue: JobQueue) async throws {
        for await update in updates {
            do {
                await queue.publish(try await queue.store.report(run.job, run.progress(update)))
            } catch JobError.leaseLost {
                throw JobError.leaseLost
            } catch {
                // Progress is a courtesy: a busy database costs some of it, not the job.
            }
            try await Task.sleep(for: progressInterval)
        }
    }
}
