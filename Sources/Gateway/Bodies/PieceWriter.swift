import Foundation
import Foundations
import NIOCore

/// Adds pieces to the end of a file, in writes of bounded size, and no further than there is room.
actor PieceWriter {
    private static let writeBytes = 512 << 10

    private let threads: WorkerThreads
    private let tooLarge: any Error
    private var room: Int
    private var descriptor: Int32?
    private var buffer: [UInt8] = []

    /// - Parameters:
    ///   - creating: whether the file must not be there yet, rather than be there already.
    ///   - room: bytes that may come.
    ///   - tooLarge: thrown when more come.
    /// - Throws: `GatewayError.storageFull`, `.storageFailed`.
    init(file: URL, creating: Bool, room: Int, tooLarge: any Error, threads: WorkerThreads) async throws {
        self.threads = threads
        self.room = room
        self.tooLarge = tooLarge
        let path = file.path
        descriptor = try await threads.run {
            let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | (creating ? O_CREAT | O_EXCL : 0), 0o600)
            if descriptor < 0 { throw Self.failure(StorageFault(errno)) }
            return descriptor
        }
    }

    func write(_ piece: some Collection<UInt8> & Sendable) async throws {
        guard piece.count <= room else { throw tooLarge }
        room -= piece.count
        buffer += piece
        if buffer.count >= Self.writeBytes { try await flush() }
    }

    /// Writes what is left and closes the file.
    /// - Parameter synced: whether to return only once everything is on disk, as what a caller hears of as stored must survive a
    ///   crash.
    func finish(synced: Bool) async throws {
        do {
            try await flush()
            if synced, let descriptor {
                try await threads.run {
                    if fdatasync(descriptor) != 0 { throw Self.failure(StorageFault(errno)) }
                }
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
        buffer.reserveCapacity(Self.writeBytes + (64 << 10))
        try await threads.run {
            try bytes.withUnsafeBytes { try StorageFault.write($0, to: descriptor, error: Self.failure) }
        }
    }

    private static func failure(_ fault: StorageFault) -> GatewayError { fault == .full ? .storageFull : .storageFailed }
}
