import Foundation

/// Free space of the disk that holds a folder.
package enum DiskSpace {
    /// Bytes left alone, so that a fetch never fills a disk to its last block.
    package static let reserve: Int64 = 64 << 20

    /// - Returns: bytes an ordinary user may still write; `nil` when the system doesn't tell.
    package static func available(at folder: URL) -> Int64? {
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { return nil }
        return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }

    /// - Throws: `NetworkError.insufficientStorage` when `bytes` plus the reserve don't fit.
    package static func require(_ bytes: Int64, at folder: URL) throws {
        guard let available = available(at: folder) else { return }
        let (needed, overflow) = bytes.addingReportingOverflow(reserve)
        if overflow || needed > available { throw NetworkError.insufficientStorage }
    }
}
