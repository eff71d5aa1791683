/// The life of one supervised child as a value: events go in, actions come out. It holds no time and does no work of
/// its own; `EngineProcess` performs the actions and feeds the events back.
///
/// Every launch has a number, its attempt. Events of an older attempt than the present one change nothing, so late
/// timers and probes need no cancelling for correctness.
public struct SupervisorState: Sendable, Equatable {
    public typealias Instant = ContinuousClock.Instant

    public enum Phase: Sendable, Equatable {
        case stopped
        /// Launched, not ready yet.
        case starting(attempt: Int)
        case ready(attempt: Int, since: Instant)
        /// Asked to end. `failure`: why, when it wasn't the owner who asked. `thenStart`: the owner wants it back.
        case stopping(attempt: Int, failure: String?, thenStart: Bool)
        /// Ended by itself; launched again when `until` comes.
        case backingOff(attempt: Int, until: Instant)
        /// Ended too often, or for good; only an explicit start brings it back.
        case failed(reason: String)
    }

    public enum Action: Sendable, Equatable {
        case launch(attempt: Int)
        /// SIGTERM to the group, and `graceElapsed` after the grace.
        case terminate(attempt: Int, grace: Duration)
        /// SIGKILL to the group.
        case kill(attempt: Int)
        /// `backoffElapsed` after the delay.
        case wait(attempt: Int, delay: Duration)
    }

    public private(set) var phase = Phase.stopped
    public let policy: RestartPolicy
    private var attempt = 0
    /// When it ended by itself, within the crash window.
    private var crashes: [Instant] = []
    /// Crashes since it last was stable, and starts since it last was ready.
    private var failures = 0
    private var failedStarts = 0

    public init(policy: RestartPolicy) { self.policy = policy }

    /// The owner wants it up. A start after a failure forgets earlier crashes; a start during the wait after a crash
    /// changes nothing, or impatient callers would turn every crash into a tight loop.
    public mutating func start() -> [Action] {
        switch phase {
        case .starting, .ready, .backingOff:
            return []
        case .stopping(let attempt, let failure, _):
            phase = .stopping(attempt: attempt, failure: failure, thenStart: true)
            return []
        case .stopped, .failed:
            forgetCrashes()
            return launch()
        }
    }

    /// The owner wants it down.
    public mutating func stop() -> [Action] {
        switch phase {
        case .stopped:
            return []
        case .failed, .backingOff:
            phase = .stopped
            return []
        case .stopping(let attempt, _, _):
            phase = .stopping(attempt: attempt, failure: nil, thenStart: false)
            return []
        case .starting(let attempt), .ready(let attempt, _):
            phase = .stopping(attempt: attempt, failure: nil, thenStart: false)
            return [.terminate(attempt: attempt, grace: policy.stopGrace)]
        }
    }

    /// The program couldn't be run at all.
    public mutating func launchFailed(
        attempt: Int, reason: String, isPermanent: Bool, at now: Instant, jitter: Double
    ) -> [Action] {
        ended(attempt: attempt, reason: reason, isPermanent: isPermanent, at: now, jitter: jitter)
    }

    /// The readiness probe succeeded.
    public mutating func becameReady(attempt: Int, at now: Instant) -> [Action] {
        guard case .starting(attempt) = phase else { return [] }
        failedStarts = 0
        phase = .ready(attempt: attempt, since: now)
        return []
    }

    /// It took longer to become ready than it may.
    public mutating func startTimedOut(attempt: Int) -> [Action] {
        guard case .starting(attempt) = phase else { return [] }
        phase = .stopping(attempt: attempt, failure: "It wasn't ready in time.", thenStart: false)
        return [.terminate(attempt: attempt, grace: policy.stopGrace)]
    }

    /// The grace after a termination is over.
    public mutating func graceElapsed(attempt: Int) -> [Action] {
        guard case .stopping(attempt, _, _) = phase else { return [] }
        return [.kill(attempt: attempt)]
    }

    /// The child has ended. `reason` is a sentence; `isPermanent`: trying again can't help.
    public mutating func exited(
        attempt: Int, reason: String, isPermanent: Bool, at now: Instant, jitter: Double
    ) -> [Action] {
        ended(attempt: attempt, reason: reason, isPermanent: isPermanent, at: now, jitter: jitter)
    }

    public mutating func backoffElapsed(attempt: Int) -> [Action] {
        guard case .backingOff(attempt, _) = phase else { return [] }
        return launch()
    }

    private mutating func launch() -> [Action] {
        attempt += 1
        phase = .starting(attempt: attempt)
        return [.launch(attempt: attempt)]
    }

    private mutating func forgetCrashes() {
        crashes = []
        failures = 0
        failedStarts = 0
    }

    private mutating func ended(
        attempt ended: Int, reason: String, isPermanent: Bool, at now: Instant, jitter: Double
    ) -> [Action] {
        switch phase {
        case .stopped, .backingOff, .failed:
            return []
        case .starting(let attempt), .ready(let attempt, _), .stopping(let attempt, _, _):
            guard attempt == ended else { return [] }
        }
        var reason = reason
        switch phase {
        case .stopping(_, _, thenStart: true):
            forgetCrashes()
            return launch()
        case .stopping(_, nil, _):
            phase = .stopped
            return []
        case .stopping(_, let failure?, _):
            reason = failure
            failedStarts += 1
        case .ready(_, let since):
            if since.duration(to: now) >= policy.stableAfter { forgetCrashes() }
        default:
            failedStarts += 1
        }
        failures += 1
        crashes = crashes.filter { $0.duration(to: now) < policy.crashWindow } + [now]
        if isPermanent || crashes.count >= policy.crashLimit || failedStarts >= policy.crashLimit {
            phase = .failed(reason: reason)
            return []
        }
        let delay = policy.delay(afterFailures: failures, jitter: jitter)
        phase = .backingOff(attempt: ended, until: now + delay)
        return [.wait(attempt: ended, delay: delay)]
    }
}
