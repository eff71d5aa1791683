import Crypto
import Foundation
import Foundations
import Synchronization

/// SHA-256 of files. Its calls block: make them on worker threads.
enum FileDigest {
    /// Feeds `limit` bytes of a file (all when `nil`) to a hasher.
    /// - Throws: `CancellationError` once `flag` is set, `ModelHubError.storageFailed`.
    static func hash(
        _ url: URL, limit: Int64? = nil, into hasher: inout SHA256, flag: CancellationFlag, each: (Int64) -> Void = { _ in }
    ) throws {
        guard let file = try? FileHandle(forReadingFrom: url) else { throw ModelHubError.storageFailed }
        defer { try? file.close() }
        var rest = limit ?? .max
        var done: Int64 = 0
        while rest > 0 {
            try flag.check()
            let count = Int(min(rest, 1 << 20))
            guard let bytes = try? file.read(upToCount: count), !bytes.isEmpty else {
                if limit == nil { return }
                throw ModelHubError.storageFailed
            }
            hasher.update(data: bytes)
            rest -= Int64(bytes.count)
            done += Int64(bytes.count)
            each(done)
        }
    }

    static func sha256(_ url: URL, flag: CancellationFlag, each: (Int64) -> Void = { _ in }) throws -> String {
        var hasher = SHA256()
        try hash(url, into: &hasher, flag: flag, each: each)
        return SHA256Text.hex(hasher.finalize())
    }

    /// Bytes of a plain file; `nil` when there is none.
    static func size(of url: URL) -> Int64? {
        var status = stat()
        guard lstat(url.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int64(status.st_size)
    }
}

/// Tells blocking work on a worker thread that its task was cancelled.
final class CancellationFlag: Sendable {
    private let isSet = Atomic(false)

    func set() { isSet.store(true, ordering: .relaxed) }

    func check() throws {
        if isSet.load(ordering: .relaxed) { throw CancellationError() }
    }
}

extension WorkerThreads {
    /// Runs blocking work that looks at a flag now and then, so that cancelling the task stops it.
    func runCancellable<T: Sendable>(_ work: @escaping @Sendable (CancellationFlag) throws -> T) async throws -> T {
        let flag = CancellationFlag()
        return try await withTaskCancellationHandler {
            try await run { try work(flag) }
        } onCancel: {
            flag.set()
        }
    }
}
