import Foundations

/// What can go wrong with the engines that run inside this process: ONNX Runtime, OpenCV, sherpa-onnx.
///
/// `reason` is the library's own text, for logs: it may hold paths and never reaches a report.
public enum NativeEngineError: ReportableError, Equatable {
    /// A shared library that set-up installs isn't there or can't be opened.
    case libraryUnavailable(name: String, reason: String)
    /// A model file isn't there.
    case modelMissing(name: String)
    /// The engine refused the model file.
    case modelRejected(name: String, reason: String)
    /// The model has other inputs or outputs than this code was made for.
    case unexpectedModel(name: String, reason: String)
    /// A tensor's shape and storage don't agree, or an input the model wants is missing.
    case invalidTensor(reason: String)
    /// The engine failed while it computed.
    case computationFailed(name: String, reason: String)
    /// Sound at another rate than 16 kHz.
    case unsupportedSampleRate(Int)
    /// A `tokenizer.bin` that isn't one.
    case malformedTokenizer(reason: String)

    public var report: ErrorReport {
        switch self {
        case .libraryUnavailable(let name, _):
            ErrorReport(
                .unavailable, code: "engine_unavailable",
                "The engine \(name) isn't installed or doesn't fit this machine. Run set-up again.")
        case .modelMissing(let name):
            ErrorReport(.unavailable, code: "model_missing", "The model \(name) isn't on this machine yet. Fetch it first.")
        case .modelRejected(let name, _), .unexpectedModel(let name, _):
            ErrorReport(
                .unavailable, code: "model_unusable",
                "The model \(name) can't be used: its file is damaged or of another kind. Fetch it again.")
        case .invalidTensor(let reason):
            ErrorReport(.invalidRequest, code: "invalid_tensor", "The tensor doesn't fit the model: \(reason).")
        case .computationFailed(let name, _):
            ErrorReport(.internal, code: "computation_failed", "The model \(name) failed while it computed.")
        case .unsupportedSampleRate(let rate):
            ErrorReport(
                .unprocessable, code: "unsupported_sample_rate",
                "Speech is recognised at 16000 samples a second, not \(rate). Resample it first.")
        case .malformedTokenizer:
            ErrorReport(.unprocessable, code: "malformed_tokenizer", "The tokenizer file is damaged. Fetch it again.")
        }
    }
}
