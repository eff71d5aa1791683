/// When a child that ends by itself is started again.
public struct RestartPolicy: Sendable, Equatable {
    /// The wait before the first restart; it doubles with each further one.
    public var initialDelay: Duration = .milliseconds(500)
    public var maxDelay: Duration = .seconds(30)
    /// Crashes within `crashWindow`, or starts in a row without becoming ready, after which it stays down.
    public var crashLimit = 5
    public var crashWindow: Duration = .seconds(60)
    /// A child that stayed ready this long starts with a clean slate.
    public var stableAfter: Duration = .seconds(60)
    /// From SIGTERM to SIGKILL.
    public var stopGrace: Duration = .seconds(5)
    /// The longest a start may take until the child is ready.
    public var startTimeout: Duration = .seconds(300)

    public init() {}

    /// The wait before restart number `failures` (1 is the first), shortened by up to half so that children that
    /// died together don't come back together. `jitter` is in 0..<1.
    public func delay(afterFailures failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(0, failures - 1), 20)
        let full = min(maxDelay, initialDelay * (1 << doublings))
        return full * (1 - 0.5 * min(max(jitter, 0), 1))
    }
}
