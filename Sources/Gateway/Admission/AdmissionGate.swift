import Foundations

/// Lets a bounded number of video questions work at once and a bounded number wait.
package actor AdmissionGate {
    private struct Waiter {
        var continuation: CheckedContinuation<Void, any Error>
        var onMove: @Sendable (Int) -> Void
    }

    private var queue: AdmissionQueue
    private var waiters: [AdmissionQueue.ID: Waiter] = [:]
    private var nextID: AdmissionQueue.ID = 0

    package init(slots: Int, places: Int) { queue = AdmissionQueue(slots: slots, places: places) }

    /// Running and waiting questions.
    package var load: (running: Int, waiting: Int) { (queue.running.count, queue.waiting.count) }

    /// Throws what `withPlace` would throw at once, so that a request can be refused before its body is read.
    package func check(deadline: Deadline) throws {
        try Self.refuse(queue.outlook(patience: deadline.remaining))
    }

    /// Runs `work` when a slot is free.
    /// - Parameter onQueued: called with the position (1 is next) whenever it changes.
    /// - Throws: `queueFull` or `waitTooLong` at once, `CancellationError`, or what `work` throws.
    package nonisolated func withPlace<T: Sendable>(
        deadline: Deadline, onQueued: @escaping @Sendable (Int) -> Void, _ work: @Sendable () async throws -> T
    ) async throws -> T {
        let id = try await enter(deadline: deadline, onQueued: onQueued)
        let started = ContinuousClock.now
        do {
            let value = try await work()
            await leave(id, served: .now - started)
            return value
        } catch {
            await leave(id, served: nil)
            throw error
        }
    }

    private static func refuse(_ decision: AdmissionQueue.Decision) throws {
        switch decision {
        case .run, .wait: return
        case .full(let retryAfter): throw GatewayError.queueFull(retryAfter: retryAfter)
        case .tooLong(let retryAfter): throw GatewayError.waitTooLong(retryAfter: retryAfter)
        }
    }

    private func enter(deadline: Deadline, onQueued: @escaping @Sendable (Int) -> Void) async throws -> AdmissionQueue.ID {
        try Task.checkCancellation()
        nextID += 1
        let id = nextID
        let decision = queue.arrive(id, patience: deadline.remaining)
        try Self.refuse(decision)
        guard case .wait(let position) = decision else { return id }
        onQueued(position)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    perform(queue.leave(id, served: nil))
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters[id] = Waiter(continuation: continuation, onMove: onQueued)
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
        return id
    }

    private func abandon(_ id: AdmissionQueue.ID) {
        // Without a waiter the slot was granted first: whoever holds it gives it back.
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        perform(queue.leave(id, served: nil))
        waiter.continuation.resume(throwing: CancellationError())
    }

    private func leave(_ id: AdmissionQueue.ID, served: Duration?) { perform(queue.leave(id, served: served)) }

    private func perform(_ actions: [AdmissionQueue.Action]) {
        for action in actions {
            switch action {
            case .start(let id): waiters.removeValue(forKey: id)?.continuation.resume()
            case .moved(let id, let position): waiters[id]?.onMove(position)
            }
        }
    }
}
