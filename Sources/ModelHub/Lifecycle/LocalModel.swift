import Engines
import Foundations

/// A model that a child process of ours runs, whatever it does. Loads on first use, stays loaded while used, unloads when idle or
/// when another model needs the memory.
///
///     let answer = try await model.use(context) { client in try await client.answer(…) }
actor LocalModel<Client: Sendable>: ManagedModel {
    /// Starts and stops the process behind the model.
    struct Engine: Sendable {
        /// Whether the model may run on this machine, and the bytes of memory it will take. Nothing is started.
        var need: @Sendable () async throws -> Int
        /// Returns when the model answers. Throws a report that says why it can't.
        var start: @Sendable (Deadline) async throws -> Void
        /// A client for the process's present life; waits while the supervisor brings it up again.
        var client: @Sendable (Deadline) async throws -> Client
        var stop: @Sendable () async -> Void
        /// How the process is, for the pool in front of the model.
        var probe: @Sendable () async -> PoolState.Probe
        /// Bytes of memory that the process holds; `nil` while there is none.
        var memory: @Sendable () async -> Int?
    }

    /// A load that a caller holds the model in, until it is given back.
    struct Lease: Sendable {
        let client: Client
        fileprivate let life: Int
    }

    nonisolated let id: String
    nonisolated let memoryKey: String
    nonisolated var isPinned: Bool { residence.isPinned }
    private nonisolated let residence: LocalResidence
    /// Asks the model something short, at the end of each load; `nil`: loaded is loaded.
    private let warmUp: (@Sendable (Client, Deadline) async throws -> Void)?
    private let engine: Engine
    private var lifecycle: ModelLifecycle
    private var loadFailure: (any Error)?
    private var callers: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// Callers that were granted the model and haven't taken it yet, with the load they were granted: one that ran out of
    /// time at that very moment must still give it back.
    private var granted: [Int: Int] = [:]
    private var nextCaller = 0
    private var work: Task<Void, Never>?
    private var subscribers: [Int: AsyncStream<ModelLifecycle.State>.Continuation] = [:]

    init(
        id: String, residence: LocalResidence, engine: Engine, warmUp: (@Sendable (Client, Deadline) async throws -> Void)? = nil
    ) {
        self.id = id
        self.engine = engine
        self.residence = residence
        self.warmUp = warmUp
        memoryKey = "\(id)#\(RequestContext.newID())"
        lifecycle = ModelLifecycle(keepAlive: residence.keepAlive, isPinned: residence.isPinned)
    }

    var state: ModelLifecycle.State { lifecycle.state }
    var users: Int { lifecycle.users }

    nonisolated func probe() async -> PoolState.Probe { await engine.probe() }

    // MARK: Use

    /// Loads the model if it isn't. Whoever got a lease must give it back.
    /// - Throws: as `load`, and `EndpointError`.
    func take(_ context: RequestContext) async throws -> Lease {
        let life = try await acquire(context)
        do {
            return Lease(client: try await engine.client(context.deadline.capped(at: residence.loadTimeout)), life: life)
        } catch {
            release(life)
            throw error
        }
    }

    func give(_ lease: Lease) { release(lease.life) }

    /// Does a piece of work with the model.
    /// - Throws: as `take`, and what `work` throws.
    nonisolated func use<T: Sendable>(_ context: RequestContext, _ work: @Sendable (Client) async throws -> T) async throws -> T {
        let lease = try await take(context)
        do {
            let value = try await work(lease.client)
            await give(lease)
            return value
        } catch {
            await give(lease)
            throw error
        }
    }

    // MARK: Loading and unloading

    /// Whether the model may run on this machine, and the bytes of memory it will take. Nothing is started.
    /// - Throws: `ModelFailure.gpuRequired`, `HeaderError`.
    func need() async throws -> Int { try await engine.need() }

    /// Loads the model if it isn't, and returns when it answers.
    /// - Throws: why it can't be loaded; `DeadlineExceeded`, `CancellationError`: the load goes on.
    func load(by deadline: Deadline) async throws { release(try await acquire(until: deadline)) }

    /// Unloads the model: lets those who use it finish within `grace`, then stops the engine all the same. Callers that come
    /// meanwhile wait and cause a new load. Returns when it is unloaded; at once when it isn't loaded.
    /// - Throws: `CancellationError`: the unloading goes on.
    func unload(within grace: Duration) async throws {
        if lifecycle.state == .loading { await work?.value }
        let life = lifecycle.life
        perform(lifecycle.drain())
        do {
            try await withDeadline(.after(grace), waitingFor: "the model's users") { try await self.waitForUnload(of: life) }
        } catch is DeadlineExceeded {
            if lifecycle.life == life { perform(lifecycle.cutOff()) }
            // The engine's own grace bounds this.
            try await waitForUnload(of: life)
        }
    }

    private func waitForUnload(of life: Int) async throws {
        for await state in states() where state != .draining || lifecycle.life != life { return }
        try Task.checkCancellation()
    }

    func occupancy() -> ModelResidency.Occupancy {
        ModelResidency.Occupancy(isIdle: lifecycle.isIdle, lastUsed: lifecycle.lastUsed ?? .now)
    }

    func evict() async -> Bool {
        let actions = lifecycle.evict()
        guard !actions.isEmpty else { return false }
        perform(actions)
        await work?.value
        return true
    }

    /// Unloads the model if nobody used it for the keep-alive time, else weighs it.
    func tick(now: ContinuousClock.Instant = .now) async {
        perform(lifecycle.tick(now: now))
        await weigh()
    }

    /// Stops the process now, whoever uses it.
    func shutdown() async {
        work?.cancel()
        await work?.value
        await engine.stop()
        await residence.memory?.release(memoryKey)
    }

    /// Bytes that the model holds or is expected to take; `nil` when it isn't loaded.
    func memoryBytes() async -> Int? {
        if let memory = residence.memory { return await memory.bytes(of: memoryKey) }
        return await engine.memory()
    }

    private func weigh() async {
        guard lifecycle.state == .ready, let memory = residence.memory, let bytes = await engine.memory() else { return }
        await memory.measured(bytes, key: memoryKey)
    }

    // MARK: Callers

    /// As `acquire(until:)`; waiting for a load is a step of the request's trace.
    private func acquire(_ context: RequestContext) async throws -> Int {
        if lifecycle.state == .ready { return try await acquire(until: context.deadline) }
        return try await context.withSpan("model load", .internal, ["gen_ai.request.model": .text(id)]) { _ in
            try await acquire(until: context.deadline)
        }
    }

    /// - Returns: the load that the caller holds the model in.
    private func acquire(until deadline: Deadline) async throws -> Int {
        let caller = nextCaller
        nextCaller += 1
        do {
            try await withDeadline(deadline, waitingFor: "the model to load") {
                try await self.wait(as: caller)
            }
            return granted.removeValue(forKey: caller) ?? lifecycle.life
        } catch {
            if let life = granted.removeValue(forKey: caller) { release(life) }
            throw error
        }
    }

    private func wait(as caller: Int) async throws {
        try await withTaskCancellationHandler { () async throws -> Void in
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    callers[caller] = continuation
                    perform(lifecycle.acquire(caller))
                }
            }
        } onCancel: {
            Task { await self.abandon(caller) }
        }
    }

    private func abandon(_ caller: Int) {
        guard let continuation = callers.removeValue(forKey: caller) else { return }
        lifecycle.abandon(caller)
        continuation.resume(throwing: CancellationError())
    }

    private func release(_ life: Int) {
        perform(lifecycle.release(life: life, now: .now))
        guard lifecycle.users == 0, let memory = residence.memory else { return }
        Task { await memory.someoneLeft() }
    }

    // MARK: Effects

    private func perform(_ actions: [ModelLifecycle.Action]) {
        for action in actions {
            switch action {
            case .load: work = Task { await self.load() }
            case .unload: work = Task { await self.unload() }
            case .grant(let ready):
                for caller in ready {
                    granted[caller] = lifecycle.life
                    callers.removeValue(forKey: caller)?.resume()
                }
            case .refuse(let refused, _):
                let error = loadFailure ?? ModelFailure.notLoaded(id)
                for caller in refused { callers.removeValue(forKey: caller)?.resume(throwing: error) }
            }
        }
        for subscriber in subscribers.values { subscriber.yield(lifecycle.state) }
    }

    /// The present state and each change from here on.
    private func states() -> AsyncStream<ModelLifecycle.State> {
        let number = nextCaller
        nextCaller += 1
        let (stream, continuation) = AsyncStream.makeStream(
            of: ModelLifecycle.State.self, bufferingPolicy: .bufferingNewest(8))
        subscribers[number] = continuation
        continuation.yield(lifecycle.state)
        continuation.onTermination = { _ in Task { await self.unsubscribe(number) } }
        return stream
    }

    private func unsubscribe(_ number: Int) { subscribers[number] = nil }

    private func load() async {
        let started = ContinuousClock.now
        do {
            let deadline = Deadline.after(residence.loadTimeout)
            // Before any memory is touched.
            let need = try await engine.need()
            try await residence.memory?.reserve(need, for: self, by: deadline)
            do {
                try await engine.start(deadline)
                if let warmUp { try await warmUp(try await engine.client(deadline), deadline) }
            } catch {
                await engine.stop()
                await residence.memory?.release(memoryKey)
                throw error
            }
            loadFailure = nil
            perform(lifecycle.loaded(now: .now))
        } catch {
            loadFailure = error
            perform(lifecycle.loadFailed(reason: ErrorReport(error).message))
        }
        let result = lifecycle.state == .ready ? "loaded" : "failed"
        await residence.metrics?.observe(
            "martlet_model_load_seconds", "Time to load a model, waiting for memory included.",
            [("model", id), ("result", result)], (ContinuousClock.now - started) / .seconds(1))
        await weigh()
    }

    private func unload() async {
        await engine.stop()
        await residence.memory?.release(memoryKey)
        perform(lifecycle.unloaded())
    }
}
