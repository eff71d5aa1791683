import Foundations

/// What can go wrong with the library.
public enum LibraryError: ReportableError, Equatable {
    case videoNotFound
    /// The path is outside the roots, isn't there, or isn't a file: callers learn no more.
    case noSuchFile
    case noRoots
    case exists(path: String)
    case duplicate(path: String)
    case timestampNotFound
    case outOfRange(field: String, allowed: String)
    case badSidecar
    case analysisInProgress(job: Int64)
    case nothingToAnalyse
    /// The answers failed too often for a result that could be believed.
    case tooManyFailures(failed: Int, asked: Int, reason: String)
    case unusableModel(String)
    case storageFull
    case storageFailed

    public var report: ErrorReport {
        switch self {
        case .videoNotFound: ErrorReport(.notFound, code: "video_not_found", "Video not found")
        case .noSuchFile:
            ErrorReport(
                .notFound, code: "file_not_found",
                "There is no such file in the library's folders. Give a path inside one of library.roots.", param: "path")
        case .noRoots:
            ErrorReport(
                .notFound, code: "no_library_roots",
                "This server has no library folders. Name some in library.roots, or upload the video.", param: "path")
        case .exists(let path):
            ErrorReport(
                .conflict, code: "video_exists", "This video is in the library already.", param: "path", details: ["path": .string(path)])
        case .duplicate(let path):
            ErrorReport(
                .conflict, code: "video_duplicate", "The library has a video that looks the same.", details: ["path": .string(path)])
        case .timestampNotFound: ErrorReport(.notFound, code: "timestamp_not_found", "Timestamp not found")
        case .outOfRange(let field, let allowed):
            ErrorReport(.unprocessable, code: "out_of_range", "\(field) must be \(allowed).", param: field)
        case .badSidecar:
            ErrorReport(.unprocessable, code: "bad_sidecar", "The .AI.json file beside the video can't be read. Mend or remove it.")
        case .analysisInProgress(let job):
            ErrorReport(
                .invalidRequest, code: "analysis_in_progress", "Analysis already in progress for this video (job_id: \(job))",
                details: ["job_id": .integer(Int(job))])
        case .nothingToAnalyse:
            ErrorReport(.unprocessable, code: "nothing_to_analyse", "There is no video to analyse. Add one first.")
        case .tooManyFailures(let failed, let asked, let reason):
            ErrorReport(
                .upstream, code: "too_many_failed_answers", "\(failed) of \(asked) answers failed: \(reason)",
                details: ["failed": .integer(failed), "asked": .integer(asked)])
        case .unusableModel(let id):
            ErrorReport(
                .unprocessable, code: "model_cannot_see",
                "\"\(id)\" can't look at pictures. Choose one of GET /api/config/available-models/.", param: "llm_model")
        case .storageFull:
            ErrorReport(.insufficientStorage, code: "storage_full", "The disk is full. Remove videos or free some space, then try again.")
        case .storageFailed: ErrorReport(.internal, code: "storage_failed", "The file could not be stored. The log has the details.")
        }
    }
}
