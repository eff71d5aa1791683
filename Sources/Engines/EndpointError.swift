import Foundations

/// What can go wrong with an engine that runs elsewhere: a child process or a remote endpoint.
///
/// `name` is the engine's name as operators know it (`llama`, an endpoint's id); never a path or an address.
public enum EndpointError: ReportableError, Equatable {
    /// The program isn't there, or can't be run.
    case programMissing(name: String)
    /// It ended, or didn't become ready, while starting. `reason` is a whole sentence.
    case startFailed(name: String, reason: String)
    /// It was stopped while somebody waited for it.
    case stopped(name: String)
    /// Nobody answers: refused, reset before the first byte, or the endpoint says it is unavailable.
    case unavailable(name: String, retryAfter: Duration?)
    /// The connection was cut in the middle of an answer.
    case died(name: String)
    /// Nothing came for longer than the idle timeout.
    case silent(name: String)
    case busy(name: String, retryAfter: Duration?)
    /// The endpoint doesn't accept our key.
    case keyRefused(name: String)
    case contextTooLong(promptTokens: Int?, contextTokens: Int?)
    /// The endpoint doesn't accept the request. `detail` is its own word, free of anything private.
    case requestRefused(name: String, detail: String?)
    case modelNotFound(name: String)
    /// The answer isn't what the protocol says.
    case protocolViolation(name: String)
    /// An event or a whole answer over its bound.
    case answerTooLarge(name: String, limit: Int)
    /// The endpoint reports a failure of its own.
    case failed(name: String)
    /// The endpoint's base URL isn't one.
    case invalidURL(name: String)

    public var report: ErrorReport {
        switch self {
        case .programMissing(let name):
            ErrorReport(
                .unavailable, code: "engine_missing",
                "The \(name) engine isn't installed. Run the set-up again, or name one in the configuration.")
        case .startFailed(let name, let reason):
            ErrorReport(.unavailable, code: "engine_start_failed", "The \(name) engine didn't start. \(reason)")
        case .stopped(let name):
            ErrorReport(
                .unavailable, code: "engine_stopped", "The \(name) engine was stopped. Try again.",
                retryAfter: .seconds(1))
        case .unavailable(let name, let retryAfter):
            ErrorReport(
                .unavailable, code: "engine_unavailable",
                "The \(name) engine doesn't answer at the moment. Try again shortly.",
                retryAfter: retryAfter ?? .seconds(2))
        case .died(let name):
            ErrorReport(
                .unavailable, code: "engine_died",
                "The \(name) engine broke off in the middle of the answer. Try again; it restarts by itself.",
                retryAfter: .seconds(2))
        case .silent(let name):
            ErrorReport(
                .timeout, code: "engine_silent",
                "The \(name) engine sent nothing for too long and was given up. Try again, or ask for less.")
        case .busy(let name, let retryAfter):
            ErrorReport(
                .busy, code: "engine_busy", "The \(name) engine has too much to do. Try again later.",
                retryAfter: retryAfter ?? .seconds(5))
        case .keyRefused(let name):
            ErrorReport(
                .upstream, code: "engine_key_refused",
                "The \(name) endpoint doesn't accept the configured key. The operator has to correct it.")
        case .contextTooLong(let prompt, let context):
            ErrorReport(
                .unprocessable, code: "context_length_exceeded",
                "The question is too long for the model" + Self.sizes(prompt, context)
                    + ". Use fewer frames, less text, or a model with a longer context.",
                details: [
                    "prompt_tokens": prompt.map { .integer($0) } ?? .null,
                    "context_tokens": context.map { .integer($0) } ?? .null,
                ].filter { $0.value != .null })
        case .requestRefused(let name, let detail):
            ErrorReport(
                .unprocessable, code: "engine_refused_request",
                "The \(name) engine doesn't accept the request" + (detail.map { ": \($0)" } ?? ". Check its fields."))
        case .modelNotFound(let name):
            ErrorReport(
                .upstream, code: "engine_model_not_found",
                "The \(name) endpoint doesn't serve the configured model. The operator has to correct its name.")
        case .protocolViolation(let name):
            ErrorReport(
                .upstream, code: "engine_protocol_error",
                "The \(name) endpoint's answer can't be understood. Check that it speaks the OpenAI protocol.")
        case .answerTooLarge(let name, let limit):
            ErrorReport(
                .upstream, code: "engine_answer_too_large",
                "The \(name) endpoint sent more than \(limit) bytes at once and was cut off.")
        case .failed(let name):
            ErrorReport(.upstream, code: "engine_failed", "The \(name) engine failed on this request. Try again.")
        case .invalidURL(let name):
            ErrorReport(
                .invalidRequest, code: "invalid_endpoint_url",
                "The \(name) endpoint's URL isn't an http or https address. Correct it in the configuration.")
        }
    }

    private static func sizes(_ prompt: Int?, _ context: Int?) -> String {
        switch (prompt, context) {
        case (let prompt?, let context?): ": \(prompt) tokens, where \(context) fit"
        case (nil, let context?): ": \(context) tokens fit"
        default: ""
        }
    }
}
