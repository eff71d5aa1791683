import Foundations
import Synchronization

/// Those who wait for one fetch: each hears of its progress and of its end.
final class FetchAudience: Sendable {
    typealias Listener = AsyncThrowingStream<ProgressUpdate, any Error>.Continuation

    private let listeners = Mutex<[Int: Listener]>([:])

    var count: Int { listeners.withLock { $0.count } }

    func add(_ ticket: Int, _ listener: Listener) { listeners.withLock { $0[ticket] = listener } }

    /// - Returns: whether nobody is left.
    func remove(_ ticket: Int) -> Bool {
        listeners.withLock {
            $0[ticket] = nil
            return $0.isEmpty
        }
    }

    func tell(_ update: ProgressUpdate) {
        // Outside the lock: a listener's end calls back.
        for listener in listeners.withLock({ Array($0.values) }) { listener.yield(update) }
    }

    func dismiss(_ result: Result<Void, any Error>) {
        let all = listeners.withLock { listeners in
            defer { listeners.removeAll() }
            return Array(listeners.values)
        }
        for listener in all {
            switch result {
            case .success: listener.finish()
            case .failure(let error): listener.finish(throwing: error)
            }
        }
    }
}
