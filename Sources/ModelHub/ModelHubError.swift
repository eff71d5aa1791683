import Foundations

/// What can go wrong with models and their files. Messages name models and files of the catalog, never paths or hosts.
public enum ModelHubError: ReportableError, Equatable {
    case modelNotFound(String)
    case modelNotFetched(String)
    case modelBusy(String)
    case invalidManifest(id: String, reason: String)
    case unreadableManifest(file: String, reason: String)
    case offline(String)
    /// The hub didn't answer within the probe's time.
    case hubUnreachable
    case sourceUnreachable
    case sourceStatus(Int)
    case wrongSize(file: String)
    case wrongContent(file: String)
    /// The hub gave no SHA-256 for a file whose manifest has none either.
    case unverifiable(file: String)
    case pipMissing
    case indexUnavailable
    case archiveNotOnIndex(String)
    case damagedArchive(reason: String)
    case importerMissing(String)
    case importFailed(file: String)
    case insufficientStorage(needed: Int64, available: Int64)
    case storageFailed
    /// No source gave a file. The report of the last one tried says why.
    case noSource(file: String, last: ErrorReport)

    public var report: ErrorReport {
        switch self {
        case .modelNotFound(let id):
            ErrorReport(
                .notFound, code: "model_not_found",
                "There is no model named '\(id.prefix(128))'. `martlet models list` shows those that exist.", param: "model")
        case .modelNotFetched(let id):
            ErrorReport(
                .unavailable, code: "model_not_fetched",
                "The files of '\(id)' aren't on this machine. Fetch them with `martlet models pull \(id)`.",
                param: "model")
        case .modelBusy(let id):
            ErrorReport(
                .conflict, code: "model_busy",
                "'\(id)' is being fetched. Wait until that has ended, or cancel it.", retryAfter: .seconds(5))
        case .invalidManifest(let id, let reason):
            ErrorReport(.invalidRequest, code: "invalid_manifest", "The manifest '\(id.prefix(128))' can't be used: \(reason).")
        case .unreadableManifest(let file, let reason):
            ErrorReport(.invalidRequest, code: "invalid_manifest", "The manifest file \(file) can't be read: \(reason).")
        case .offline(let id):
            ErrorReport(
                .unavailable, code: "offline",
                "'\(id)' isn't on this machine and fetching is off (models.offline). Turn it on, or put the files there.")
        case .hubUnreachable:
            ErrorReport(
                .upstream, code: "hub_unreachable",
                "The model hub didn't answer. Check the connection, or set HF_ENDPOINT to a mirror.")
        case .sourceUnreachable:
            ErrorReport(
                .upstream, code: "source_unreachable",
                "The transfer kept failing. Check the connection and run the command again: it goes on where it stopped.")
        case .sourceStatus(let status):
            ErrorReport(
                .upstream, code: "source_status",
                "The source answered with status \(status)"
                    + (status == 401 || status == 403
                        ? ". The repository may be gated: accept its terms and set HF_TOKEN." : "."),
                details: ["status": .integer(status)])
        case .wrongSize(let file):
            ErrorReport(.upstream, code: "wrong_size", "The source offers \(file) with another size than declared.")
        case .wrongContent(let file):
            ErrorReport(
                .upstream, code: "wrong_content",
                "What was fetched as \(file) isn't the declared file: its SHA-256 differs. It was deleted.")
        case .unverifiable(let file):
            ErrorReport(
                .upstream, code: "unverifiable",
                "The hub states no SHA-256 for \(file), so it can't be verified. Use another mirror.")
        case .pipMissing:
            ErrorReport(
                .unavailable, code: "pip_missing",
                "The package index is asked from pip, and python3 with pip didn't answer. Install them "
                    + "(Debian: python3-pip), or set PIP_INDEX_URL.")
        case .indexUnavailable:
            ErrorReport(
                .upstream, code: "index_unavailable",
                "The Python package index didn't give a readable answer. Check the connection and pip's index-url.")
        case .archiveNotOnIndex(let package):
            ErrorReport(
                .upstream, code: "archive_not_on_index", "The package index doesn't carry the pinned release of \(package).")
        case .damagedArchive(let reason):
            ErrorReport(.upstream, code: "damaged_archive", "A fetched archive can't be unpacked: \(reason).")
        case .importerMissing(let name):
            ErrorReport(
                .internal, code: "importer_missing", "The model needs the importer '\(name)', which this build doesn't have.")
        case .importFailed(let file):
            ErrorReport(.internal, code: "import_failed", "\(file) couldn't be made from the fetched files.")
        case .insufficientStorage(let needed, let available):
            ErrorReport(
                .insufficientStorage, code: "insufficient_storage",
                "Fetching needs \(ByteCount.text(Int(clamping: needed))) of free disk, and \(ByteCount.text(Int(clamping: available))) are left. "
                    + "Free some, or set MARTLET_HOME to a larger disk.",
                details: [
                    "needed_bytes": .integer(Int(clamping: needed)), "available_bytes": .integer(Int(clamping: available)),
                ])
        case .storageFailed:
            ErrorReport(
                .internal, code: "storage_failed",
                "The model folder can't be read or written. Check the disk and the permissions of MARTLET_HOME.")
        case .noSource(let file, let last):
            ErrorReport(
                last.kind, code: last.code, "\(file) couldn't be had from any source. The last one: \(last.message)",
                details: last.details, retryAfter: last.retryAfter)
        }
    }
}
