import Foundations

/// The bounded line in front of something that only so many requests can use at once: a pool of endpoints, the machine's
/// cores for video questions.
///
///     let answer = try await lane.withPlace(context) { try await work() }
///
/// Waiting ends with the caller's task, at its deadline, and after `maxWait`.
public actor Lane {
    /// What a caller holds from `enter` to `leave`.
    public struct Place: Sendable {
        fileprivate let id: LaneState.ID
    }

    /// A lane's figures at one moment.
    public struct Load: Sendable, Equatable {
        public var running: Int
        public var waiting: Int
        public var slots: Int

        public init(running: Int, waiting: Int, slots: Int) {
            self.running = running
            self.waiting = waiting
            self.slots = slots
        }
    }

    /// Where one stands who waits.
    public struct Turn: Sendable, Equatable {
        /// 1 is next.
        public var position: Int
        /// How long it will probably take.
        public var expectedWait: Duration

        public init(position: Int, expectedWait: Duration) {
            self.position = position
            self.expectedWait = expectedWait
        }
    }

    private struct Waiter {
        var onMove: @Sendable (Turn) -> Void
        /// `nil` until the caller has come to rest.
        var continuation: CheckedContinuation<Void, any Error>?
    }

    /// What messages and figures call it.
    public nonisolated let name: String
    private let metrics: MetricsRegistry
    private var state: LaneState
    private var waiters: [LaneState.ID: Waiter] = [:]
    private var nextID: LaneState.ID = 0

    public init(name: String, limits: LaneLimits, slots: Int, metrics: MetricsRegistry) {
        self.name = name
        self.metrics = metrics
        state = LaneState(limits: limits, slots: slots)
    }

    public var load: Load { Load(running: state.running.count, waiting: state.waitingCount, slots: state.slots) }

    /// The moving average of service times.
    public var averageService: Duration { state.averageService }

    /// Throws what `enter` would throw at once, so that a request can be refused before its body is read.
    /// - Throws: `LaneError`.
    public func check(_ context: RequestContext) async throws {
        try await refuse(state.outlook(caller(.max, context), now: .now))
    }

    /// Runs `work` when a slot is free.
    /// - Parameter onQueued: called whenever the place in line changes.
    /// - Throws: as `enter`, and what `work` throws.
    public nonisolated func withPlace<T: Sendable>(
        _ context: RequestContext, onQueued: @escaping @Sendable (Turn) -> Void = { _ in },
        _ work: @Sendable () async throws -> T
    ) async throws -> T {
        let place = try await enter(context, onQueued: onQueued)
        let started = ContinuousClock.now
        do {
            let value = try await work()
            await leave(place, served: .now - started)
            return value
        } catch {
            await leave(place, served: nil)
            throw error
        }
    }

    /// Waits for a slot. Whoever got one must `leave`.
    /// - Throws: `LaneError` at once or after `maxWait`, `DeadlineExceeded`, `CancellationError`.
    public func enter(
        _ context: RequestContext, onQueued: @escaping @Sendable (Turn) -> Void = { _ in }
    ) async throws -> Place {
        let (span, _) = context.span("lane wait", .internal, ["martlet.lane": .text(name)])
        do {
            let place = try await takePlace(context, onQueued)
            span?.end()
            return place
        } catch {
            span?.end(error)
            throw error
        }
    }

    private func takePlace(_ context: RequestContext, _ onQueued: @escaping @Sendable (Turn) -> Void) async throws -> Place {
        try Task.checkCancellation()
        nextID += 1
        let id = nextID
        let arrived = ContinuousClock.now
        let (decision, actions) = state.arrive(caller(id, context), now: arrived)
        perform(actions)
        try await refuse(decision)
        if case .wait(let position) = decision {
            onQueued(turn(position))
            waiters[id] = Waiter(onMove: onQueued)
            defer { waiters[id] = nil }
            do {
                try await wait(id, until: context.deadline)
            } catch {
                // Also one that was given a slot at the very moment its time was up has left.
                perform(state.leave(id, served: nil, now: .now))
                throw error
            }
        }
        await metrics.observe(
            "martlet_lane_wait_seconds", "Time that admitted requests waited in a lane.", [("lane", name)],
            (ContinuousClock.now - arrived) / .seconds(1))
        return Place(id: id)
    }

    /// Gives a place back.
    /// - Parameter served: how long the work took; `nil` when that says nothing about how long work takes.
    public func leave(_ place: Place, served: Duration?) { perform(state.leave(place.id, served: served, now: .now)) }

    /// As many requests as this may run at once from now on.
    public func setSlots(_ slots: Int) {
        guard slots != state.slots else { return }
        perform(state.setSlots(slots, now: .now))
    }

    private func caller(_ id: LaneState.ID, _ context: RequestContext) -> LaneState.Caller {
        LaneState.Caller(id: id, key: context.keyName, priority: context.priority, deadline: context.deadline.instant)
    }

    private func refuse(_ decision: LaneState.Decision) async throws {
        switch decision {
        case .run, .wait: return
        case .full(let retryAfter): try await refuse(LaneError.full(lane: name, retryAfter: retryAfter))
        case .tooLong(let retryAfter): try await refuse(LaneError.tooLong(lane: name, retryAfter: retryAfter))
        }
    }

    private func refuse(_ error: LaneError) async throws {
        await metrics.increment(
            "martlet_lane_rejections_total", "Requests that a lane turned away.",
            [("lane", name), ("reason", error.report.code)])
        throw error
    }

    /// Returns when a slot was given.
    private func wait(_ id: LaneState.ID, until deadline: Deadline) async throws {
        let patience = deadline.capped(at: state.limits.maxWait)
        do {
            try await withDeadline(patience, waitingFor: "a free place") { try await self.suspend(id) }
        } catch is DeadlineExceeded where patience < deadline {
            // The prediction was wrong: work took longer than before, endpoints were lost, or others had the right of way.
            let ahead = state.waiting.firstIndex(of: id) ?? 0
            let wait = min(state.limits.retryAfterCap, state.expectedWait(position: ahead + 1))
            try await refuse(LaneError.tooLong(lane: name, retryAfter: wait))
        }
    }

    private func suspend(_ id: LaneState.ID) async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if state.running.contains(id) {
                    // Its turn came before it had come to rest.
                    continuation.resume()
                } else if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters[id]?.continuation = continuation
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func abandon(_ id: LaneState.ID) {
        // Without a continuation the slot was given first, or its caller will see the cancellation when it comes to rest.
        wake(id, throwing: CancellationError())
    }

    private func wake(_ id: LaneState.ID, throwing error: (any Error)? = nil) {
        guard let continuation = waiters[id]?.continuation else { return }
        waiters[id]?.continuation = nil
        if let error { continuation.resume(throwing: error) } else { continuation.resume() }
    }

    private func turn(_ position: Int) -> Turn {
        Turn(position: position, expectedWait: state.expectedWait(position: position))
    }

    private func perform(_ actions: [LaneState.Action]) {
        for action in actions {
            switch action {
            case .start(let id): wake(id)
            case .moved(let id, let position): waiters[id]?.onMove(turn(position))
            }
        }
    }
}

extension Lane {
    /// The lane's figures for `MetricsRegistry.collect`.
    public var gauges: [MetricsRegistry.Gauge] {
        let load = load
        return [
            .init("martlet_lane_depth", "Requests that wait in a lane.", [([("lane", name)], Double(load.waiting))]),
            .init("martlet_lane_running", "Requests at work behind a lane.", [([("lane", name)], Double(load.running))]),
            .init("martlet_lane_slots", "Requests that may work at once.", [([("lane", name)], Double(load.slots))]),
        ]
    }
}
