import Foundation
import Foundations

/// A private folder for one request's files, with a random name. It is gone when the last reference is.
package final class TemporaryFolder: Sendable {
    package let url: URL
    private let threads: WorkerThreads

    /// - Throws: `storageFull` or `storageFailed`.
    package static func make(in parent: URL, _ threads: WorkerThreads) async throws -> TemporaryFolder {
        let url = parent.appending(path: UUID().uuidString.lowercased(), directoryHint: .isDirectory)
        try await threads.run {
            do {
                try FileManager.default.createDirectory(
                    at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw GatewayError.storageFailed
            }
        }
        return TemporaryFolder(url: url, threads: threads)
    }

    private init(url: URL, threads: WorkerThreads) {
        self.url = url
        self.threads = threads
    }

    deinit {
        // Deleting a large file blocks: never on the thread that happened to let go last.
        let url = url
        let threads = threads
        Task { try? await threads.run { try FileManager.default.removeItem(at: url) } }
    }

    /// Deletes what earlier processes left behind, unless it is so young that a living one may still use it.
    package static func sweep(_ parent: URL, olderThan age: Duration, _ threads: WorkerThreads) async throws {
        try await threads.run {
            let files = FileManager.default
            do {
                try files.createDirectory(at: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw GatewayError.cannotPrepareUploads
            }
            let oldest = Date(timeIntervalSinceNow: -(age / .seconds(1)))
            let entries = (try? files.contentsOfDirectory(at: parent, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
            for entry in entries where UUID(uuidString: entry.lastPathComponent) != nil {
                let modified = try? entry.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
                if let modified, modified < oldest { try? files.removeItem(at: entry) }
            }
        }
    }
}
