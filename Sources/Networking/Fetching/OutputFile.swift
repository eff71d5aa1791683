import Foundation
import Foundations

/// A file being written from its end on. Its calls block: make them on worker threads.
package final class OutputFile: Sendable {
    package let url: URL
    private let descriptor: Int32

    /// Opens or creates `url` for appending.
    package init(_ url: URL, truncating: Bool) throws {
        self.url = url
        let flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | (truncating ? O_TRUNC : 0)
        descriptor = open(url.path, flags, 0o600)
        guard descriptor >= 0 else { throw NetworkError(StorageFault(errno)) }
    }

    deinit { close(descriptor) }

    package func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try StorageFault.write($0, to: descriptor, error: NetworkError.init) }
    }

    /// Makes the content durable and gives the file its final name, replacing what had it.
    package func finish(as target: URL) throws {
        guard fsync(descriptor) == 0, rename(url.path, target.path) == 0 else { throw NetworkError(StorageFault(errno)) }
    }
}
