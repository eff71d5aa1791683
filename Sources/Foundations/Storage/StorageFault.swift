import Foundation

/// Why a file couldn't be written.
package enum StorageFault: Error, Sendable, Equatable {
    /// Neither the disk nor the quota has room for more.
    case full
    case failed

    /// - Parameter code: an `errno`.
    package init(_ code: Int32) {
        self = [ENOSPC, EDQUOT, EFBIG].contains(code) ? .full : .failed
    }

    /// Writes all bytes, in as many pieces as it takes. Blocks: call it on a worker thread.
    /// - Parameters:
    ///   - offset: where in the file; without it, where the descriptor stands.
    ///   - error: the caller's own error for a fault.
    /// - Throws: what `error` makes.
    package static func write(
        _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, at offset: Int64? = nil, error: (StorageFault) -> any Error
    ) throws {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let written =
                if let offset {
                    pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done))
                } else {
                    Foundation.write(descriptor, rest.baseAddress, rest.count)
                }
            if written < 0 {
                if errno == EINTR { continue }
                throw error(StorageFault(errno))
            }
            done += written
        }
    }
}
