import Foundations

/// Why nothing can run in a sandbox here.
public enum SandboxError: ReportableError, Equatable {
    /// `reason` is for logs: it may hold paths.
    case unavailable(reason: String)

    public var report: ErrorReport {
        ErrorReport(
            .unavailable, code: "sandbox_unavailable",
            "Code runs in a sandbox only, and none can be made on this machine. Install bubblewrap and allow user namespaces; `martlet doctor` tells more.")
    }
}
