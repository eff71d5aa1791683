import Foundations

/// Why a model can't be used.
public enum ModelFailure: ReportableError, Equatable {
    case notLoaded(String)
    case noChatModel
    case noEmbedder
    case noSpeech
    case noImageModel
    case cannot(String, capability: String)
    /// Too large for the processor, and the machine lacks what it needs. Bytes.
    case gpuRequired(String, engine: String = "llama", parameters: Int64, lack: GPUGuard.Lack, needed: Int, free: Int)
    /// Larger than the whole memory budget, pinned models taken off. Bytes.
    case tooLarge(String, needed: Int, available: Int)
    /// Models in use hold the memory.
    case noRoom(String, needed: Int, budget: Int)
    /// It isn't a model that is loaded and unloaded by request.
    case notControllable(String)
    case switchInProgress
    /// `back`: the model that answers again; `nil` when it couldn't be brought back.
    case switchFailed(to: String, back: String?, cause: ErrorReport)

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
        case .noSpeech:
            ErrorReport(.unavailable, code: "model_not_fetched", "No model that hears or speaks is at hand.", param: "model")
        case .noImageModel:
            ErrorReport(
                .unavailable, code: "model_not_fetched",
                "No model that makes pictures is on this machine. Fetch one with `martlet models pull z-image-turbo`, or name an endpoint with "
                    + "the capability images in the configuration.", param: "model")
        case .cannot(let id, let capability):
            ErrorReport(
                .invalidRequest, code: "model_not_suitable", "The model \"\(id)\" can't \(capability).", param: "model")
        case .gpuRequired(let id, let engine, let parameters, let lack, let needed, let free):
            Self.gpuRequired(id, engine, parameters, lack, needed, free)
        case .tooLarge(let id, let needed, let available):
            ErrorReport(
                .unavailable, code: "model_too_large",
                "The model \"\(id)\" needs about \(ByteCount.text(needed)) of memory, and models may take "
                    + "\(ByteCount.text(available)). Raise models.memory_budget, lower models.context_length, or use a smaller model.",
                param: "model", details: ["needed_bytes": .integer(needed), "available_bytes": .integer(available)])
        case .noRoom(let id, let needed, let budget):
            ErrorReport(
                .unavailable, code: "model_memory_in_use",
                "The model \"\(id)\" needs about \(ByteCount.text(needed)) of memory, which other models in use hold. Try again later.",
                param: "model", details: ["needed_bytes": .integer(needed), "budget_bytes": .integer(budget)],
                retryAfter: .seconds(10))
        case .notControllable(let id):
            ErrorReport(
                .conflict, code: "model_not_controllable",
                "\"\(id)\" isn't loaded and unloaded by request: it is remote, or part of the server.", param: "model")
        case .switchInProgress:
            ErrorReport(
                .conflict, code: "switch_in_progress", "Another switch is being made. Try again when it has ended.",
                retryAfter: .seconds(5))
        case .switchFailed(let id, let back, let cause):
            ErrorReport(
                cause.kind, code: cause.code,
                "Switching to \"\(id)\" failed: \(cause.message) "
                    + (back.map { "\"\($0)\" answers as before." } ?? "The former model couldn't be brought back either."),
                param: "model",
                details: cause.details.merging(
                    ["rolled_back": .bool(back != nil), "model": back.map(JSONValue.string) ?? .null]) { _, own in own },
                retryAfter: cause.retryAfter)
        }
    }

    private static func gpuRequired(
        _ id: String, _ engine: String, _ parameters: Int64, _ lack: GPUGuard.Lack, _ needed: Int, _ free: Int
    ) -> ErrorReport {
        let size = "\((Double(parameters) / 1e8).rounded() / 10) billion parameters"
        let what =
            switch lack {
            case .graphicsProcessor: "this machine has no usable GPU"
            case .graphicsMemory:
                "it needs about \(ByteCount.text(needed)) of free GPU memory, where \(ByteCount.text(free)) are free"
            case .engineSupport: "the \(engine) engine was built without support for this machine's GPU"
            }
        return ErrorReport(
            .unavailable, code: "gpu_required",
            "The model \"\(id)\" has \(size) and runs on GPUs only: \(what)."
                + (lack == .graphicsMemory ? " models.allow_cpu_offload lets part of it run on the processor." : ""),
            param: "model",
            details: [
                "parameters": .integer(Int(parameters)), "threshold": .integer(Int(GPUGuard.threshold)),
                "missing": .string(lack.rawValue), "needed_bytes": .integer(needed), "free_gpu_bytes": .integer(free),
            ])
    }
}
