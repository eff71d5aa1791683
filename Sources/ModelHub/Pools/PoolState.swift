import Foundations

/// Which endpoint of a pool gets the next request, and which ones are well enough to get any. A value without time, chance or
/// tasks of its own: instants and random numbers come in; `EndpointPool` runs it.
///
///     up ──failures in a row, or gone──▶ ejected ──time is up, or probes see it back──▶ halfOpen ──successes──▶ up
///      ╰──drain / remove──▶ draining                              failure ──▶ ejected, for twice as long
public struct PoolState: Sendable {
    public typealias ID = String
    public typealias Instant = ContinuousClock.Instant

    public enum Health: Sendable, Equatable {
        case up
        /// Gets nothing until then. `nil`: it is known to be gone, and comes back when a probe says so.
        case ejected(until: Instant?)
        /// Gets one request at a time, to see.
        case halfOpen(successes: Int)
        /// Gets nothing new.
        case draining
    }

    /// How a request at an endpoint ended.
    public enum Outcome: Sendable, Equatable {
        /// The endpoint did its part, also when it refused a request that can't be served.
        case success
        /// The endpoint is at fault.
        case failure
        /// It says nothing about the endpoint: the caller left, or the endpoint is merely busy.
        case neutral
    }

    /// What asking an endpoint showed.
    public enum Probe: Sendable, Equatable {
        case alive
        case failed
        /// Known for certain not to be there: our own child has ended. `alive` then brings it back at once.
        case gone
    }

    public struct Endpoint: Sendable, Equatable {
        public let id: ID
        /// Requests it works on at once.
        public let slots: Int
        public fileprivate(set) var health = Health.up
        /// Requests it works on now.
        public fileprivate(set) var outstanding = 0
        /// Failures since the last success.
        public fileprivate(set) var failures = 0
        /// The moving average of whole requests.
        public fileprivate(set) var latency: Duration?
        /// Ejections since it was last well for long; decides for how long the next one is.
        fileprivate var ejections = 0
        fileprivate var upSince: Instant
        /// A probe failed since the ejection, so that a good one means a change.
        fileprivate var probeFailed = false
        fileprivate var leavesWhenIdle = false

        /// Requests it may get at once as it is now.
        public var openSlots: Int {
            switch health {
            case .up: slots
            case .halfOpen: 1
            case .ejected, .draining: 0
            }
        }
    }

    /// The newest request's share in an endpoint's average latency.
    public static let weight = 0.3

    public let pick: PoolConfiguration.Pick
    public let policy: BalancingConfiguration
    /// In the order they were added.
    public private(set) var endpoints: [Endpoint] = []
    private var retries: RetryBudget
    /// How often round robin has picked.
    private var turn = 0

    public init(pick: PoolConfiguration.Pick, policy: BalancingConfiguration) {
        self.pick = pick
        self.policy = policy
        retries = RetryBudget(share: policy.retryShare, reserve: policy.retryReserve)
    }

    // MARK: Membership

    /// - Returns: `false` when there is one of that id already, also one that is on its way out.
    public mutating func add(_ id: ID, slots: Int, now: Instant) -> Bool {
        guard self[id] == nil else { return false }
        endpoints.append(Endpoint(id: id, slots: max(1, slots), upSince: now))
        return true
    }

    /// Gives it nothing new; what it works on ends in peace.
    /// - Returns: `false` when there is none of that id.
    public mutating func drain(_ id: ID) -> Bool { change(id) { $0.health = .draining } }

    /// Drains it, and takes it out once it has nothing to do.
    /// - Returns: whether it is out already; `nil` when there is none of that id.
    public mutating func remove(_ id: ID) -> Bool? {
        guard drain(id), change(id, { $0.leavesWhenIdle = true }) else { return nil }
        return takeOutIfIdle(id)
    }

    public subscript(id: ID) -> Endpoint? { endpoints.first { $0.id == id } }

    // MARK: Requests

    /// Requests that the pool may work on at once: what well endpoints take, and what the others still work on, since that
    /// takes nothing from the well ones.
    public var slots: Int {
        endpoints.reduce(0) { $0 + ($1.health == .up ? $1.slots : max($1.openSlots, $1.outstanding)) }
    }

    /// Whether any endpoint takes requests now.
    public mutating func isOpen(now: Instant) -> Bool {
        reopen(now: now)
        return endpoints.contains { $0.openSlots > 0 }
    }

    /// Whether an endpoint that is gone is on its way back by itself.
    public var awaitsReturn: Bool { endpoints.contains { $0.health == .ejected(until: nil) } }

    /// When the next ejected endpoint is tried again, if that is known.
    public func nextTrial(now: Instant) -> Duration? {
        endpoints.compactMap { endpoint in
            if case .ejected(let until?) = endpoint.health { max(.zero, until - now) } else { nil }
        }.min()
    }

