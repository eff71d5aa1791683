import Crypto
import Foundation

/// The encoded bytes of one file or memory block, readable at any offset by several threads at once.
///
/// A file stays open for as long as this lives, so what was probed is what is decoded, even when the path is
/// deleted or replaced meanwhile.
final class ByteSource: Sendable {
    private enum Storage: Sendable {
        case descriptor(Int32)
        case data(Data)
        case spooled(SpooledBytes)
    }

    private let storage: Storage
    let count: Int64

    /// - Throws: `MediaError.unreadable` when it isn't a readable regular file.
    init(_ source: MediaSource) throws {
        switch source {
        case .data(let data):
            storage = .data(data)
            count = Int64(data.count)
        case .spooled(let bytes):
            storage = .spooled(bytes)
            count = bytes.count
        case .file(let url):
            guard url.isFileURL else { throw MediaError.unreadable }
            // Non-blocking, so that a named pipe can't hang the open; it is refused right after.
            let descriptor = open(url.path(percentEncoded: false), O_RDONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else { throw MediaError.unreadable }
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
                close(descriptor)
                throw MediaError.unreadable
            }
            storage = .descriptor(descriptor)
            count = Int64(status.st_size)
        }
    }

    deinit {
        if case .descriptor(let descriptor) = storage { close(descriptor) }
    }

    /// Copies up to `length` bytes from `offset`. Returns the number of bytes, 0 at the end, -1 on an error.
    func read(at offset: Int64, into buffer: UnsafeMutableRawPointer, length: Int) -> Int {
        guard offset >= 0, length > 0 else { return 0 }
        switch storage {
        case .descriptor(let descriptor): return Self.read(descriptor, at: offset, into: buffer, length: length)
        case .spooled(let bytes): return Self.read(bytes.descriptor, at: offset, into: buffer, length: length)
        case .data(let data):
            guard offset < count else { return 0 }
            let size = min(length, Int(count - offset))
            let start = data.startIndex + Int(offset)
            data.copyBytes(to: UnsafeMutableRawBufferPointer(start: buffer, count: size), from: start..<start + size)
            return size
        }
    }

    private static func read(_ descriptor: Int32, at offset: Int64, into buffer: UnsafeMutableRawPointer, length: Int) -> Int {
        while true {
            let got = pread(descriptor, buffer, length, off_t(offset))
            if got >= 0 || errno != EINTR { return got }
        }
    }

    /// SHA-256 of all bytes in hexadecimal, read in pieces.
    func contentHash(_ readGuard: ReadGuard) throws -> String {
        var hash = SHA256()
        let size = 1 << 20
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 64)
        defer { piece.deallocate() }
        guard let base = piece.baseAddress else { throw MediaError.engineFailed }
        var offset: Int64 = 0
        while true {
            try readGuard.check()
            let got = read(at: offset, into: base, length: size)
            guard got >= 0 else { throw MediaError.unreadable }
            if got == 0 { break }
            hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: piece[..<got]))
            offset += Int64(got)
            readGuard.noteProgress()
        }
        return hash.finalize().map { String(format: "%02x", $0) }.joined()
    }
}
