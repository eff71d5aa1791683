import Foundations

/// What can go wrong at the HTTP surface itself, before or around the work of a capability.
public enum GatewayError: ReportableError, Equatable {
    case openWithoutToken(host: String)
    case cannotListen(host: String, port: Int)
    case cannotListenForCalls(host: String, port: Int)
    case cannotPrepareUploads
    case tokenMissing
    case tokenUnknown
    case adminRequired
    case hostNotAllowed
    case originNotAllowed
    case noSuchRoute
    case methodNotAllowed(allowed: [String])
    case malformedRequest
    case headersTooLarge
    case bodyTooLarge(limit: Int)
    case uploadTooLarge(limit: Int)
    case bodyIdle
    case bodyIncomplete
    case wrongContentType(expected: String)
    case malformedJSON(offset: Int, what: String)
    case nestedTooDeep(offset: Int, limit: Int)
    case invalidFields([FieldFault], kind: ErrorKind)
    case multipart(MultipartFault)
    case storageFull
    case storageFailed
    case callerLeft
    case stopping
    case noLibrary
    case noBackgroundPictures
    case notReady(reason: String)
    case noSuchModel
    case imagesNotSeen
    case soundNotHeard
    case answerMissing

    /// The status where it is finer than what `ErrorKind` gives.
    package var status: Int? {
        switch self {
        case .bodyIdle: 408
        case .hostNotAllowed: 421
        case .headersTooLarge: 431
        default: nil
        }
    }

