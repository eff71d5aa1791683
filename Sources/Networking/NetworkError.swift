import Foundations

/// What can go wrong on the network. Messages name neither hosts nor addresses.
public enum NetworkError: ReportableError, Equatable {
    /// The text isn't a URL we fetch. `reason` completes "The URL …".
    case invalidURL(reason: String)
    /// The address stands on no network that may be fetched from.
    case addressRefused(AddressPolicy.Refusal)
    case hostNotFound
    case connectionFailed
    /// The peer stopped in the middle, or sent other than it announced.
    case truncated(received: Int64, announced: Int64?)
    case tooLarge(limit: Int64, announced: Int64?)
    case tooManyRedirects(limit: Int)
    /// A redirect we don't follow. `reason` completes "The redirect …".
    case redirectRefused(reason: String)
    case status(Int)
    /// The peer compressed the body though it was asked not to.
    case encodedBody
    case insufficientStorage
    case storageFailed
    case timeout
    case eventTooLarge(limit: Int)
    case clientClosed

    package init(_ fault: StorageFault) {
        self = fault == .full ? .insufficientStorage : .storageFailed
    }

    public var report: ErrorReport {
        switch self {
        case .invalidURL(let reason):
            ErrorReport(
                .invalidRequest, code: "invalid_url", "The URL \(reason). Give an http or https address of a public file.",
                param: "url")
        case .addressRefused(let refusal):
            ErrorReport(
                .forbidden, code: "url_not_allowed",
                "The URL leads to \(refusal.words), which may not be fetched from. Use a public address, or have the "
                    + "operator allow private addresses (fetch.allow_private_addresses).",
                param: "url")
        case .hostNotFound:
            ErrorReport(
                .unprocessable, code: "host_not_found", "The URL's host name doesn't exist. Check its spelling.",
                param: "url")
        case .connectionFailed:
            ErrorReport(
                .upstream, code: "fetch_failed", "The connection failed. Check the address, or try again later.")
        case .truncated(let received, let announced):
            ErrorReport(
                .upstream, code: "fetch_truncated",
                "The transfer ended early: \(received) bytes came"
                    + (announced.map { " of \($0) announced" } ?? "") + ". Try again.")
        case .tooLarge(let limit, let announced):
            ErrorReport(
                .tooLarge, code: "fetch_too_large",
                (announced.map { "The file has \($0) bytes" } ?? "The file is larger than allowed")
                    + "; at most \(limit) bytes may be fetched (fetch.max_bytes).",
                details: ["limit_bytes": .integer(Int(clamping: limit))])
        case .tooManyRedirects(let limit):
            ErrorReport(
                .unprocessable, code: "too_many_redirects",
                "The URL redirects more than \(limit) times. Give the file's own address.", param: "url")
        case .redirectRefused(let reason):
            ErrorReport(
                .forbidden, code: "redirect_refused", "The redirect \(reason). Give the file's own address.",
                param: "url")
        case .status(let code):
            ErrorReport(
                code == 404 || code == 410 || code == 401 || code == 403 ? .unprocessable : .upstream,
                code: "fetch_status", "The address answered with status \(code) instead of the file.",
                details: ["status": .integer(code)])
        case .encodedBody:
            ErrorReport(
                .upstream, code: "fetch_encoded", "The address sent a compressed transfer, which isn't accepted.")
        case .insufficientStorage:
            ErrorReport(
                .insufficientStorage, code: "insufficient_storage",
                "There isn't enough free disk space for the file. Free some, or use a smaller file.")
        case .storageFailed:
            ErrorReport(
                .internal, code: "storage_failed",
                "The file couldn't be written. Check the disk and the permissions of the data folder.")
        case .timeout:
            ErrorReport(
                .timeout, code: "fetch_timeout",
                "Fetching took longer than allowed (fetch.timeout). Try again, or use a faster source.")
        case .eventTooLarge(let limit):
            ErrorReport(
                .upstream, code: "event_too_large",
                "The engine sent an event of more than \(limit) bytes. Check what the endpoint is.")
        case .clientClosed:
            ErrorReport(
                .unavailable, code: "shutting_down", "The server is stopping. Try again in a moment.",
                retryAfter: .seconds(5))
        }
    }
}
