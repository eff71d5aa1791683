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
        guard descriptor >= 0 else { throw Self.failure() }
    }

    deinit { close(descriptor) }

    package func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let written = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if written < 0 {
                    if errno == EINTR { continue }
                    throw Self.failure()
                }
                rest = rest.dropFirst(written)
            }
        }
    }

    package func truncate() throws {
        guard ftruncate(descriptor, 0) == 0 else { throw Self.failure() }
    }

    /// Makes the content durable and gives the file its final name, replacing what had it.
    package func finish(as target: URL) throws {
        guard fsync(descriptor) == 0, rename(url.path, target.path) == 0 else { throw Self.failure() }
    }

    private static func failure() -> NetworkError {
        errno == ENOSPC || errno == EDQUOT ? .insufficientStorage : .storageFailed
    }
}
