import Foundations

/// Why there is no picture, besides the engines' faults.
public enum PictureError: ReportableError, Equatable {
    /// The words ask for what isn't made here.
    case wordsRefused(PolicyVerdict)
    /// The picture that came shows what isn't shown here.
    case pictureRefused(PictureVerdict)
    /// What the engine gave is no picture that can be read, or none of the size asked for.
    case unreadable

    public var report: ErrorReport {
        switch self {
        case .wordsRefused(let verdict): Self.refusal(verdict.message, verdict.code, verdict.categories, verdict.origins)
        case .pictureRefused(let verdict): Self.refusal("\(verdict.message) Try other words.", verdict.code, verdict.categories, [])
        case .unreadable:
            ErrorReport(.upstream, code: "picture_unreadable", "What the image engine gave is no picture. Try again.")
        }
    }

    private static func refusal(
        _ message: String, _ code: PolicyVerdict.Code?, _ categories: [PolicyCategory], _ origins: [PolicyText.Origin]
    ) -> ErrorReport {
        ErrorReport(
            .forbidden, code: "policy_blocked", message,
            details: [
                "reason": .string((code ?? .contentBlocked).rawValue), "categories": .array(categories.map { .string($0.rawValue) }),
                "fields": .array(origins.map { .string($0.rawValue) }),
            ])
    }
}
