/// What went wrong, in the terms every surface shares: it decides the HTTP status, the envelope's `type`
/// and whether a caller may try again.
public enum ErrorKind: String, Sendable, CaseIterable {
    case invalidRequest = "invalid_request_error"
    case unauthorized = "authentication_error"
    case forbidden = "permission_error"
    case notFound = "not_found_error"
    case methodNotAllowed = "method_not_allowed_error"
    case conflict = "conflict_error"
    case tooLarge = "too_large_error"
    case unsupportedMedia = "unsupported_media_error"
    case unprocessable = "unprocessable_error"
    case busy = "rate_limit_error"
    case cancelled = "cancelled_error"
    case `internal` = "server_error"
    case upstream = "upstream_error"
    case unavailable = "unavailable_error"
    case timeout = "timeout_error"
    case insufficientStorage = "insufficient_storage_error"

    /// The HTTP status code of this kind. 499 is what proxies log when the caller left first.
    public var status: Int {
        switch self {
        case .invalidRequest: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .tooLarge: 413
        case .unsupportedMedia: 415
        case .unprocessable: 422
        case .busy: 429
        case .cancelled: 499
        case .internal: 500
        case .upstream: 502
        case .unavailable: 503
        case .timeout: 504
        case .insufficientStorage: 507
        }
    }
}

/// One error as people and programs see it: the content of the error envelope.
///
/// `message` says what to do about it and holds nothing private: no file paths, addresses, tokens or traces.
public struct ErrorReport: Error, Sendable, Equatable {
    public var kind: ErrorKind
    /// A stable snake-case word for programs, for example `no_video_stream`.
    public var code: String
    public var message: String
    /// The request field at fault, for example `video_params.fps`.
    public var param: String?
    public var details: [String: JSONValue]
    /// How long to wait before trying again, where time heals it.
    public var retryAfter: Duration?

    public init(
        _ kind: ErrorKind, code: String, _ message: String, param: String? = nil,
        details: [String: JSONValue] = [:], retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.code = code
        self.message = message
        self.param = param
        self.details = details
        self.retryAfter = retryAfter
    }

    /// Turns any error into a report. Errors that don't describe themselves become a plain internal error, so that
    /// nothing of their text can leak; cancellation becomes `cancelled`.
    public init(_ error: any Error) {
        switch error {
        case let report as ErrorReport: self = report
        case let reportable as any ReportableError: self = reportable.report
        case is CancellationError:
            self = ErrorReport(.cancelled, code: "cancelled", "The request was cancelled.")
        default:
            self = ErrorReport(
                .internal, code: "internal_error", "Something failed inside the server. The log has the details.")
        }
    }

    /// The envelope's inner object: `{"message","type","code","param","details","retry_after_ms","request_id"}`.
    public func envelope(requestID: String?) -> JSONValue {
        .object([
            "error": .object([
                "message": .string(message),
                "type": .string(kind.rawValue),
                "code": .string(code),
                "param": param.map(JSONValue.string) ?? .null,
                "details": details.isEmpty ? .null : .object(details),
                "retry_after_ms": retryAfter.map { .integer(Int($0 / .milliseconds(1))) } ?? .null,
                "request_id": requestID.map(JSONValue.string) ?? .null,
            ])
        ])
    }
}

extension ErrorReport: ReportableError {
    public var report: ErrorReport { self }
}

/// An error that knows how to present itself in the envelope. Every module's error enum conforms.
public protocol ReportableError: Error {
    var report: ErrorReport { get }
}
