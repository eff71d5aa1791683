import Engines
import Foundations

/// A chat model that a child process of ours runs. Loads on first use, stays loaded while used, unloads when idle.
public actor LocalChatModel: ChatModel {
    /// Starts and stops the process behind the model.
    public struct Engine: Sendable {
        /// Returns when the model answers. Throws a report that says why it can't.
        public var start: @Sendable (Deadline) async throws -> Void
        /// A client for the process's present life; waits while the supervisor brings it up again.
        public var client: @Sendable (Deadline) async throws -> OpenAIClient
        public var stop: @Sendable () async -> Void
        /// How the process is, for the pool in front of the model.
        public var probe: @Sendable () async -> PoolState.Probe

        public init(
            start: @escaping @Sendable (Deadline) async throws -> Void,
            client: @escaping @Sendable (Deadline) async throws -> OpenAIClient,
            stop: @escaping @Sendable () async -> Void,
            probe: @escaping @Sendable () async -> PoolState.Probe = { .alive }
        ) {
            self.start = start
            self.client = client
            self.stop = stop
            self.probe = probe
        }
    }

    public nonisolated let id: String
    public nonisolated let seesImages: Bool
    public nonisolated let contextTokens: Int?
    public nonisolated let patchSize: Int?
    public nonisolated let backend = "llama"
    private let engine: Engine
    private var lifecycle: ModelLifecycle
    private let loadTimeout: Duration
    private var loadFailure: (any Error)?
    private var callers: [Int: CheckedContinuation<Void, any Error>] = [:]
    /// Callers that were granted the model and haven't taken it yet: one that ran out of time at that very moment must
    /// still give it back.
    private var granted: Set<Int> = []
    private var nextCaller = 0
    private var work: Task<Void, Never>?

    public init(
        id: String, seesImages: Bool, contextTokens: Int? = nil, patchSize: Int? = nil, keepAlive: Duration,
        loadTimeout: Duration, engine: Engine
    ) {
        self.id = id
        self.seesImages = seesImages
        self.contextTokens = contextTokens
        self.patchSize = patchSize
        self.engine = engine
        self.loadTimeout = loadTimeout
        lifecycle = ModelLifecycle(keepAlive: keepAlive)
    }

    public var state: ModelLifecycle.State { lifecycle.state }

    public nonisolated func probe() async -> PoolState.Probe { await engine.probe() }

    public func stream(_ request: ChatRequest, context: RequestContext) async throws
        -> AsyncThrowingStream<ChatEvent, any Error>
    {
        try await acquire(until: context.deadline)
        let events: AsyncThrowingStream<ChatEvent, any Error>
        do {
            let client = try await engine.client(context.deadline.capped(at: loadTimeout))
            events = try await client.stream(request, context: context)
        } catch {
            lifecycle.release(now: .now)
            throw error
        }
        // The lease ends with the stream, however it ends: completed, failed or abandoned by its consumer.
        return AsyncThrowingStream { continuation in
            let relay = Task {
                do {
                    for try await event in events { continuation.yield(event) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
                self.release()
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }

    /// Unloads the model if nobody used it for the keep-alive time.
    public func tick(now: ContinuousClock.Instant = .now) { perform(lifecycle.tick(now: now)) }

    /// Stops the process now, whoever uses it.
    public func shutdown() async {
        work?.cancel()
        await work?.value
        await engine.stop()
    }

    private func acquire(until deadline: Deadline) async throws {
        let caller = nextCaller
        nextCaller += 1
        do {
            try await withDeadline(deadline, waitingFor: "the model to load") {
                try await self.wait(as: caller)
            }
            granted.remove(caller)
        } catch {
            if granted.remove(caller) != nil { lifecycle.release(now: .now) }
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

    private func release() { lifecycle.release(now: .now) }

    private func perform(_ actions: [ModelLifecycle.Action]) {
        for action in actions {
            switch action {
            case .load: work = Task { await self.load() }
            case .unload: work = Task { await self.unload() }
            case .grant(let ready):
                for caller in ready {
                    granted.insert(caller)
                    callers.removeValue(forKey: caller)?.resume()
                }
            case .refuse(let refused, _):
                let error = loadFailure ?? ModelFailure.notLoaded(id)
                for caller in refused { callers.removeValue(forKey: caller)?.resume(throwing: error) }
            }
        }
    }

    private func load() async {
        do {
            try await engine.start(.after(loadTimeout))
            loadFailure = nil
            perform(lifecycle.loaded(now: .now))
        } catch {
            loadFailure = error
            perform(lifecycle.loadFailed(reason: ErrorReport(error).message))
        }
    }

    private func unload() async {
        await engine.stop()
        perform(lifecycle.unloaded())
    }
}
