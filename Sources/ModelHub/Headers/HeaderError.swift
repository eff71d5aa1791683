import Foundations

/// Why a model file's header can't be read. Messages name the file as the catalog does, never its path.
public enum HeaderError: ReportableError, Equatable {
    /// The file isn't there or can't be opened.
    case unreadable(file: String)
    /// Neither GGUF nor safetensors, or not what its name says.
    case unknownFormat(file: String)
    /// A version or byte order that isn't read.
    case unsupported(file: String, what: String)
    /// The file ends inside its header.
    case truncated(file: String)
    /// The header goes beyond a bound: `what` names it.
    case beyondLimit(file: String, what: String)
    case malformed(file: String, reason: String)

    public var report: ErrorReport {
        switch self {
        case .unreadable(let file): Self.report("\(file) can't be read. Fetch the model again.")
        case .unknownFormat(let file): Self.report("\(file) is no GGUF or safetensors file. Fetch the model again.")
        case .unsupported(let file, let what): Self.report("\(file) can't be read: \(what) isn't supported.")
        case .truncated(let file): Self.report("\(file) ends inside its header. Fetch the model again.")
        case .beyondLimit(let file, let what):
            Self.report("\(file) has a header beyond the limit: \(what). See models.max_header.")
        case .malformed(let file, let reason): Self.report("\(file) has a damaged header: \(reason).")
        }
    }

    private static func report(_ message: String) -> ErrorReport {
        ErrorReport(.unprocessable, code: "invalid_model_file", message)
    }
}

/// What is wrong with a header, before it is known which file it belongs to.
enum HeaderFault: Error, Equatable {
    case unreadable
    case unknownFormat
    case unsupported(String)
    case truncated
    case beyondLimit(String)
    case malformed(String)

    func error(file: String) -> HeaderError {
        switch self {
        case .unreadable: .unreadable(file: file)
        case .unknownFormat: .unknownFormat(file: file)
        case .unsupported(let what): .unsupported(file: file, what: what)
        case .truncated: .truncated(file: file)
        case .beyondLimit(let what): .beyondLimit(file: file, what: what)
        case .malformed(let reason): .malformed(file: file, reason: reason)
        }
    }
}
