import Foundation
import Foundations
import Jobs

/// What goes on beside messages: old ones are deleted, and nobody is left waiting for a turn that failed unseen.
extension ChatService {
    private static let sweepInterval: Duration = .seconds(600)
    private static let lookInterval: Duration = .seconds(30)
    /// Failed turns that are looked at, the newest ones.
    private static let looked = 100

    /// Deletes what is older than it is kept for, and tells people of turns that failed before they could be told. Until the task is
    /// cancelled.
    public func watch() async {
        var swept: ContinuousClock.Instant?
        while !Task.isCancelled {
            if swept.map({ .now - $0 >= Self.sweepInterval }) ?? true {
                swept = .now
                await VoiceFiles(desk.configuration).sweep()
                do { try await desk.history.sweep() } catch where !(error is CancellationError) {
                    desk.logger.warning("old messages can't be deleted", metadata: ["code": "\(ErrorReport(error).code)"])
                } catch {}
            }
            // The next round may find the database again.
            try? await tellOfFailures()
            try? await Task.sleep(for: Self.lookInterval)
        }
    }

    /// A job that kills its workers again and again fails without its handler, and a platform may be out of reach when a turn fails.
    func tellOfFailures() async throws {
        let jobs = try await desk.queue.store.jobs(JobQuery(states: [.failed], kind: ChatTurn.kind, limit: Self.looked))
        for job in jobs where (job.completed ?? .distantPast) > Date() - RateWindow.longest {
            guard let turn = ChatTurn(json: job.payload), let port = desk.ports[turn.message.platform] else { continue }
            let checkpoints = try await desk.queue.store.checkpoints(of: job.id)
            let failure = TurnAttempt.Failure(json: checkpoints[TurnRecord.Name.failure])
            if failure?.isTold == true { continue }
            // A job that is asked for again may fail again.
            let mark = "failed-\(job.id)-\(job.version)"
            guard try await !desk.database.read({ try ChatSenders.isKnown(mark, on: turn.message.platform, $0) }) else { continue }
            try await tell(turn, job, failure, checkpoints, port, mark)
        }
    }

    private func tell(
        _ turn: ChatTurn, _ job: Job, _ failure: TurnAttempt.Failure?, _ checkpoints: [String: JSONValue], _ port: any ChatPort, _ mark: String
    ) async throws {
        let message = turn.message
        let texts = message.texts(try await desk.preferences(of: message))
        let text = failure?.text ?? texts(.failed, ["code": job.error?.code ?? "internal_error"])
        let steps = [TurnRecord.Name.substitute, TurnRecord.Name.status].map { TurnStep(json: checkpoints[$0]) }
        let status = steps.lazy.compactMap { if case .done(let message) = $0 { message } else { nil } }.first
        do {
            // An answer that is there stays.
            if checkpoints[TurnRecord.Name.shown] == nil {
                if let status {
                    try await port.edit(status, in: message.chat, to: text)
                } else if try await desk.database.write({ try ChatSenders.isNew(mark, on: message.platform, $0) }) {
                    _ = try await port.send(text, to: message.chat, replyingTo: message.message, nonce: mark)
                }
            }
        } catch let error as ChatPortError {
            guard case .refused = error else { throw error }
        }
        _ = try await desk.database.write { try ChatSenders.isNew(mark, on: message.platform, $0) }
    }
}
