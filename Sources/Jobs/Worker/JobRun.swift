import Foundation
import Foundations
import Synchronization

/// One attempt at a job, as its handler sees it.
public final class JobRun: Sendable {
    /// The job as it was when the attempt began.
    public let job: Job
    public let context: RequestContext
    private let queue: JobQueue
    private let updates: AsyncStream<ProgressUpdate>.Continuation
    private let pace = Mutex(Pace())

    private struct Pace {
        var stage: String?
        var begun = ContinuousClock.now
        var start = 0.0
    }

    /// A run without a worker around it: nothing renews its lease, and nobody writes its progress down.
    package convenience init(job: Job, queue: JobQueue) {
        self.init(job: job, context: RequestContext(deadline: .after(.seconds(60))), queue: queue, updates: AsyncStream.makeStream().continuation)
    }

    init(job: Job, context: RequestContext, queue: JobQueue, updates: AsyncStream<ProgressUpdate>.Continuation) {
        self.job = job
        self.context = context
        self.queue = queue
        self.updates = updates
    }

    /// Says how far the job has come. Cheap: of many reports the newest is kept, a few times a second.
    /// - Parameter update: its rate and the time left are reckoned from what was done in this attempt.
    public func report(_ update: ProgressUpdate) { updates.yield(update) }

    /// The pieces of work that earlier attempts finished, by name.
    public func checkpoints() async throws -> [String: JSONValue] { try await queue.store.checkpoints(of: job.id) }

    /// Keeps a finished piece of work: no later attempt has to do it again.
    /// - Parameter effects: what the piece changes elsewhere in the database; happens together with the checkpoint.
    /// - Throws: `JobError.leaseLost` when the job is somebody else's by now; nothing is kept then.
    public func commit(
        _ name: String, _ value: JSONValue, effects: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }
    ) async throws {
        await queue.publish(try await queue.store.commit(job, name, value, effects))
    }

    package func complete(_ outcome: JobOutcome) async throws {
        await queue.publish(try await queue.store.complete(job, outcome.result, outcome.effects))
    }

    /// The progress to write down for an update.
    func progress(_ update: ProgressUpdate) -> JobProgress {
        let pace = pace.withLock { pace in
            if pace.stage != update.stage {
                pace = Pace(stage: update.stage, begun: .now, start: update.done)
            }
            return pace
        }
        let seconds = (ContinuousClock.now - pace.begun) / .seconds(1)
        let gained = update.done - pace.start
        let rate = seconds > 0.5 && gained > 0 ? gained / seconds : nil
        let left = update.total.map { max(0, $0 - update.done) }
        return JobProgress(
            stage: update.stage, done: update.done, total: update.total, unit: update.unit.rawValue,
            fraction: min(0.999, update.overall ?? update.fraction ?? 0), rate: rate,
            remaining: rate.flatMap { rate in left.map { $0 / rate } })
    }
}