    public var report: ErrorReport {
        switch self {
        case .openWithoutToken(let host):
            ErrorReport(
                .forbidden, code: "token_required",
                "Listening on \(host) would open the server to the network, and no token is set. "
                    + "Set server.tokens, or listen on 127.0.0.1.")
        case .cannotListen(let host, let port):
            ErrorReport(
                .conflict, code: "cannot_listen",
                "Can't listen on \(host), port \(port). Another program may use the port: choose one with server.port.")
        case .cannotListenForCalls(let host, let port):
            ErrorReport(
                .conflict, code: "cannot_listen",
                "Can't listen for gRPC on \(host), port \(port). Another program may use the port: choose one with "
                    + "server.grpc_port, or 0 for none.")
        case .cannotPrepareUploads:
            ErrorReport(
                .internal, code: "uploads_unavailable",
                "The folder for uploads can't be made. Check data_dir, its permissions and the free disk space.")
        case .tokenMissing:
            ErrorReport(
                .unauthorized, code: "token_missing", "This route wants a token. Send 'Authorization: Bearer <token>'.")
        case .tokenUnknown:
            ErrorReport(.unauthorized, code: "token_unknown", "The token isn't one of this server's tokens.")
        case .adminRequired:
            ErrorReport(
                .forbidden, code: "admin_required",
                "This token may not change pools or models. Use one of server.admins.")
        case .hostNotAllowed:
            ErrorReport(
                .forbidden, code: "host_not_allowed",
                "The Host header names no host of this server. Add the name to server.allowed_hosts.")
        case .originNotAllowed:
            ErrorReport(
                .invalidRequest, code: "origin_not_allowed",
                "Disallowed CORS origin. Add it to server.cors_origins to call from a browser page there.")
        case .noSuchRoute:
            ErrorReport(.notFound, code: "route_not_found", "There is no such route. /openapi.json lists them all.")
        case .methodNotAllowed(let allowed):
            ErrorReport(
                .methodNotAllowed, code: "method_not_allowed",
                "This route takes \(allowed.joined(separator: ", ")).")
        case .malformedRequest:
            ErrorReport(.invalidRequest, code: "malformed_http", "This isn't a well-formed HTTP/1.1 request.")
        case .headersTooLarge:
            ErrorReport(.invalidRequest, code: "headers_too_large", "The request's header fields are too large.")
        case .bodyTooLarge(let limit):
            ErrorReport(
                .tooLarge, code: "body_too_large", "The request body may have \(limit) bytes at most.",
                details: ["limit_bytes": .integer(limit)])
        case .uploadTooLarge(let limit):
            ErrorReport(
                .tooLarge, code: "upload_too_large", "An uploaded file may have \(limit) bytes at most.",
                param: "video", details: ["limit_bytes": .integer(limit)])
        case .bodyIdle:
            ErrorReport(.timeout, code: "body_timeout", "The request body stopped arriving. Send it again.")
        case .bodyIncomplete:
            ErrorReport(.invalidRequest, code: "body_incomplete", "The request body ended early. Send it again.")
        case .wrongContentType(let expected):
            ErrorReport(
                .unsupportedMedia, code: "wrong_content_type", "This route takes bodies of type \(expected).",
                details: ["expected": .string(expected)])
        case .malformedJSON(let offset, let what):
            ErrorReport(
                .invalidRequest, code: "malformed_json", "The body isn't JSON: \(what) at byte \(offset).",
                details: ["offset": .integer(offset)])
        case .nestedTooDeep(let offset, let limit):
            ErrorReport(
                .invalidRequest, code: "json_too_deep", "The body nests deeper than \(limit) levels at byte \(offset).",
                details: ["offset": .integer(offset), "limit": .integer(limit)])
        case .invalidFields(let faults, let kind): Self.report(faults, kind)
        case .multipart(let fault): fault.report
        case .storageFull:
            ErrorReport(
                .insufficientStorage, code: "storage_full",
                "The server's disk is full. Free space on it, or send a smaller file.")
        case .storageFailed:
            ErrorReport(.internal, code: "storage_failed", "The upload couldn't be stored. The log has the details.")
        case .callerLeft:
            ErrorReport(.cancelled, code: "caller_left", "The caller closed the connection before the answer was complete.")
        case .noLibrary:
            ErrorReport(.unavailable, code: "no_library", "This server keeps no library.")
        case .noBackgroundPictures:
            ErrorReport(
                .unavailable, code: "no_background_pictures",
                "This server makes no pictures in the background. Leave Prefer: respond-async out, or set images.jobs.")
        case .stopping:
            ErrorReport(
                .unavailable, code: "server_stopping", "The server is stopping. Try again in a moment.",
                retryAfter: .seconds(5))
        case .notReady(let reason):
            ErrorReport(.unavailable, code: "not_ready", reason, retryAfter: .seconds(2))
        case .noSuchModel:
            ErrorReport(
                .notFound, code: "model_not_found", "There is no such model. /v1/models lists them all.", param: "model")
        case .imagesNotSeen:
            ErrorReport(
                .invalidRequest, code: "images_not_supported",
                "The chosen model doesn't look at images. Choose a vision model, or send text.", param: "messages")
        case .soundNotHeard:
            ErrorReport(
                .invalidRequest, code: "sound_not_supported",
                "The chosen model doesn't hear, and nothing here writes speech down for it. Choose another model, or send text.",
                param: "messages")
        case .answerMissing:
            ErrorReport(.upstream, code: "answer_missing", "The engine ended without an answer. Try again.")
        }
    }

    private static func report(_ faults: [FieldFault], _ kind: ErrorKind) -> ErrorReport {
        guard let first = faults.first else {
            return ErrorReport(kind, code: "invalid_field", "A field of the request is invalid.")
        }
        let list = faults.map { fault -> JSONValue in
            ["param": .string(fault.param), "code": .string(fault.code), "message": .string(fault.message)]
        }
        return ErrorReport(
            kind, code: first.code, first.message, param: first.param,
            details: faults.count > 1 ? ["errors": .array(list)] : [:])
    }
}

/// One field of a request that can't be used as it is.
public struct FieldFault: Sendable, Equatable {
    /// The field with its path: `video_params.fps`, `messages[0].content`.
    public var param: String
    /// `missing`, `wrong_type`, `out_of_range`, …
    public var code: String
    public var message: String

    public init(param: String, code: String, message: String) {
        self.param = param
        self.code = code
        self.message = message
    }
}
