/// When a local model is loaded and unloaded: a value that answers each event with what to do about it.
///
/// `onDisk → loading → ready → draining → onDisk`, or `failed(reason)`. However many callers wait, one load runs.
public struct ModelLifecycle: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case onDisk
        case loading
        case ready
        case draining
        case failed(reason: String)
    }

    public enum Action: Sendable, Equatable {
        case load
        case unload
        /// These callers hold the model from now on.
        case grant([Int])
        case refuse([Int], reason: String)
    }

    public private(set) var state = State.onDisk
    /// Callers that hold the model.
    public private(set) var users = 0
    private var waiting: [Int] = []
    private var idleSince: ContinuousClock.Instant?
    private let keepAlive: Duration

    public init(keepAlive: Duration) { self.keepAlive = keepAlive }

    /// A caller wants the model. After a failure the next caller tries again.
    public mutating func acquire(_ caller: Int) -> [Action] {
        switch state {
        case .ready:
            users += 1
            idleSince = nil
            return [.grant([caller])]
        case .loading, .draining:
            waiting.append(caller)
            return []
        case .onDisk, .failed:
            waiting.append(caller)
            state = .loading
            return [.load]
        }
    }

    /// A caller that waits gives up. The load goes on: it serves the next one.
    public mutating func abandon(_ caller: Int) { waiting.removeAll { $0 == caller } }

    public mutating func loaded(now: ContinuousClock.Instant) -> [Action] {
        guard state == .loading else { return [] }
        state = .ready
        users = waiting.count
        if users == 0 { idleSince = now }
        return grantWaiting()
    }

    public mutating func loadFailed(reason: String) -> [Action] {
        guard state == .loading else { return [] }
        state = .failed(reason: reason)
        defer { waiting = [] }
        return waiting.isEmpty ? [] : [.refuse(waiting, reason: reason)]
    }

    /// A caller that held the model is done with it.
    public mutating func release(now: ContinuousClock.Instant) {
        users = max(0, users - 1)
        if users == 0 { idleSince = now }
    }

    /// Time has passed: unloads a model that nobody used for the keep-alive time.
    public mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        guard state == .ready, users == 0, let idleSince, now - idleSince >= keepAlive else { return [] }
        state = .draining
        return [.unload]
    }

    public mutating func unloaded() -> [Action] {
        guard state == .draining else { return [] }
        if waiting.isEmpty {
            state = .onDisk
            return []
        }
        state = .loading
        return [.load]
    }

    private mutating func grantWaiting() -> [Action] {
        defer { waiting = [] }
        return waiting.isEmpty ? [] : [.grant(waiting)]
    }
}
