import Foundation
import Foundations

/// Answers that are worked on in the background and fetched later: whoever asked may go and come back.
///
/// They live in memory: those that run when the server ends get `server.shutdown_grace`, and are gone afterwards.
package actor AnswerStore {
    private let keep: Duration
    private var runs: [String: AnswerRun] = [:]
    private var tasks: [String: Task<Void, Never>] = [:]

    /// Ended answers beyond this are forgotten, the oldest first.
    private static let capacity = 1000

    package init(keep: Duration) { self.keep = keep }

    /// Begins an answer.
    /// - Parameter work: makes the answer's body and tells the run what happens; bounds itself.
    package func start(
        owner: String, prompt: String, source: String, _ work: @escaping @Sendable (AnswerRun) async throws -> JSONValue
    ) -> AnswerRun {
        forget()
        let run = AnswerRun(owner: owner, prompt: prompt, source: source)
        runs[run.id] = run
        tasks[run.id] = Task {
            do {
                run.finish(try await work(run))
            } catch is CancellationError {
                run.fail(AnswerError.cancelled.report)
            } catch {
                run.fail(ErrorReport(error))
            }
            ended(run.id)
        }
        return run
    }

    /// - Throws: `AnswerError.notFound`.
    package func run(_ id: String, owner: String) throws -> AnswerRun {
        forget()
        guard let run = runs[id], run.owner == owner else { throw AnswerError.notFound }
        return run
    }

    /// Stops an answer, and its engine. One that has ended is forgotten.
    /// - Throws: `AnswerError.notFound`.
    package func cancel(_ id: String, owner: String) throws {
        _ = try run(id, owner: owner)
        if let task = tasks[id] { task.cancel() } else { runs[id] = nil }
    }

    /// Returns when no answer runs any more.
    package func drain() async {
        for task in tasks.values { await task.value }
    }

    private func ended(_ id: String) { tasks[id] = nil }

    private func forget() {
        let oldest = Date(timeIntervalSinceNow: -(keep / .seconds(1)))
        for (id, run) in runs { if let ended = run.facts.ended, ended < oldest { runs[id] = nil } }
        guard runs.count >= Self.capacity else { return }
        let ended = runs.values.filter { $0.facts.ended != nil }.sorted { $0.created < $1.created }
        for run in ended.prefix(runs.count - Self.capacity + 1) { runs[run.id] = nil }
    }
}

/// What can go wrong with background answers.
package enum AnswerError: ReportableError, Equatable {
    case notFound
    case cancelled

    package var report: ErrorReport {
        switch self {
        case .notFound:
            ErrorReport(.notFound, code: "answer_not_found", "There is no such answer, or it has expired. Ask again.")
        case .cancelled: ErrorReport(.cancelled, code: "answer_cancelled", "The answer was stopped. Ask again to have it.")
        }
    }
}
