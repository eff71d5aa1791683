import Engines
import Foundations

/// A chat model that a child process of ours runs. Loads on first use, stays loaded while used, unloads when idle or
/// when another model needs the memory.
public actor LocalChatModel: ChatModel, MemoryTenant {
    /// Starts and stops the process behind the model.
    public struct Engine: Sendable {
        /// Whether the model may run on this machine, and the bytes of memory it will take. Nothing is started.
        public var need: @Sendable () async throws -> Int
        /// Returns when the model answers. Throws a report that says why it can't.
        public var start: @Sendable (Deadline) async throws -> Void
        /// A client for the process's present life; waits while the supervisor brings it up again.
        public var client: @Sendable (Deadline) async throws -> OpenAIClient
        public var stop: @Sendable () async -> Void
        /// How the process is, for the pool in front of the model.
        public var probe: @Sendable () async -> PoolState.Probe
        /// Bytes of memory that the process holds; `nil` while there is none.
        public var memory: @Sendable () async -> Int?

        public init(
            need: @escaping @Sendable () async throws -> Int = { 0 },
            start: @escaping @Sendable (Deadline) async throws -> Void,
            client: @escaping @Sendable (Deadline) async throws -> OpenAIClient,
            stop: @escaping @Sendable () async -> Void,
            memory: @escaping @Sendable () async -> Int? = { nil },
            probe: @escaping @Sendable () async -> PoolState.Probe = { .alive }
        ) {
            self.need = need
            self.start = start
            self.client = client
            self.stop = stop
            self.memory = memory
            self.probe = probe
        }
    }

    /// How it shares the machine with other models.
    public struct Residence: Sendable {
        /// `nil`: it has the machine to itself.
        public var memory: ModelMemory?
        public var isPinned = false
        /// Whether each load ends with a short question to the model.
        public var warmsUp = false
        public var metrics: MetricsRegistry?

        public init(
            memory: ModelMemory? = nil, isPinned: Bool = false, warmsUp: Bool = false, metrics: MetricsRegistry? = nil
        ) {
            self.memory = memory
            self.isPinned = isPinned
            self.warmsUp = warmsUp
            self.metrics = metrics
        }
    }

    public nonisolated let id: String
    public nonisolated let seesImages: Bool
    public nonisolated let contextTokens: Int?
    public nonisolated let patchSize: Int?
    public nonisolated let backend = "llama"
    public nonisolated let memoryKey: String
    public nonisolated var isPinned: Bool { residence.isPinned }
    private nonisolated let residence: Residence
    private let engine: Engine
    private var lifecycle: ModelLifecycle
    private let loadTimeout: Duration
    private var loadFailure: (any Error)?
    private var callers: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// Callers that were granted the model and haven't taken it yet, with the load they were granted: one that ran out of
    /// time at that very moment must still give it back.
    private var granted: [Int: Int] = [:]
    private var nextCaller = 0
    private var work: Task<Void, Never>?
    private var subscribers: [Int: AsyncStream<ModelLifecycle.State>.Continuation] = [:]

    public init(
        id: String, seesImages: Bool, contextTokens: Int? = nil, patchSize: Int? = nil, keepAlive: Duration,
        loadTimeout: Duration, residence: Residence = Residence(), engine: Engine
    ) {
        self.id = id
        self.seesImages = seesImages
        self.contextTokens = contextTokens
        self.patchSize = patchSize
        self.engine = engine
        self.loadTimeout = loadTimeout
        self.residence = residence
        memoryKey = "\(id)#\(RequestContext.newID())"
        lifecycle = ModelLifecycle(keepAlive: keepAlive, isPinned: residence.isPinned)
    }

    public var state: ModelLifecycle.State { lifecycle.state }
    public var users: Int { lifecycle.users }

    // MARK: Answering

    public nonisolated func probe() async -> PoolState.Probe { await engine.probe() }

    public func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let life = try await acquire(context)
        let events: ChatStream
        do {
            let client = try await engine.client(context.deadline.capped(at: loadTimeout))
            events = try await client.stream(request, context: context)
        } catch {
            release(life)
            throw error
        }
        // The lease ends with the stream, however it ends: completed, failed or abandoned by its consumer.
        return ChatStream { continuation in
            let relay = Task {
                do {
                    for try await piece in events { continuation.yield(piece) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
                self.release(life)
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }

    // MARK: Loading and unloading

    /// Whether the model may run on this machine, and the bytes of memory it will take. Nothing is started.
    /// - Throws: `ModelFailure.gpuRequired`, `HeaderError`.
    public func need() async throws -> Int { try await engine.need() }

    /// Loads the model if it isn't, and returns when it answers.
    /// - Throws: why it can't be loaded; `DeadlineExceeded`, `CancellationError`: the load goes on.
    public func load(by deadline: Deadline) async throws { release(try await acquire(until: deadline)) }

    /// Unloads the model: lets those who use it finish within `grace`, then stops the engine all the same. Callers that come
    /// meanwhile wait and cause a new load. Returns when it is unloaded; at once when it isn't loaded.
    /// - Throws: `CancellationError`: the unloading goes on.
    public func unload(within grace: Duration) async throws {
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

    public func occupancy() -> ModelResidency.Occupancy {
        ModelResidency.Occupancy(isIdle: lifecycle.isIdle, lastUsed: lifecycle.lastUsed ?? .now)
    }

    public func evict() async -> Bool {
        let actions = lifecycle.evict()
        guard !actions.isEmpty else { return false }
        perform(actions)
        await work?.value
        return true
    }

    /// Unloads the model if nobody used it for the keep-alive time, else weighs it.
    public func tick(now: ContinuousClock.Instant = .now) async {
        perform(lifecycle.tick(now: now))
        await weigh()
    }

    /// Stops the process now, whoever uses it.
    public func shutdown() async {
        work?.cancel()
        await work?.value
        await engine.stop()
        await residence.memory?.release(memoryKey)
    }

    /// Bytes that the model holds or is expected to take; `nil` when it isn't loaded.
    public func memoryBytes() async -> Int? {
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
            let deadline = Deadline.after(loadTimeout)
            // Before any memory is touched.
            let need = try await engine.need()
            try await residence.memory?.reserve(need, for: self, by: deadline)
            do {
                try await engine.start(deadline)
                if residence.warmsUp { try await warmUp(by: deadline) }
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

    /// One short question: what the model needs only when it answers is in memory then, and a model that can't answer is
    /// found out.
    private func warmUp(by deadline: Deadline) async throws {
        var request = ChatRequest(messages: [ChatMessage(.user, "Hello")])
        request.maxTokens = 1
        let client = try await engine.client(deadline)
        for try await _ in try await client.stream(request, context: RequestContext(keyName: "warm-up", deadline: deadline)) {}
    }

    private func unload() async {
        await engine.stop()
        await residence.memory?.release(memoryKey)
        perform(lifecycle.unloaded())
    }
}
