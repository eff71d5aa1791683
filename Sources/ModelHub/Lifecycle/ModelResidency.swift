/// Which models hold memory, and which must go to make room: a value that answers each event with what to do about it.
///
/// Requests for room are served in the order they came. Room is made by evicting models that nobody uses, the longest
/// unused first, and only when that is enough; pinned models and models in use stay. A request that can't fit at all is
/// refused at once, one that must wait for models in use waits.
public struct ModelResidency: Sendable, Equatable {
    /// How a resident is used at the moment.
    public struct Occupancy: Sendable, Equatable {
        /// Loaded, and nobody uses it or waits for it.
        public var isIdle: Bool
        public var lastUsed: ContinuousClock.Instant

        public init(isIdle: Bool, lastUsed: ContinuousClock.Instant) {
            self.isIdle = isIdle
            self.lastUsed = lastUsed
        }
    }

    public enum Action: Sendable, Equatable {
        /// The request's model has its room and may load.
        case grant(Int)
        case evict(String)
        /// The request's model doesn't fit, whoever leaves.
        case refuse(Int, needed: Int, available: Int)
    }

    private struct Resident: Sendable, Equatable {
        var bytes: Int
        var isPinned: Bool
        var isLeaving = false
    }

    private struct Request: Sendable, Equatable {
        var ticket: Int
        var key: String
        var bytes: Int
        var isPinned: Bool
    }

    /// Bytes for all models together.
    public let budget: Int
    private var residents: [String: Resident] = [:]
    private var waiting: [Request] = []

    public init(budget: Int) { self.budget = budget }

    /// Bytes that residents hold, estimated until they were measured.
    public var used: Int { residents.values.reduce(0) { Self.sum($0, $1.bytes) } }
    public var keys: Set<String> { Set(residents.keys) }
    public func bytes(of key: String) -> Int? { residents[key]?.bytes }

    /// A model wants to load. `plan` answers.
    public mutating func request(_ ticket: Int, key: String, bytes: Int, isPinned: Bool) {
        waiting.append(Request(ticket: ticket, key: key, bytes: max(0, bytes), isPinned: isPinned))
    }

    /// A request that waits gives up.
    public mutating func abandon(_ ticket: Int) { waiting.removeAll { $0.ticket == ticket } }

    /// A resident was weighed; that counts from now on.
    public mutating func measured(_ key: String, bytes: Int) { residents[key]?.bytes = max(0, bytes) }

    /// A model holds no memory any more.
    public mutating func released(_ key: String) { residents[key] = nil }

    /// A resident that was to leave was taken into use at that very moment.
    public mutating func evictionRefused(_ key: String) { residents[key]?.isLeaving = false }

    /// What can be done now.
    /// - Parameter occupancy: of every resident; one that is missing counts as in use.
    public mutating func plan(_ occupancy: [String: Occupancy]) -> [Action] {
        var actions: [Action] = []
        while let head = waiting.first {
            let pinned = residents.filter { $0.key != head.key && $0.value.isPinned }.values.reduce(0) { Self.sum($0, $1.bytes) }
            if head.bytes > budget - min(budget, pinned) {
                waiting.removeFirst()
                actions.append(.refuse(head.ticket, needed: head.bytes, available: budget - min(budget, pinned)))
                continue
            }
            if Self.sum(used, head.bytes) <= budget {
                waiting.removeFirst()
                residents[head.key] = Resident(bytes: head.bytes, isPinned: head.isPinned)
                actions.append(.grant(head.ticket))
                continue
            }
            return actions + evict(to: budget - head.bytes, occupancy)
        }
        // Models turned out larger than they were judged: back under the budget, but the last one stays.
        if used > budget, residents.count > 1 { actions += evict(to: budget, occupancy, keepingOne: true, onlyIfEnough: false) }
        return actions
    }

    /// Whether `bytes` would fit, idle models leaving, while `key` stays.
    public func fits(_ bytes: Int, beside key: String, _ occupancy: [String: Occupancy]) -> Bool {
        let staying = residents.filter { $0.key == key || $0.value.isPinned || occupancy[$0.key]?.isIdle != true }
        return Self.sum(staying.values.reduce(0) { Self.sum($0, $1.bytes) }, bytes) <= budget
    }

    /// Sends idle residents away until those that stay hold `target` bytes at most.
    private mutating func evict(
        to target: Int, _ occupancy: [String: Occupancy], keepingOne: Bool = false, onlyIfEnough: Bool = true
    ) -> [Action] {
        var staying = residents.filter { !$0.value.isLeaving }
        func bytes() -> Int { staying.values.reduce(0) { Self.sum($0, $1.bytes) } }
        let idle = staying.compactMap { key, resident -> (key: String, lastUsed: ContinuousClock.Instant)? in
            guard !resident.isPinned, let occupancy = occupancy[key], occupancy.isIdle else { return nil }
            return (key, occupancy.lastUsed)
        }.sorted { ($0.lastUsed, $0.key) < ($1.lastUsed, $1.key) }
        var chosen: [String] = []
        for candidate in idle where bytes() > target {
            if keepingOne, staying.count == 1 { break }
            staying[candidate.key] = nil
            chosen.append(candidate.key)
        }
        guard !onlyIfEnough || bytes() <= target else { return [] }
        for key in chosen { residents[key]?.isLeaving = true }
        return chosen.map(Action.evict)
    }

    private static func sum(_ first: Int, _ second: Int) -> Int {
        let (value, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : value
    }
}
