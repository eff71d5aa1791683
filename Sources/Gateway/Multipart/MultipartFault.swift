import Foundations

/// What is wrong with a multipart body.
public enum MultipartFault: ReportableError, Equatable {
    case noBoundary
    case badBoundary
    case boundaryNotFound
    case truncated
    case preambleTooLong
    case headersTooLong
    case badHeader
    case tooManyParts(limit: Int)
    case fieldTooLong(name: String, limit: Int)
    case repeatedField(name: String)

    public var report: ErrorReport {
        func bad(_ code: String, _ message: String, param: String? = nil) -> ErrorReport {
            ErrorReport(.invalidRequest, code: code, message, param: param)
        }
        return switch self {
        case .noBoundary: bad("multipart_no_boundary", "The multipart/form-data content type names no boundary.")
        case .badBoundary: bad("multipart_bad_boundary", "A boundary has 1 to 70 characters of RFC 2046's set.")
        case .boundaryNotFound:
            bad("multipart_boundary_not_found", "The body doesn't hold the boundary that the content type names.")
        case .truncated: bad("multipart_truncated", "The form ended before its closing boundary. Send it again.")
        case .preambleTooLong: bad("multipart_preamble", "There is too much text before the first boundary.")
        case .headersTooLong: bad("multipart_headers_too_long", "The headers of a form part are too long.")
        case .badHeader:
            bad("multipart_bad_header", "A form part lacks a well-formed 'Content-Disposition: form-data; name=\"…\"'.")
        case .tooManyParts(let limit): bad("multipart_too_many_parts", "A form may have \(limit) parts at most.")
        case .fieldTooLong(let name, let limit):
            ErrorReport(
                .tooLarge, code: "field_too_long", "A form field may have \(limit) bytes at most.", param: name)
        case .repeatedField(let name): bad("repeated_field", "This form field came twice.", param: name)
        }
    }
}

