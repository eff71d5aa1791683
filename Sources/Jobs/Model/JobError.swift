import Foundations

/// What can go wrong with jobs themselves.
public enum JobError: ReportableError, Equatable {
    case notFound
    /// Another job of its kind is at the same subject.
    case inProgress(id: Int64)
    case cannotCancel(state: JobState)
    case cannotRetry(state: JobState)
    case queueFull(limit: Int)
    /// The worker isn't the job's any more: somebody cancelled it, or it was taken for dead.
    case leaseLost
    /// Its workers died in it again and again.
    case keepsDying
    case cancelled
    /// The worker was told to stop.
    case released

    public var report: ErrorReport {
        switch self {
        case .notFound: ErrorReport(.notFound, code: "job_not_found", "Job not found")
        case .inProgress(let id):
            ErrorReport(
                .invalidRequest, code: "job_in_progress", "Work is in progress for this already (job_id: \(id)). Wait for it, or cancel it.",
                details: ["job_id": .integer(Int(id))])
        case .cannotCancel(let state):
            ErrorReport(.invalidRequest, code: "job_is_over", "Cannot cancel job with status: \(state.rawValue)")
        case .cannotRetry(let state):
            ErrorReport(
                .conflict, code: "job_cannot_retry",
                "Only failed and cancelled jobs can be tried again; this one's status is \(state.rawValue).")
        case .queueFull(let limit):
            ErrorReport(
                .busy, code: "job_queue_full", "\(limit) jobs are waiting, which is all this server takes. Try again later.",
                retryAfter: .seconds(30))
        case .leaseLost: ErrorReport(.conflict, code: "job_lease_lost", "Another worker has taken the job over.")
        case .keepsDying:
            ErrorReport(
                .internal, code: "job_keeps_dying",
                "The program that worked on it ended unexpectedly again and again. Look into the log, then try again.")
        case .cancelled: ErrorReport(.cancelled, code: "job_cancelled", "Job cancelled by user")
        case .released: ErrorReport(.unavailable, code: "job_released", "The server stopped; the job goes on when it is back.")
        }
    }
}
