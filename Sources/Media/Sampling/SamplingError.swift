import Foundations

/// Why frames can't be sampled as asked.
public enum SamplingError: ReportableError, Equatable {
    /// A field's value can't be used, alone or beside another.
    case invalid(field: String, reason: String)
    /// The video itself doesn't allow it.
    case unusable(reason: String)
    case tooManyFrames(asked: Int, limit: Int)

    public var report: ErrorReport {
        switch self {
        case .invalid(let field, let reason):
            ErrorReport(.unprocessable, code: "invalid_sampling", "\(field) \(reason).", param: field)
        case .unusable(let reason):
            ErrorReport(.unprocessable, code: "video_unusable", "The video can't be sampled: \(reason).")
        case .tooManyFrames(let asked, let limit):
            ErrorReport(
                .unprocessable, code: "too_many_frames",
                "This would sample \(asked) frames; at most \(limit) are allowed. Lower fps or max_frames.",
                param: "max_frames", details: ["limit": .integer(limit)])
        }
    }
}
