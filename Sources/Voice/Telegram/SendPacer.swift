import Foundations
import Synchronization

/// Makes whoever sends wait for the turn that `SendPace` gives.
final class SendPacer: Sendable {
    private let pace: Mutex<SendPace>

    init(_ pace: SendPace) { self.pace = Mutex(pace) }

    /// - Throws: `ChatPortError.slowDown` at once when the turn would come too late; `CancellationError`, and the turn is lost.
    func waitForTurn(_ kind: SendPace.Kind, in chat: String, before latest: ContinuousClock.Instant) async throws {
        repeat {
            try await wait(for: pace.withLock { $0.book(kind, in: chat, at: .now, before: latest) })
            try await wait(for: pace.withLock { $0.bookOverall(at: .now, before: latest) })
            // A rest may have begun meanwhile.
        } while pace.withLock { $0.isResting(chat, at: .now) }
    }

    private func wait(for turn: SendPace.Turn) async throws {
        try Task.checkCancellation()
        switch turn {
        case .at(let instant): if instant > .now { try await Task.sleep(until: instant, clock: .continuous) }
        case .tooLate(let wait): throw ChatPortError.slowDown(after: wait)
        }
    }

    /// - Returns: whether something that isn't a message may be sent in the chat right now.
    func takeTurnNow(in chat: String) -> Bool {
        pace.withLock { pace in
            let now = ContinuousClock.now
            let latest = now + .milliseconds(1)
            return pace.book(.call, in: chat, at: now, before: latest) == .at(now) && pace.bookOverall(at: now, before: latest) == .at(now)
        }
    }

    func hold(_ chat: String, for rest: Duration) { pace.withLock { $0.hold(chat, until: .now + rest) } }
}
