import Foundations

/// What can go wrong with uploads that are kept.
package enum UploadError: ReportableError, Equatable {
    case notFound
    case offsetMismatch(expected: Int)
    case busy
    case incomplete(received: Int, bytes: Int)
    case tooLong(limit: Int)
    case noRoom(limit: Int)
    case protocolVersion
    case invalidHeader(name: String, wanted: String)

    package var report: ErrorReport {
        switch self {
        case .notFound:
            ErrorReport(
                .notFound, code: "upload_not_found", "There is no such upload, or it has expired. Upload the file again.",
                param: "upload_id")
        case .offsetMismatch(let expected):
            ErrorReport(
                .conflict, code: "offset_mismatch", "The upload goes on at byte \(expected).", param: "Upload-Offset",
                details: ["offset": .integer(expected)])
        case .busy:
            ErrorReport(
                .conflict, code: "upload_busy", "Another request is writing to this upload. Ask for its offset, and go on there.",
                retryAfter: .seconds(1))
        case .incomplete(let received, let bytes):
            ErrorReport(
                .conflict, code: "upload_incomplete", "The upload isn't complete: \(received) of \(bytes) bytes have come.",
                param: "upload_id", details: ["offset": .integer(received), "bytes": .integer(bytes)])
        case .tooLong(let limit):
            ErrorReport(
                .tooLarge, code: "upload_too_long", "The upload was announced with \(limit) bytes; more came.",
                details: ["limit_bytes": .integer(limit)])
        case .noRoom(let limit):
            ErrorReport(
                .insufficientStorage, code: "uploads_full",
                "Uploads may take \(limit) bytes together (uploads.max_total). Delete some, or wait until they expire.",
                details: ["limit_bytes": .integer(limit)], retryAfter: .seconds(60))
        case .protocolVersion:
            ErrorReport(
                .invalidRequest, code: "protocol_version", "Send the header Tus-Resumable: \(UploadRoutes.version).",
                param: "Tus-Resumable")
        case .invalidHeader(let name, let wanted):
            ErrorReport(.invalidRequest, code: "invalid_header", "The header \(name) must be \(wanted).", param: name)
        }
    }
}
