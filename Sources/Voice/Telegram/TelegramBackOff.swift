/// Waits that double while something keeps failing.
package struct TelegramBackOff: Sendable, Equatable {
    package let base: Duration
    package let cap: Duration
    package private(set) var failures = 0

    package init(base: Duration = .seconds(1), cap: Duration = .seconds(60)) {
        self.base = base
        self.cap = cap
    }

    /// - Parameter jitter: 0 to 1; the wait is half of what it could be, or more.
    package mutating func next(jitter: Double) -> Duration {
        let whole = min(cap, base * (1 << min(failures, 16)))
        failures += 1
        return whole * (0.5 + 0.5 * jitter)
    }

    package mutating func reset() { failures = 0 }
}