    /// Picks the endpoint for a request and counts the request as its own until `finish`.
    /// - Parameters:
    ///   - tried: endpoints that had this request already.
    ///   - random: two numbers by chance, for `p2c`.
    public mutating func take(excluding tried: Set<ID> = [], random: (UInt64, UInt64), now: Instant) -> ID? {
        reopen(now: now)
        let open = endpoints.filter { $0.openSlots > 0 && !tried.contains($0.id) }
        // The lane lets in no more than there are slots, so only a retry may find none free; it is then put on top, but never
        // on an endpoint that is only being tried.
        let free = open.filter { $0.outstanding < $0.openSlots }
        let candidates = free.isEmpty ? open.filter { $0.health == .up } : free
        guard !candidates.isEmpty else { return nil }
        let chosen: Endpoint
        switch pick {
        case .roundRobin:
            chosen = candidates[turn % candidates.count]
            turn &+= 1
        case .p2c:
            let first = Int(random.0 % UInt64(candidates.count))
            var second = first
            if candidates.count > 1 {
                second = Int(random.1 % UInt64(candidates.count - 1))
                if second >= first { second += 1 }
            }
            chosen = [candidates[first], candidates[second]].min { cost($0) < cost($1) } ?? candidates[first]
        }
        change(chosen.id) { $0.outstanding += 1 }
        return chosen.id
    }

    /// The request that an endpoint was taken for has ended there.
    /// - Parameter took: how long it was at work; `nil` when that says nothing about its speed.
    /// - Returns: whether the endpoint is out of the pool now.
    public mutating func finish(_ id: ID, _ outcome: Outcome, took: Duration?, now: Instant) -> Bool {
        change(id) { endpoint in
            endpoint.outstanding = max(0, endpoint.outstanding - 1)
            if let took {
                endpoint.latency = endpoint.latency.map { $0 * (1 - Self.weight) + took * Self.weight } ?? took
            }
        }
        switch outcome {
        case .success:
            retries.requestDone()
            succeeded(id, now: now)
        case .failure: failed(id, now: now)
        case .neutral: break
        }
        return takeOutIfIdle(id)
    }

    /// Whether a request that failed at these endpoints may be tried on another one now; counts it.
    public mutating func spendRetry(excluding tried: Set<ID>) -> Bool {
        endpoints.contains { $0.openSlots > 0 && !tried.contains($0.id) } && retries.spend()
    }

    // MARK: Probes

    public mutating func probed(_ id: ID, _ probe: Probe, now: Instant) {
        reopen(now: now)
        guard let endpoint = self[id] else { return }
        switch (probe, endpoint.health) {
        case (_, .draining): break
        case (.gone, .ejected(nil)): break
        case (.gone, _):
            change(id) { $0.health = .ejected(until: nil) }
        case (.alive, .ejected(nil)):
            comeUp(id, now: now)
        case (.alive, .ejected):
            // An endpoint that probes well and fails at its work serves its whole time.
            guard endpoint.probeFailed else { return }
            change(id) { $0.health = .halfOpen(successes: 0) }
            succeeded(id, now: now)
        case (.alive, .halfOpen): succeeded(id, now: now)
        case (.alive, .up): break
        case (.failed, .ejected): change(id) { $0.probeFailed = true }
        case (.failed, _):
            failed(id, now: now)
            change(id) { $0.probeFailed = true }
        }
    }

    // MARK: Health

    private mutating func succeeded(_ id: ID, now: Instant) {
        guard let endpoint = self[id] else { return }
        switch endpoint.health {
        case .up: change(id) { $0.failures = 0 }
        case .halfOpen(let successes):
            if successes + 1 >= policy.successLimit {
                comeUp(id, now: now)
            } else {
                change(id) { $0.health = .halfOpen(successes: successes + 1) }
            }
        case .ejected, .draining: break
        }
    }

    private mutating func failed(_ id: ID, now: Instant) {
        guard let endpoint = self[id] else { return }
        switch endpoint.health {
        case .up:
            change(id) { $0.failures += 1 }
            guard endpoint.failures + 1 >= policy.failureLimit else { return }
            // It was well for long: the count begins anew.
            if now - endpoint.upSince >= policy.maxEjection { change(id) { $0.ejections = 0 } }
            eject(id, now: now)
        case .halfOpen: eject(id, now: now)
        case .ejected, .draining: break
        }
    }

    private mutating func eject(_ id: ID, now: Instant) {
        let policy = policy
        change(id) { endpoint in
            let doublings = min(endpoint.ejections, 20)
            endpoint.health = .ejected(until: now + min(policy.maxEjection, policy.ejection * (1 << doublings)))
            endpoint.ejections += 1
            endpoint.probeFailed = false
        }
    }

    private mutating func comeUp(_ id: ID, now: Instant) {
        change(id) { endpoint in
            endpoint.health = .up
            endpoint.failures = 0
            endpoint.upSince = now
        }
    }

    /// Ejected endpoints whose time is up are tried.
    private mutating func reopen(now: Instant) {
        for index in endpoints.indices {
            if case .ejected(let until?) = endpoints[index].health, until <= now {
                endpoints[index].health = .halfOpen(successes: 0)
            }
        }
    }

    /// Outstanding requests, this one included, weighted by how long the endpoint takes. Of one that hasn't answered yet nothing
    /// is known: it counts as the fastest one that has.
    private func cost(_ endpoint: Endpoint) -> Duration {
        let latency = endpoint.latency ?? endpoints.compactMap(\.latency).min() ?? .seconds(1)
        return latency * (endpoint.outstanding + 1)
    }

    @discardableResult
    private mutating func change(_ id: ID, _ change: (inout Endpoint) -> Void) -> Bool {
        guard let index = endpoints.firstIndex(where: { $0.id == id }) else { return false }
        change(&endpoints[index])
        return true
    }

    private mutating func takeOutIfIdle(_ id: ID) -> Bool {
        guard let endpoint = self[id], endpoint.leavesWhenIdle, endpoint.outstanding == 0 else { return false }
        endpoints.removeAll { $0.id == id }
        return true
    }
}
