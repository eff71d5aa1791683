import Foundations

/// Why a model can't be used.
public enum ModelFailure: ReportableError, Equatable {
    case notLoaded(String)
    case noChatModel
    case noEmbedder
    case cannot(String, capability: String)

    public var report: ErrorReport {
        switch self {
        case .notLoaded(let id):
            ErrorReport(.unavailable, code: "model_failed", "The model \"\(id)\" could not be loaded.", param: "model")
        case .noChatModel:
            ErrorReport(
                .unavailable, code: "model_not_fetched",
                "No chat model is on this machine. Fetch the defaults with: martlet models pull --defaults")
        case .noEmbedder:
            ErrorReport(.unavailable, code: "model_not_fetched", "No model that embeds is at hand.", param: "model")
        case .cannot(let id, let capability):
            ErrorReport(
                .invalidRequest, code: "model_not_suitable", "The model \"\(id)\" can't \(capability).", param: "model")
        }
    }
}
