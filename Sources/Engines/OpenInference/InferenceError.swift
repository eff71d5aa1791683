import Foundations

/// What can go wrong with tensors and the models that take them.
public enum InferenceError: ReportableError, Equatable {
    /// The request as a whole can't be read. `reason` completes "The inference request can't be read: …".
    case malformed(reason: String)
    /// `reason` completes "The tensor '…' can't be used: …".
    case invalidTensor(name: String, reason: String)
    case missingInput(name: String, model: String)
    case unknownInput(name: String, model: String)
    case unknownOutput(name: String, model: String)
    /// An extension of the protocol that isn't served. `what` is a plural: "shared memory regions".
    case unsupported(what: String)
    /// An output whose elements JSON can't hold.
    case binaryOnly(name: String)
    case noSuchVersion(model: String, version: String)
    /// It doesn't answer now. `reason` is a whole sentence.
    case notReady(model: String, reason: String?)
    /// The model's engine couldn't compute these inputs.
    case notComputable(model: String)
    /// A model that takes no files, asked about files.
    case takesNoFiles(model: String)
    /// Files that together are larger than one request to a model may be.
    case filesTooLarge(limit: Int)
    /// A handler's folder doesn't hold what the handler needs. `reason` is a whole sentence.
    case handlerUnusable(name: String, reason: String)

    public var report: ErrorReport {
        switch self {
        case .malformed(let reason):
            ErrorReport(.invalidRequest, code: "malformed_inference", "The inference request can't be read: \(reason).")
        case .invalidTensor(let name, let reason):
            ErrorReport(
                .invalidRequest, code: "invalid_tensor", "The tensor '\(Self.short(name))' can't be used: \(reason).",
                param: Self.short(name))
        case .missingInput(let name, let model):
            ErrorReport(
                .invalidRequest, code: "missing_input", "The model '\(model)' needs the input '\(name)'.", param: name)
        case .unknownInput(let name, let model):
            ErrorReport(
                .invalidRequest, code: "unknown_input", "The model '\(model)' has no input '\(Self.short(name))'.",
                param: Self.short(name))
        case .unknownOutput(let name, let model):
            ErrorReport(
                .invalidRequest, code: "unknown_output", "The model '\(model)' has no output '\(Self.short(name))'.",
                param: Self.short(name))
        case .unsupported(let what):
            ErrorReport(.invalidRequest, code: "not_supported", "This server doesn't serve \(what).")
        case .binaryOnly(let name):
            ErrorReport(
                .invalidRequest, code: "binary_only",
                "The output '\(name)' can't be written as JSON. Ask for it as binary data (binary_data: true).", param: name)
        case .noSuchVersion(let model, let version):
            ErrorReport(
                .notFound, code: "version_not_found", "The model '\(model)' has no version '\(Self.short(version))'.",
                param: "version")
        case .notReady(let model, let reason):
            ErrorReport(
                .unavailable, code: "model_not_ready",
                "The model '\(model)' is not ready. \(reason ?? "Load it, or try again later.")")
        case .notComputable(let model):
            ErrorReport(
                .unprocessable, code: "not_computable",
                "The model '\(model)' can't compute these inputs. Check their shapes and values.")
        case .takesNoFiles(let model):
            ErrorReport(
                .unprocessable, code: "takes_no_files",
                "The model '\(model)' takes tensors, not files. Send them to /v2/models/\(model)/infer.")
        case .filesTooLarge(let limit):
            ErrorReport(
                .tooLarge, code: "upload_too_large", "The files may have \(limit) bytes together at most.", param: "files",
                details: ["limit_bytes": .integer(limit)])
        case .handlerUnusable(let name, let reason):
            ErrorReport(.unavailable, code: "handler_unusable", "The handler of '\(name)' can't be used. \(reason)")
        }
    }

    /// Names come from callers: only their beginning is repeated.
    private static func short(_ name: String) -> String { String(name.prefix(128)) }
}
