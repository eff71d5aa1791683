/// A point in time after which nobody waits any more. Cheap to pass along; every wait takes one.
public struct Deadline: Sendable, Comparable {
    public let instant: ContinuousClock.Instant

    public init(_ instant: ContinuousClock.Instant) { self.instant = instant }

    public static func after(_ duration: Duration) -> Deadline { Deadline(.now + duration) }

    public var remaining: Duration { max(.zero, instant - .now) }
    public var isPast: Bool { instant <= .now }

    /// The earlier of this deadline and `duration` from now.
    public func capped(at duration: Duration) -> Deadline { min(self, .after(duration)) }

    public static func < (lhs: Deadline, rhs: Deadline) -> Bool { lhs.instant < rhs.instant }
}

/// Thrown by `withDeadline` when the time is up.
public struct DeadlineExceeded: ReportableError, Equatable {
    /// What was being waited for, in words for people: "the model's answer".
    public let waitingFor: String

    public init(waitingFor: String) { self.waitingFor = waitingFor }

    public var report: ErrorReport {
        ErrorReport(
            .timeout, code: "deadline_exceeded",
            "Time ran out while waiting for \(waitingFor). Ask for less, or allow more time.")
    }
}

/// Runs `operation` and cancels it when `deadline` passes.
///
/// The operation must honour cancellation: this function returns only after it has ended.
/// - Throws: `DeadlineExceeded` when the time was up first, else what the operation throws.
public func withDeadline<T: Sendable>(
    _ deadline: Deadline, waitingFor what: String, _ operation: @escaping @Sendable () async throws -> T
) async throws -> T {
    let call = Interruption()
    call.end(at: deadline, with: DeadlineExceeded(waitingFor: what))
    return try await call.run(operation)
}
