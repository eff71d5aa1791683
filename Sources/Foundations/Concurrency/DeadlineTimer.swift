import Dispatch
import HeapModule
import Synchronization

/// Calls back when a point in time has passed. One timer serves the whole process: a deadline costs a place in a heap, not a task
/// that sleeps.
final class DeadlineTimer: Sendable {
    static let shared = DeadlineTimer()

    typealias Ticket = UInt64

    private struct Entry: Comparable {
        let instant: ContinuousClock.Instant
        let ticket: Ticket

        static func < (lhs: Entry, rhs: Entry) -> Bool { (lhs.instant, lhs.ticket) < (rhs.instant, rhs.ticket) }
    }

    private struct State {
        var heap = Heap<Entry>()
        /// Those of the heap's entries that nobody cancelled.
        var actions: [Ticket: @Sendable () -> Void] = [:]
        var lastTicket: Ticket = 0
        /// When the queue wakes up next; `nil`: never.
        var wakes: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "deadlines", qos: .userInitiated)

    /// - Parameter action: short, and never blocking.
    func call(at instant: ContinuousClock.Instant, _ action: @escaping @Sendable () -> Void) -> Ticket {
        state.withLock { state in
            state.lastTicket += 1
            state.actions[state.lastTicket] = action
            state.heap.insert(Entry(instant: instant, ticket: state.lastTicket))
            wake(at: instant, &state)
            return state.lastTicket
        }
    }

    /// What is under way already goes on.
    func cancel(_ ticket: Ticket) {
        state.withLock { state in
            state.actions[ticket] = nil
            // Most deadlines are far off and never reached: without this their entries would pile up.
            if state.heap.count > 64 + 2 * state.actions.count {
                state.heap = Heap(state.heap.unordered.filter { state.actions[$0.ticket] != nil })
            }
        }
    }

    private func wake(at instant: ContinuousClock.Instant, _ state: inout State) {
        if let wakes = state.wakes, wakes <= instant { return }
        state.wakes = instant
        let nanoseconds = max(0, (instant - .now) / .nanoseconds(1))
        queue.asyncAfter(deadline: .now() + .nanoseconds(Int(min(nanoseconds, 9e18)))) { self.fire() }
    }

    private func fire() {
        let due = state.withLock { state in
            var due: [@Sendable () -> Void] = []
            let now = ContinuousClock.now
            while let next = state.heap.min, next.instant <= now || state.actions[next.ticket] == nil {
                state.heap.removeMin()
                if let action = state.actions.removeValue(forKey: next.ticket) { due.append(action) }
            }
            // An earlier wake-up than the one that is planned may have been this one.
            if let wakes = state.wakes, wakes <= now { state.wakes = nil }
            if let next = state.heap.min { wake(at: next.instant, &state) }
            return due
        }
        for action in due { action() }
    }
}
