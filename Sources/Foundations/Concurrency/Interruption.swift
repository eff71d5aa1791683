import Synchronization

/// A piece of work that can be ended early, with an error that says why. The first reason counts.
///
///     let call = Interruption()
///     call.end(at: deadline, with: TooLate())
///     return try await call.run { try await work() }
public final class Interruption: Sendable {
    private struct State {
        var reason: (any Error)?
        var cancel: (@Sendable () -> Void)?
        var tickets: [DeadlineTimer.Ticket] = []
        var isOver = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Cancels the work; whoever waits for it gets `reason`.
    public func end(with reason: any Error) {
        let cancel = state.withLock { state in
            guard !state.isOver, state.reason == nil else { return nil as (@Sendable () -> Void)? }
            state.reason = reason
            return state.cancel
        }
        cancel?()
    }

    /// Ends the work when a point in time has passed.
    public func end(at deadline: Deadline, with reason: any Error) { end(whenPast: { deadline }, with: reason) }

    /// Ends the work when a point in time has passed that may move while the work goes on.
    public func end(whenPast deadline: @escaping @Sendable () -> Deadline, with reason: any Error) {
        wait(until: deadline().instant) { [weak self] in
            guard let self else { return }
            if deadline().isPast { end(with: reason) } else { end(whenPast: deadline, with: reason) }
        }
    }

    private func wait(until instant: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if !state.isOver { state.tickets.append(DeadlineTimer.shared.call(at: instant, action)) }
        }
    }

    /// Runs the work, once, in a task of its own. It must honour cancellation: this function returns only after it has ended.
    /// - Throws: the reason it was ended for, else what the work throws.
    public func run<T: Sendable>(_ work: @escaping @Sendable () async throws -> T) async throws -> T {
        let task = Task { try await work() }
        begin { task.cancel() }
        defer { finish() }
        do {
            let value = try await withTaskCancellationHandler { try await task.value } onCancel: { task.cancel() }
            // What was interrupted may end as if it were complete, as a cancelled iteration does.
            if let reason { throw reason }
            return value
        } catch {
            throw reason ?? error
        }
    }

    private var reason: (any Error)? { state.withLock { $0.reason } }

    private func begin(cancel: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.cancel = cancel
            return state.reason != nil
        }
        if isOver { cancel() }
    }

    private func finish() {
        let tickets = state.withLock { state in
            state.isOver = true
            state.cancel = nil
            return state.tickets
        }
        for ticket in tickets { DeadlineTimer.shared.cancel(ticket) }
    }
}
