import Foundations

/// Decides whether and when a failed transfer is tried again. Pure: the caller does the waiting.
public struct RetryPlan: Sendable, Equatable {
    public enum Step: Sendable, Equatable {
        case retry(after: Duration)
        case giveUp
    }

    /// New bytes that count as headway: a source that keeps giving is worth more patience than one that doesn't.
    public static let headway: Int64 = 1 << 20

    private let retries: Int
    private let first: Duration
    private let last: Duration
    private var failures = 0

    public init(retries: Int, first: Duration, last: Duration) {
        self.retries = retries
        self.first = first
        self.last = last
    }

    /// - Parameters:
    ///   - newBytes: what this try brought before it failed.
    ///   - asked: how long the peer asked us to wait (`Retry-After`).
    public mutating func failed(newBytes: Int64, asked: Duration? = nil) -> Step {
        if newBytes >= Self.headway { failures = 0 }
        guard failures < retries else { return .giveUp }
        var delay = first
        for _ in 0..<failures where delay < last { delay = min(delay * 2, last) }
        failures += 1
        // A peer may ask for more patience than our own rule, within reason.
        return .retry(after: max(delay, min(asked ?? .zero, .seconds(60))))
    }
}
