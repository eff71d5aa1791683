/// When a local model is loaded and unloaded: a value that answers each event with what to do about it.
///
/// `onDisk → loading → ready → draining → onDisk`, or `failed(reason)`. However many callers wait, one load runs.
public struct ModelLifecycle: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        case onDisk
        case loading
        case ready
        /// Unloading, or waiting for its last users to be done before it unloads.
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
    /// Counts the loads: a caller that outlives a load that was cut off gives back nothing of the next one.
    public private(set) var life = 0
    public private(set) var lastUsed: ContinuousClock.Instant?
    public let isPinned: Bool
    private var waiting: [Int] = []
    private var isUnloading = false
    private let keepAlive: Duration

    /// - Parameter isPinned: neither idle time nor others' need for memory unloads it.
    public init(keepAlive: Duration, isPinned: Bool = false) {
        self.keepAlive = keepAlive
        self.isPinned = isPinned
    }

    /// Loaded, and nobody uses it.
    public var isIdle: Bool { state == .ready && users == 0 }

    /// A caller wants the model. After a failure the next caller tries again.
    public mutating func acquire(_ caller: Int) -> [Action] {
        switch state {
        case .ready:
            users += 1
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
        life += 1
        users = waiting.count
        lastUsed = now
        return grantWaiting()
    }

    public mutating func loadFailed(reason: String) -> [Action] {
        guard state == .loading else { return [] }
        state = .failed(reason: reason)
        defer { waiting = [] }
        return waiting.isEmpty ? [] : [.refuse(waiting, reason: reason)]
    }

    /// A caller that held the model is done with it. The last one of a draining model lets it unload.
    /// - Parameter life: the one it was granted in; `nil`: the present one.
    @discardableResult
    public mutating func release(life: Int? = nil, now: ContinuousClock.Instant) -> [Action] {
        guard life == nil || life == self.life, users > 0 else { return [] }
        users -= 1
        lastUsed = now
        return users == 0 && state == .draining ? beginUnloading() : []
    }

    /// Time has passed: unloads a model that nobody used for the keep-alive time.
    public mutating func tick(now: ContinuousClock.Instant) -> [Action] {
        guard isIdle, !isPinned, let lastUsed, now - lastUsed >= keepAlive else { return [] }
        state = .draining
        return beginUnloading()
    }

    /// Another model needs the memory. Nothing happens when this one is in use or pinned.
    public mutating func evict() -> [Action] {
        guard isIdle, !isPinned else { return [] }
        state = .draining
        return beginUnloading()
    }

    /// An operator wants it unloaded: those who use it finish, those who come now wait for the next load.
    public mutating func drain() -> [Action] {
        switch state {
        case .ready:
            state = .draining
            return users == 0 ? beginUnloading() : []
        case .failed:
            state = .onDisk
            return []
        case .onDisk, .loading, .draining: return []
        }
    }

    /// The users of a draining model took too long: it unloads all the same.
    public mutating func cutOff() -> [Action] { state == .draining ? beginUnloading() : [] }

    public mutating func unloaded() -> [Action] {
        guard state == .draining, isUnloading else { return [] }
        isUnloading = false
        users = 0
        life += 1
        if waiting.isEmpty {
            state = .onDisk
            return []
        }
        state = .loading
        return [.load]
    }

    private mutating func beginUnloading() -> [Action] {
        guard !isUnloading else { return [] }
        isUnloading = true
        return [.unload]
    }

    private mutating func grantWaiting() -> [Action] {
        defer { waiting = [] }
        return waiting.isEmpty ? [] : [.grant(waiting)]
    }
}
