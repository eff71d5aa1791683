import Foundations

/// Who may work now, who waits, in which order, and who is turned away. A value without time or tasks of its own: instants
/// come in, decisions and actions go out; `Lane` runs it.
///
/// The expected wait of a position is the moving average of service times, times the position, divided by the slots. A caller
/// is turned away when all places are taken, or when that wait takes up more than `margin` of the time to its deadline or of the
/// lane's `maxWait`: waits vary, and one that is expected to take all the time there is would outlast it every other time.
///
/// The line is in the order of service: interactive requests before batch ones, and among each the keys in turn (`FairShare`).
/// A batch request that has waited `batchAging` moves up: from then on it counts as an interactive request of its key that
/// comes at that moment. Its turn is then a fixed number that later requests can't get before, so it is served.
public struct LaneState: Sendable {
    public typealias ID = UInt64
    public typealias Instant = ContinuousClock.Instant

    /// Who arrives.
    public struct Caller: Sendable, Equatable {
        public var id: ID
        /// The name of the caller's key.
        public var key: String
        public var priority: RequestContext.Priority
        /// After it, the caller waits no more.
        public var deadline: Instant

        public init(id: ID, key: String, priority: RequestContext.Priority = .interactive, deadline: Instant) {
            self.id = id
            self.key = key
            self.priority = priority
            self.deadline = deadline
        }
    }

    public enum Decision: Sendable, Equatable {
        case run
        /// Waits; 1 is next.
        case wait(position: Int)
        /// All places are taken.
        case full(retryAfter: Duration)
        /// There is a place, but the wait would outlast the caller's patience.
        case tooLong(retryAfter: Duration)
    }

    public enum Action: Sendable, Equatable {
        case start(ID)
        case moved(ID, position: Int)
    }

    private struct Waiter: Sendable {
        var id: ID
        var key: String
        var priority: RequestContext.Priority
        var since: Instant
        var turn: Int
        /// The position that was told last.
        var position: Int

        /// Ids grow, so equal turns go by arrival.
        func comes(before other: Waiter) -> Bool {
            (other.priority, turn, id) < (priority, other.turn, other.id)
        }
    }

    /// The newest service time's share in the average.
    public static let weight = 0.3
    /// The share of a caller's patience that its wait may be expected to take.
    public static let margin = 0.9

    public let limits: LaneLimits
    public private(set) var slots: Int
    public private(set) var running: Set<ID> = []
    public private(set) var averageService: Duration
    private var hasServed = false
    private var line: [Waiter] = []
    private var shares: [RequestContext.Priority: FairShare] = [:]

    public init(limits: LaneLimits, slots: Int) {
        self.limits = limits
        self.slots = max(0, slots)
        averageService = limits.firstGuess
    }

    /// Those that wait, in the order of service.
    public var waiting: [ID] { line.map(\.id) }
    public var waitingCount: Int { line.count }

    /// How long the one at `position` is expected to wait for a slot. Without a slot, as if there were one: it is what
    /// comes back first.
    public func expectedWait(position: Int) -> Duration { averageService * position / max(1, slots) }

    /// What would be answered to one who came now.
    public func outlook(_ caller: Caller, now: Instant) -> Decision {
        if running.count < slots, line.isEmpty { return .run }
        let turn = (shares[caller.priority] ?? FairShare()).peek(caller.key)
        let newcomer = Waiter(
            id: .max, key: caller.key, priority: caller.priority, since: now, turn: turn, position: 0)
        let position = (line.firstIndex { newcomer.comes(before: $0) } ?? line.count) + 1
        let wait = expectedWait(position: position)
        let retryAfter = min(limits.retryAfterCap, max(.milliseconds(1), wait))
        if line.count >= limits.capacity { return .full(retryAfter: retryAfter) }
        if wait > min(limits.maxWait, caller.deadline - now) * Self.margin { return .tooLong(retryAfter: retryAfter) }
        return .wait(position: position)
    }

    /// Someone comes. Ids must grow from caller to caller.
    /// - Returns: what becomes of it, and whom else it moved.
    public mutating func arrive(_ caller: Caller, now: Instant) -> (decision: Decision, actions: [Action]) {
        age(now: now)
        let decision = outlook(caller, now: now)
        switch decision {
        case .run:
            let turn = shares[caller.priority, default: FairShare()].take(caller.key)
            shares[caller.priority]?.served(turn: turn)
            running.insert(caller.id)
        case .wait(let position):
            let turn = shares[caller.priority, default: FairShare()].take(caller.key)
            line.insert(
                Waiter(
                    id: caller.id, key: caller.key, priority: caller.priority, since: now, turn: turn, position: position),
                at: position - 1)
        case .full, .tooLong: break
        }
        return (decision, moves())
    }

    /// Someone is done, or gave up waiting. Whoever is unknown changes nothing.
    /// - Parameter served: how long the work took; `nil` for work that says nothing about how long work takes: it failed,
    ///   was cancelled, or waited for a model to load.
    public mutating func leave(_ id: ID, served: Duration?, now: Instant) -> [Action] {
        if let place = line.firstIndex(where: { $0.id == id }) {
            drop(at: place)
        } else if running.remove(id) != nil {
            if let served {
                averageService = hasServed ? averageService * (1 - Self.weight) + served * Self.weight : served
                hasServed = true
            }
        } else {
            return []
        }
        return fill(now: now)
    }

    /// Endpoints came, went, or changed their health. Work that runs goes on.
    public mutating func setSlots(_ slots: Int, now: Instant) -> [Action] {
        self.slots = max(0, slots)
        return fill(now: now)
    }

    private mutating func fill(now: Instant) -> [Action] {
        age(now: now)
        var actions: [Action] = []
        while running.count < slots, !line.isEmpty {
            let next = line.removeFirst()
            shares[next.priority]?.served(turn: next.turn)
            running.insert(next.id)
            actions.append(.start(next.id))
        }
        if running.isEmpty, line.isEmpty { shares = [:] }
        return actions + moves()
    }

    /// The later requests of the same key move up to the turns before theirs.
    private mutating func drop(at place: Int) {
        let gone = line.remove(at: place)
        var turn = gone.turn
        for index in line.indices where line[index].key == gone.key && line[index].priority == gone.priority {
            if line[index].turn > turn { swap(&line[index].turn, &turn) }
        }
        shares[gone.priority]?.giveBack(gone.key)
        line.sort { $0.comes(before: $1) }
    }

    private mutating func age(now: Instant) {
        let old = line.indices.filter { line[$0].priority == .batch && now - line[$0].since >= limits.batchAging }
        guard !old.isEmpty else { return }
        for index in old {
            line[index].priority = .interactive
            line[index].turn = shares[.interactive, default: FairShare()].take(line[index].key)
        }
        line.sort { $0.comes(before: $1) }
    }

    private mutating func moves() -> [Action] {
        var actions: [Action] = []
        for index in line.indices where line[index].position != index + 1 {
            line[index].position = index + 1
            actions.append(.moved(line[index].id, position: index + 1))
        }
        return actions
    }
}
