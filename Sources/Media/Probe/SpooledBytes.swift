import Foundation
import Foundations

/// Encoded media that came as a stream, in a file without a name: it is gone when the last reference is, also after a crash.
///
/// Containers are read back and forth (an MP4's index may stand at its end), so a stream is taken in whole before it is
/// opened.
public final class SpooledBytes: Sendable {
    let descriptor: Int32
    /// Bytes.
    public let count: Int64

    private static let threads = WorkerThreads(name: "spool", width: 2)

    private init(descriptor: Int32, count: Int64) {
        self.descriptor = descriptor
        self.count = count
    }

    deinit { close(descriptor) }

    fileprivate static func take<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces, limit: (name: String, bytes: Int), in folder: URL
    ) async throws -> SpooledBytes where Pieces.Element == Data {
        let descriptor = try await threads.run {
            var template = Array(folder.appending(path: "martlet-XXXXXX").path.utf8CString)
            let descriptor = mkstemp(&template)
            guard descriptor >= 0 else { throw MediaError.storageFailed }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            unlink(template)
            return descriptor
        }
        var count: Int64 = 0
        do {
            for try await piece in pieces {
                count += Int64(piece.count)
                guard count <= limit.bytes else {
                    throw MediaError.limitExceeded(limit: limit.name, found: Double(count), allowed: Double(limit.bytes))
                }
                try await threads.run { try write(piece, to: descriptor) }
            }
            // A cancelled iteration ends without an error.
            try Task.checkCancellation()
        } catch {
            close(descriptor)
            throw error
        }
        return SpooledBytes(descriptor: descriptor, count: count)
    }

    private static func write(_ piece: Data, to descriptor: Int32) throws {
        try piece.withUnsafeBytes { bytes in
            try StorageFault.write(bytes, to: descriptor) { $0 == .full ? MediaError.storageFull : .storageFailed }
        }
    }
}

extension MediaSource {
    /// Takes a stream in, piece by piece: memory holds one of them.
    /// - Parameters:
    ///   - limit: the most bytes taken, with the name of that bound in the configuration.
    ///   - folder: where the unnamed file lies; on the disk that has room for it.
    /// - Throws: `MediaError.limitExceeded`, `.storageFull`, `.storageFailed`; what the stream throws; `CancellationError`.
    public static func stream<Pieces: AsyncSequence & Sendable>(
        _ pieces: Pieces, limit: (name: String, bytes: Int), in folder: URL = FileManager.default.temporaryDirectory
    ) async throws -> MediaSource where Pieces.Element == Data {
        .spooled(try await SpooledBytes.take(pieces, limit: limit, in: folder))
    }
}
