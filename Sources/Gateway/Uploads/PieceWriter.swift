import Foundation
import Foundations
import NIOCore

/// Adds a body's pieces to the end of a file, in writes of bounded size, and no further than there is room.
actor PieceWriter {
    private static let writeBytes = 512 << 10

    private let threads: WorkerThreads
    private let limit: Int
    private var room: Int
    private var descriptor: Int32?
    private var buffer: [UInt8] = []

    /// - Parameters:
    ///   - room: bytes that may come.
    ///   - limit: what a message about more names.
    /// - Throws: `GatewayError.storageFailed`.
    init(file: URL, room: Int, limit: Int, threads: WorkerThreads) async throws {
        self.threads = threads
        self.room = room
        self.limit = limit
        let path = file.path
        descriptor = try await threads.run {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
            if descriptor < 0 { throw GatewayError.storageFailed }
            return descriptor
        }
    }

    func write(_ piece: ByteBuffer) async throws {
        guard piece.readableBytes <= room else { throw UploadError.tooLong(limit: limit) }
        room -= piece.readableBytes
        buffer += piece.readableBytesView
        if buffer.count >= Self.writeBytes { try await flush() }
    }

    /// Returns once everything is on disk: what a caller hears of as stored must survive a crash.
    func finish() async throws {
        do {
            try await flush()
            guard let descriptor else { return }
            try await threads.run {
                if fdatasync(descriptor) != 0 { throw Self.failure(StorageFault(errno)) }
            }
        } catch {
            await close()
            throw error
        }
        await close()
    }

    /// Keeps what has come so far.
    func close() async {
        let rest = Task { try? await flush() }
        await rest.value
        guard let descriptor else { return }
        self.descriptor = nil
        let threads = threads
        await Task { _ = try? await threads.run { Foundation.close(descriptor) } }.value
    }

    private func flush() async throws {
        guard let descriptor, !buffer.isEmpty else { return }
        let bytes = buffer
        buffer = []
        try await threads.run {
            try bytes.withUnsafeBytes { try StorageFault.write($0, to: descriptor, error: Self.failure) }
        }
    }

    private static func failure(_ fault: StorageFault) -> GatewayError { fault == .full ? .storageFull : .storageFailed }
}
