import Foundations

/// Why a lane turned a caller away. Both say when to come back.
public enum LaneError: ReportableError, Equatable {
    /// All waiting places are taken. `lane` is a model's id, or what the lane is for.
    case full(lane: String, retryAfter: Duration)
    /// The wait is, or became, longer than the caller or the lane allows.
    case tooLong(lane: String, retryAfter: Duration)

    public var report: ErrorReport {
        switch self {
        case .full(let lane, let retryAfter):
            ErrorReport(
                .busy, code: "queue_full", "All waiting places for \(lane) are taken. Try again later.",
                retryAfter: retryAfter)
        case .tooLong(let lane, let retryAfter):
            ErrorReport(
                .busy, code: "wait_too_long",
                "The wait for \(lane) is longer than this request may take. Try again later.", retryAfter: retryAfter)
        }
    }
}
