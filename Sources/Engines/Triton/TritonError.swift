import Foundations

/// What can go wrong with the models of a Triton server.
public enum TritonError: ReportableError, Equatable {
    /// The server was started without `--model-control-mode=explicit`.
    case controlIsOff
    case noSuchModel(String)
    /// `reason`: the server's own words.
    case refused(model: String?, reason: String)
    /// Several models are ready, and none was named.
    case whichToLeave([String])
    /// - Parameter back: the models that answer again; empty: none could be brought back.
    case switchFailed(to: String, back: [String], cause: ErrorReport)
    /// A kind of request that a generating model doesn't take. `what` is a plural.
    case notGenerated(what: String)

    /// Reads a refusal.
    init(refusal reason: String, of model: String?) {
        let words = reason.lowercased()
        if words.contains("explicit model load / unload is not allowed") {
            self = .controlIsOff
        } else if let model, words.contains("unknown model") || words.contains("failed to poll from model repository") || words.contains("is not found") {
            self = .noSuchModel(model)
        } else {
            self = .refused(model: model, reason: String(reason.prefix(500)))
        }
    }

    public var report: ErrorReport {
        switch self {
        case .controlIsOff:
            ErrorReport(
                .conflict, code: "model_control_off",
                "This Triton server loads its models by itself. Start it with --model-control-mode=explicit to load and unload them.")
        case .noSuchModel(let model):
            ErrorReport(
                .notFound, code: "model_not_found",
                "The server's repository has no model '\(model.prefix(128))'. `martlet triton list` shows those that exist.",
                param: "model")
        case .refused(let model, let reason):
            ErrorReport(
                .unprocessable, code: "triton_refused",
                "The Triton server refused" + (model.map { " this for '\($0.prefix(128))'" } ?? "") + ": \(reason)")
        case .whichToLeave(let models):
            ErrorReport(
                .conflict, code: "several_models_ready",
                "Several models are ready (\(models.joined(separator: ", "))). Name those to leave with --from.")
        case .switchFailed(let target, let back, let cause):
            ErrorReport(
                cause.kind, code: "switch_failed",
                "'\(target)' couldn't be loaded. \(cause.message) "
                    + (back.isEmpty
                        ? "What was there before couldn't be brought back either."
                        : "Back in its place: \(back.joined(separator: ", "))."))
        case .notGenerated(let what):
            ErrorReport(.unprocessable, code: "not_supported", "Models behind Triton's generate extension take no \(what).")
        }
    }
}
