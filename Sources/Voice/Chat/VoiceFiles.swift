import Foundation
import Foundations

/// Files of what people said: private, with random names, gone when they aren't needed any more.
struct VoiceFiles: Sendable {
    private let folder: URL

    private static let threads = WorkerThreads(name: "voice files", width: 2)
    /// Nothing is listened to for so long.
    private static let oldest: Duration = .seconds(3600)

    init(_ configuration: Configuration) {
        folder = URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true).appending(path: "voice", directoryHint: .isDirectory)
    }

    /// Gives the work the name of a file to be, and deletes the file afterwards.
    func withFile<T: Sendable>(_ work: (URL) async throws -> T) async throws -> T {
        let file = folder.appending(path: UUID().uuidString.lowercased())
        do {
            try await Self.threads.run { [folder] in
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ErrorReport(.internal, code: "storage_failed", "A file can't be written. Check data_dir and the free disk space.")
        }
        let result: Result<T, any Error>
        do { result = .success(try await work(file)) } catch { result = .failure(error) }
        // Also when the task was cancelled.
        await Task { try? await Self.threads.run { try FileManager.default.removeItem(at: file) } }.value
        return try result.get()
    }

    /// Deletes what a process that was killed left behind.
    func sweep() async {
        try? await Self.threads.run { [folder] in
            let files = FileManager.default
            let entries = (try? files.contentsOfDirectory(at: folder, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
            for entry in entries where UUID(uuidString: entry.lastPathComponent) != nil {
                let modified = try? entry.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate
                if let modified, modified < Date() - Self.oldest { try? files.removeItem(at: entry) }
            }
        }
    }
}
