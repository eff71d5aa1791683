import Foundations

/// Why a file of a workspace can't be read or written. Models read these too: they say what to do instead.
public enum WorkspaceError: ReportableError, Equatable {
    case missing(path: String)
    case outside(path: String)
    case notAFile(path: String)
    case notAFolder(path: String)
    case tooLarge(path: String, limit: Int)
    case notText(path: String)
    case notWritable(path: String)
    /// The folder itself can't be opened.
    case unusable

    public var report: ErrorReport {
        switch self {
        case .missing(let path): ErrorReport(.notFound, code: "file_missing", "There is no \(path) in the workspace. List the files to see what is there.")
        case .outside(let path):
            ErrorReport(.forbidden, code: "outside_workspace", "\(path) leads out of the workspace. Use a path below it, such as src/main.py.")
        case .notAFile(let path): ErrorReport(.unprocessable, code: "not_a_file", "\(path) isn't a plain file.")
        case .notAFolder(let path): ErrorReport(.unprocessable, code: "not_a_folder", "\(path) isn't a folder.")
        case .tooLarge(let path, let limit):
            ErrorReport(.tooLarge, code: "file_too_large", "\(path) is larger than \(limit) bytes. Search in it, or read a part by a command.")
        case .notText(let path): ErrorReport(.unprocessable, code: "not_text", "\(path) isn't text in UTF-8.")
        case .notWritable(let path): ErrorReport(.conflict, code: "not_writable", "\(path) can't be written: the disk is full, or it is protected.")
        case .unusable: ErrorReport(.unprocessable, code: "workspace_unusable", "The workspace isn't a folder that can be read. Name another one.")
        }
    }
}
