import Foundations

/// What does the jobs of one kind.
public protocol JobHandler: Sendable {
    var kind: String { get }

    /// Does a job, from its last finished piece on. Honours cancellation; stops soon then.
    /// - Throws: a reportable error. Those that time may heal are tried again, as are internal ones.
    func run(_ run: JobRun) async throws -> JobOutcome
}

/// What a job gave.
public struct JobOutcome: Sendable {
    public var result: JSONValue
    /// What it changes elsewhere in the database: happens together with the job's completion, or not at all.
    public var effects: @Sendable (any SQLConnection) throws -> Void

    public init(result: JSONValue, effects: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }) {
        self.result = result
        self.effects = effects
    }
}

/// When a failed attempt is followed by another one.
public struct RetryRule: Sendable {
    /// The wait before the second attempt; it doubles with each.
    public var base: Duration
    public var cap: Duration

    public init(base: Duration, cap: Duration) {
        self.base = base
        self.cap = cap
    }

    /// - Parameter jitter: -1 to 1; spreads those that failed together over a fifth of the wait either way.
    /// - Returns: the wait; `nil` when another attempt wouldn't help or none is left.
    public func wait(after report: ErrorReport, attempt: Int, of maxAttempts: Int, jitter: Double) -> Duration? {
        guard attempt < maxAttempts else { return nil }
        switch report.kind {
        case .busy, .upstream, .unavailable, .timeout, .internal, .insufficientStorage: break
        default: return nil
        }
        let factor = Double(1 << min(20, max(0, attempt - 1)))
        let wait = min(cap, base * factor * (1 + 0.2 * jitter))
        return max(wait, min(cap, report.retryAfter ?? .zero))
    }
}
