import Crypto
import Foundation
import Foundations

/// What was computed of videos, in folders of Martlet's own: one for each video, replaced as a whole, deleted on request and when it is old.
struct ExpressionResults: Sendable {
    private let root: URL
    private let threads: WorkerThreads

    init(dataDirectory: String, threads: WorkerThreads) {
        root = URL(fileURLWithPath: dataDirectory, isDirectory: true).appending(path: "expressions")
        self.threads = threads
    }

    /// What a result's `result.json` says.
    struct Facts: Sendable, Equatable {
        var path: String
        var job: Int
        var created: Date
        var model: String?
        var isSynthetic: Bool
        var note: String?
        var withFlow: Bool
        var report: JSONValue
        var prediction: JSONValue

        init(
            path: String, job: Int, created: Date, model: String?, isSynthetic: Bool, note: String?, withFlow: Bool, report: JSONValue,
            prediction: JSONValue
        ) {
            self.path = path
            self.job = job
            self.created = created
            self.model = model
            self.isSynthetic = isSynthetic
            self.note = note
            self.withFlow = withFlow
            self.report = report
            self.prediction = prediction
        }

        var json: JSONValue {
            [
                "path": .string(path), "job": .integer(job), "created": .number(created.timeIntervalSince1970), "model": model.map(JSONValue.string) ?? .null,
                "synthetic": .bool(isSynthetic), "note": note.map(JSONValue.string) ?? .null, "flow": .bool(withFlow), "report": report,
                "prediction": prediction,
            ]
        }

        init?(_ json: JSONValue) {
            guard let path = json["path"]?.stringValue, let job = json["job"]?.intValue, let created = json["created"]?.doubleValue,
                let report = json["report"], let prediction = json["prediction"]
            else { return nil }
            self.init(
                path: path, job: job, created: Date(timeIntervalSince1970: created), model: json["model"]?.stringValue,
                isSynthetic: json["synthetic"]?.boolValue ?? false, note: json["note"]?.stringValue, withFlow: json["flow"]?.boolValue ?? false,
                report: report, prediction: prediction)
        }
    }

    /// A kept result.
    struct Kept: Sendable {
        var facts: Facts
        var rows: RowFile
        /// `nil`: none was made.
        var overlay: URL?
    }

    private static let rowsName = "rows.bin", factsName = "result.json", overlayName = "overlay.mp4"

    /// A video's folder: its path's digest, for a path may hold anything.
    private func folder(_ path: String) -> URL {
        root.appending(path: SHA256.hash(data: Data(path.utf8)).prefix(16).map { String(format: "%02x", $0) }.joined())
    }

    /// - Throws: `ExpressionError.notFound`.
    func kept(_ path: String) async throws -> Kept {
        let folder = folder(path)
        return try await threads.run {
            guard let data = try? Data(contentsOf: folder.appending(path: Self.factsName)),
                let facts = (try? JSONValue(parsing: data)).flatMap(Facts.init)
            else { throw ExpressionError.notFound(path: path) }
            let overlay = folder.appending(path: Self.overlayName)
            return Kept(
                facts: facts, rows: RowFile(url: folder.appending(path: Self.rowsName), withFlow: facts.withFlow),
                overlay: FileManager.default.fileExists(atPath: overlay.path) ? overlay : nil)
        }
    }

    /// A place for a result while it is made. What an earlier attempt left there is gone.
    func draft(_ path: String, job: Int, withFlow: Bool) async throws -> Draft {
        let place = root.appending(path: "draft-\(job)")
        let target = folder(path)
        return try await threads.run {
            do {
                try? FileManager.default.removeItem(at: place)
                try FileManager.default.createDirectory(
                    at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                let rows = RowFile(url: place.appending(path: Self.rowsName), withFlow: withFlow)
                return Draft(
                    folder: place, target: target, rows: try RowWriter(rows), overlay: place.appending(path: Self.overlayName), threads: threads)
            } catch {
                throw ExpressionError(writing: error)
            }
        }
    }

    struct Draft: Sendable {
        fileprivate let folder: URL
        fileprivate let target: URL
        let rows: RowWriter
        let overlay: URL
        fileprivate let threads: WorkerThreads

        /// Puts the result in the place of the one before.
        func publish(_ facts: Facts) async throws {
            try await threads.run {
                do {
                    try facts.json.encoded().write(to: folder.appending(path: ExpressionResults.factsName))
                    try? FileManager.default.removeItem(at: target)
                    try FileManager.default.moveItem(at: folder, to: target)
                } catch {
                    throw ExpressionError(writing: error)
                }
            }
        }

        /// Also of a job that was cancelled: what there is of a face goes.
        func discard() async {
            await Task { try? await threads.run { try? FileManager.default.removeItem(at: folder) } }.value
        }
    }

    /// - Throws: `ExpressionError.notFound`.
    func remove(_ path: String) async throws {
        let folder = folder(path)
        try await threads.run {
            guard (try? FileManager.default.removeItem(at: folder)) != nil else { throw ExpressionError.notFound(path: path) }
        }
    }

    /// Deletes what is older than this, and drafts that nobody works on.
    /// - Parameter isAtWork: whether a job is still to be done.
    func sweep(olderThan age: Duration, isAtWork: @escaping @Sendable (Int) async -> Bool) async {
        let root = root
        let entries = (try? await threads.run { (try? FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)) ?? [] }) ?? []
        for entry in entries {
            let name = entry.lastPathComponent
            if name.hasPrefix("draft-") {
                guard let job = Int(name.dropFirst("draft-".count)), await !isAtWork(job) else { continue }
            } else {
                let created = try? await threads.run {
                    (try? JSONValue(parsing: Data(contentsOf: entry.appending(path: Self.factsName))))?["created"]?.doubleValue
                }
                guard let created = created ?? nil, Date().timeIntervalSince1970 - created > age / .seconds(1) else { continue }
            }
            try? await threads.run { try? FileManager.default.removeItem(at: entry) }
        }
    }
}

extension ExpressionError {
    /// Why something couldn't be written.
    init(writing error: any Error) {
        let code = ((error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError)?.code ?? (error as NSError).code
        let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace || code == Int(ENOSPC)
        self = isFull ? .storageFull : .storageFailed
    }
}
