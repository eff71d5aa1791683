import Foundation
import Foundations
import Networking

/// A file of known size, written at several places at once. Its calls block: make them on worker threads.
final class PreallocatedFile: Sendable {
    let url: URL
    private let descriptor: Int32

    /// Opens or creates the file and takes its whole space on the disk.
    /// - Throws: `NetworkError.insufficientStorage`, `.storageFailed`.
    init(_ url: URL, size: Int64) throws {
        self.url = url
        descriptor = open(url.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw NetworkError(StorageFault(errno)) }
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw NetworkError(StorageFault(errno)) }
        let code = size > 0 ? posix_fallocate(descriptor, 0, off_t(size)) : 0
        // Where the file system can't, space is taken as bytes come.
        guard code == 0 || code == EOPNOTSUPP || code == EINVAL else { throw NetworkError(StorageFault(code)) }
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
        try bytes.withUnsafeBytes { try StorageFault.write($0, to: descriptor, at: offset, error: NetworkError.init) }
    }

    /// Makes the content durable and gives the file its final name, replacing what had it.
    func finish(as target: URL) throws {
        guard fsync(descriptor) == 0, rename(url.path, target.path) == 0 else { throw NetworkError(StorageFault(errno)) }
    }
}
