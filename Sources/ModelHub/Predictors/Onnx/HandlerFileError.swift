import Foundations
import Media

/// Why a handler can't answer about the files of a request.
package enum HandlerFileError: ReportableError, Equatable {
    /// A file that isn't a picture where one was asked for.
    case notAPicture(file: String)
    /// A picture that can't be used for another reason.
    case unusablePicture(file: String, MediaError)
    /// `reason` completes "The table '…' can't be read: …".
    case malformedTable(file: String, reason: String)
    /// A required column isn't there: in no row (`nil`), or in this one.
    case missingColumn(file: String, row: Int?, column: String)
    case notANumber(file: String, row: Int, column: String)
    case tooManyRows(limit: Int)
    /// The answer would hold more values than one answer may.
    case answerTooLarge(limit: Int)

    package init(_ error: MediaError, file: String) {
        switch error {
        case .unsupportedFormat, .unsupportedCodec, .noVideoStream, .pictureNotVideo: self = .notAPicture(file: file)
        default: self = .unusablePicture(file: file, error)
        }
    }

    package var report: ErrorReport {
        switch self {
        case .notAPicture(let file):
            return Self.report("not_a_picture", "'\(Self.short(file))' isn't a picture in a supported format.", file)
        case .unusablePicture(let file, let error):
            var report = error.report
            report.message = "'\(Self.short(file))': \(report.message)"
            report.param = "files"
            report.details["file"] = .string(Self.short(file))
            return report
        case .malformedTable(let file, let reason):
            return Self.report("malformed_table", "The table '\(Self.short(file))' can't be read: \(reason).", file)
        case .missingColumn(let file, nil, let column):
            return Self.report(
                "missing_column", "The table '\(Self.short(file))' needs the column '\(column)'.", file, column: column)
        case .missingColumn(let file, let row?, let column):
            return Self.report(
                "missing_column", "Row \(row) of '\(Self.short(file))' has no value for the column '\(column)'.", file,
                row: row, column: column)
        case .notANumber(let file, let row, let column):
            return Self.report(
                "not_a_number", "Row \(row) of '\(Self.short(file))' has no number in the column '\(column)'.", file, row: row,
                column: column)
        case .tooManyRows(let limit):
            return ErrorReport(
                .tooLarge, code: "too_many_rows", "The tables of one request may have \(limit) rows together.", param: "files",
                details: ["limit_rows": .integer(limit)])
        case .answerTooLarge(let limit):
            return ErrorReport(
                .tooLarge, code: "answer_too_large",
                "The answer would have more than \(limit) values. Send fewer files or rows at once.", param: "files",
                details: ["limit_values": .integer(limit)])
        }
    }

    private static func report(
        _ code: String, _ message: String, _ file: String, row: Int? = nil, column: String? = nil
    ) -> ErrorReport {
        var details: [String: JSONValue] = ["file": .string(short(file))]
        if let row { details["row"] = .integer(row) }
        if let column { details["column"] = .string(column) }
        return ErrorReport(.unprocessable, code: code, message, param: "files", details: details)
    }

    /// Names come from callers: only their beginning is repeated.
    private static func short(_ name: String) -> String { String(name.prefix(128)) }
}
