import Foundations

/// The pools of models that chat.
package typealias ChatPool = EndpointPool<any ChatModel>

/// A pool of whatever models, as those see it who look after pools.
protocol ManagedPool: Actor {
    nonisolated var id: String { get }
    nonisolated var lane: Lane { get }
    var summary: PoolSummary { get async }
    var health: [(endpoint: String, isUp: Bool)] { get }
    func drain(_ endpoint: String) async throws
    func remove(_ endpoint: String) async throws
    func dueProbes() async -> [@Sendable () async -> Void]
}

extension EndpointPool: ManagedPool {}

/// Endpoints behind one model id, with the lane in front of them. Keeps the lane's slots in step with the endpoints' health.
package actor EndpointPool<Model: Sendable> {
    package typealias Member = PoolMember<Model>

    /// An endpoint that a request was given.
    package struct Lease: Sendable {
        let member: PoolMember<Model>
        let started = ContinuousClock.now
        /// Whether the engine was ready, so that its time says how fast it is.
        let isWarm: Bool
    }

    static var maxEndpoints: Int { PoolConfiguration.maxMembers * PoolConfiguration.replicas.upperBound }

    package nonisolated let id: String
    package nonisolated let lane: Lane
    private let metrics: MetricsRegistry
    private var state: PoolState
    private var members: [String: PoolMember<Model>] = [:]
    /// The last failure, told while no endpoint takes requests.
    private var lastFailure: ErrorReport?
    private var probing: Set<String> = []
    private var lastProbe: [String: ContinuousClock.Instant] = [:]
    private var slotsTold: Int
    private var isTelling = false

    package init(
        id: String, members: [PoolMember<Model>], pick: PoolConfiguration.Pick = .p2c, policy: BalancingConfiguration,
        limits: LaneLimits, metrics: MetricsRegistry
    ) {
        self.id = id
        self.metrics = metrics
        var state = PoolState(pick: pick, policy: policy)
        for member in members where state.add(member.id, slots: member.slots, now: .now) {
            self.members[member.id] = member
        }
        self.state = state
        slotsTold = state.slots
        lane = Lane(name: id, limits: limits, slots: state.slots, metrics: metrics)
    }

    // MARK: Membership

    /// - Throws: `PoolError.endpointExists`, `tooManyEndpoints`.
    package func add(_ member: PoolMember<Model>) async throws {
        guard members.count < Self.maxEndpoints else {
            throw PoolError.tooManyEndpoints(pool: id, limit: Self.maxEndpoints)
        }
        guard state.add(member.id, slots: member.slots, now: .now) else {
            throw PoolError.endpointExists(pool: id, endpoint: member.id)
        }
        members[member.id] = member
        await tellSlots()
    }

    /// - Throws: `PoolError.noSuchEndpoint`.
    package func drain(_ endpoint: String) async throws {
        guard state.drain(endpoint) else { throw PoolError.noSuchEndpoint(pool: id, endpoint: endpoint) }
        await tellSlots()
    }

    /// - Throws: `PoolError.noSuchEndpoint`.
    package func remove(_ endpoint: String) async throws {
        guard let isOut = state.remove(endpoint) else { throw PoolError.noSuchEndpoint(pool: id, endpoint: endpoint) }
        await tellSlots()
        if isOut { await retire(endpoint) }
    }

    package var summary: PoolSummary {
        get async {
            let now = ContinuousClock.now
            let endpoints = state.endpoints.map { endpoint in
                var retryIn: Duration?
                if case .ejected(let until?) = endpoint.health { retryIn = max(.zero, until - now) }
                return PoolSummary.Endpoint(
                    id: endpoint.id, backend: members[endpoint.id]?.backend ?? "", endpoint: endpoint,
                    retryIn: retryIn)
            }
            return PoolSummary(
                id: id, pick: state.pick, lane: await lane.load, averageService: await lane.averageService,
                endpoints: endpoints)
        }
    }

    /// The models of its endpoints.
    package var models: [Model] { state.endpoints.compactMap { members[$0.id]?.model } }

    // MARK: Requests

    /// Refuses at once while no endpoint takes requests, unless one is on its way back: then it is worth waiting.
    /// - Throws: the last failure with the time of the next trial, or `PoolError.noEndpoint`.
    func admit() async throws {
        let isOpen = state.isOpen(now: .now)
        await tellSlots()
        if isOpen || state.awaitsReturn { return }
        throw refusal
    }

    private var refusal: any Error {
        let retryAfter = state.nextTrial(now: .now) ?? .seconds(1)
        guard !state.endpoints.isEmpty, var report = lastFailure else {
            return PoolError.noEndpoint(pool: id, retryAfter: retryAfter)
        }
        report.retryAfter = retryAfter
        return report
    }

    /// An endpoint for a request. Whoever got one must `give` it back.
    /// - Parameter tried: endpoints that had this request already.
    /// - Returns: `nil` when no other one takes requests.
    func take(excluding tried: Set<String> = []) async -> Lease? {
        guard let id = state.take(excluding: tried, random: (.random(in: 0 ... .max), .random(in: 0 ... .max)), now: .now),
            let member = members[id]
        else { return nil }
        return Lease(member: member, isWarm: await member.isWarm())
    }

    /// The request has ended at its endpoint.
    /// - Parameter error: how; `nil` for a whole answer.
    func give(_ lease: Lease, _ error: (any Error)?) async {
        let id = lease.member.id
        let outcome = error.map(EndpointFault.outcome) ?? .success
        let took = error == nil && lease.isWarm ? ContinuousClock.now - lease.started : nil
        if outcome == .failure, let error {
            lastFailure = ErrorReport(error)
            await metrics.increment(
                "martlet_endpoint_failures_total", "Requests that failed by an endpoint's fault.",
                [("pool", self.id), ("endpoint", id), ("code", ErrorReport(error).code)])
        }
        let isOut = state.finish(id, outcome, took: took, now: .now)
        await tellSlots()
        if isOut { await retire(id) }
    }

    /// Whether a request that failed before its first byte may be tried on another endpoint.
    func spendRetry(excluding tried: Set<String>) async -> Bool {
        guard state.spendRetry(excluding: tried) else { return false }
        await metrics.increment(
            "martlet_pool_retries_total", "Requests tried again on another endpoint.", [("pool", id)])
        return true
    }

    /// Does a piece of work that has no visible beginning: waits for its turn, gives it to an endpoint, and to another one when that
    /// fails in a way that allows it, all inside the one deadline.
    /// - Parameters:
    ///   - operation: what traces call it.
    ///   - onQueued: called whenever the place in line changes.
    /// - Throws: `LaneError`, `PoolError`, and what the endpoints throw.
    nonisolated func serve<T: Sendable>(
        _ operation: String, _ context: RequestContext, onQueued: @escaping @Sendable (Lane.Turn) -> Void = { _ in },
        _ work: @Sendable (Model, RequestContext) async throws -> T
    ) async throws -> T {
        try await admit()
        let place = try await lane.enter(context, onQueued: onQueued)
        do {
            let (value, took) = try await visit(operation, context, work)
            await lane.leave(place, served: took)
            return value
        } catch {
            await lane.leave(place, served: nil)
            throw error
        }
    }

    private nonisolated func visit<T: Sendable>(
        _ operation: String, _ context: RequestContext, _ work: @Sendable (Model, RequestContext) async throws -> T
    ) async throws -> (T, took: Duration?) {
        var tried: Set<String> = []
        var last: (any Error)?
        while let lease = await take(excluding: tried) {
            tried.insert(lease.member.id)
            let (span, inner) = context.span(
                "endpoint call", .client,
                ["martlet.endpoint": .text(lease.member.id), "martlet.pool": .text(id), "gen_ai.operation.name": .text(operation)])
            do {
                let value = try await work(lease.member.model, inner)
                span?.end()
                await give(lease, nil)
                return (value, lease.isWarm ? ContinuousClock.now - lease.started : nil)
            } catch {
                span?.end(error)
                await give(lease, error)
                guard !Task.isCancelled, EndpointFault.isRetryable(error), !context.deadline.isPast, await spendRetry(excluding: tried) else {
                    throw error
                }
                last = error
            }
        }
        throw last ?? PoolError.noEndpoint(pool: id, retryAfter: .seconds(1))
    }

    // MARK: Probes

    /// The probes whose time has come; each reports back by itself. Endpoints that aren't well, or failed lately, are always due.
    package func dueProbes() async -> [@Sendable () async -> Void] {
        let now = ContinuousClock.now
        _ = state.isOpen(now: now)
        await tellSlots()
        return state.endpoints.compactMap { endpoint in
            guard let member = members[endpoint.id], !probing.contains(endpoint.id) else { return nil }
            let isWell = endpoint.health == .up && endpoint.failures == 0
            if isWell, let last = lastProbe[endpoint.id], now - last < member.probeInterval { return nil }
            if endpoint.health == .draining { return nil }
            probing.insert(endpoint.id)
            return { await self.probed(member, await member.probe()) }
        }
    }

    private func probed(_ member: PoolMember<Model>, _ probe: PoolState.Probe) async {
        probing.remove(member.id)
        lastProbe[member.id] = .now
        state.probed(member.id, probe, now: .now)
        await tellSlots()
    }

    // MARK: Slots

    /// One at a time, so that the lane ends up with the newest figure.
    private func tellSlots() async {
        guard !isTelling else { return }
        isTelling = true
        while slotsTold != state.slots {
            slotsTold = state.slots
            await lane.setSlots(slotsTold)
        }
        isTelling = false
    }

    private func retire(_ endpoint: String) async {
        lastProbe[endpoint] = nil
        await members.removeValue(forKey: endpoint)?.retire()
    }

    /// Whether each endpoint takes requests: the figure `martlet_endpoint_up`.
    var health: [(endpoint: String, isUp: Bool)] { state.endpoints.map { ($0.id, $0.health == .up) } }
}
