import CZlib
import Foundation

/// Reads single members out of a zip file (a wheel), trusting nothing in it. Its calls block.
///
/// Implements what wheels use of PKWARE's application note: stored and deflated members, found by the central directory.
/// Encryption, several disks and zip64 are refused. Members are asked for by exact name and written where the caller
/// says: no name of the archive becomes a path.
package struct ZipArchive {
    private struct Entry {
        var name: String
        var method: UInt16
        var crc32: UInt32
        var compressedSize: Int64
        var size: Int64
        var headerOffset: Int64
    }

    private static let maxEntries = 65_534
    private static let maxDirectoryBytes: Int64 = 32 << 20

    private let entries: [String: Entry]
    private let file: FileHandle
    private let directoryStart: Int64

    /// - Throws: `ModelHubError.damagedArchive`, `ModelHubError.storageFailed`.
    package init(_ url: URL) throws {
        guard let file = try? FileHandle(forReadingFrom: url), let end = try? file.seekToEnd() else {
            throw ModelHubError.storageFailed
        }
        self.file = file
        let size = Int64(end)
        // The end record is 22 bytes and a comment of up to 65,535.
        let tailSize = min(size, 22 + 65_535)
        let tail = try Self.read(file, at: size - tailSize, count: Int(tailSize))
        guard
            let position = stride(from: tail.count - 22, through: 0, by: -1).first(where: {
                tail.u32($0) == 0x0605_4B50 && $0 + 22 + Int(tail.u16($0 + 20)) == tail.count
            })
        else { throw Self.damaged("it has no directory") }
        let record = tail[position...].bytes
        let count = Int(record.u16(10))
        let directorySize = Int64(record.u32(12))
        let directoryOffset = Int64(record.u32(16))
        guard count != 0xFFFF, directorySize != 0xFFFF_FFFF, directoryOffset != 0xFFFF_FFFF else {
            throw Self.damaged("it is of the zip64 kind, which isn't supported")
        }
        guard record.u16(4) == 0, record.u16(6) == 0, record.u16(8) == record.u16(10) else {
            throw Self.damaged("it spans several disks")
        }
        guard count <= Self.maxEntries, directorySize <= Self.maxDirectoryBytes,
            directoryOffset + directorySize <= size - tailSize + Int64(position)
        else { throw Self.damaged("its directory is out of bounds") }
        directoryStart = directoryOffset
        let directory = try Self.read(file, at: directoryOffset, count: Int(directorySize))
        entries = try Self.entries(in: directory, count: count)
    }

    /// Writes a member's bytes to `sink`, piece by piece, and checks length and checksum.
    /// - Parameter maxBytes: more than this is refused before anything is unpacked.
    package func extract(_ name: String, maxBytes: Int64, to sink: ([UInt8]) throws -> Void) throws {
        guard let entry = entries[name] else { throw Self.damaged("the member isn't in it") }
        guard entry.size <= maxBytes else { throw Self.damaged("the member is larger than declared") }
        let header = try Self.read(file, at: entry.headerOffset, count: 30)
        guard header.u32(0) == 0x0403_4B50 else { throw Self.damaged("a member's header is missing") }
        let nameLength = Int(header.u16(26))
        let headerName = try Self.read(file, at: entry.headerOffset + 30, count: nameLength)
        guard headerName == Array(entry.name.utf8) else { throw Self.damaged("its names contradict each other") }
        let start = entry.headerOffset + 30 + Int64(nameLength) + Int64(header.u16(28))
        guard start + entry.compressedSize <= directoryStart else { throw Self.damaged("a member is out of bounds") }

        var checksum = crc32(0, nil, 0)
        var written: Int64 = 0
        func take(_ bytes: [UInt8]) throws {
            written += Int64(bytes.count)
            guard written <= entry.size else { throw Self.damaged("a member is longer than it says") }
            checksum = bytes.withUnsafeBufferPointer { crc32(checksum, $0.baseAddress, UInt32($0.count)) }
            try sink(bytes)
        }
        switch entry.method {
        case 0: try copy(from: start, count: entry.compressedSize, to: take)
        case 8:
            let inflater = try Inflater(.deflate)
            try copy(from: start, count: entry.compressedSize) { try inflater.feed($0, to: take) }
            guard inflater.isFinished else { throw Self.damaged("a member ends early") }
        default: throw Self.damaged("a member is packed in an unknown way")
        }
        guard written == entry.size else { throw Self.damaged("a member ends early") }
        guard UInt32(truncatingIfNeeded: checksum) == entry.crc32 else { throw Self.damaged("a member's checksum is wrong") }
    }

    private func copy(from start: Int64, count: Int64, to sink: ([UInt8]) throws -> Void) throws {
        var position = start
        let end = start + count
        while position < end {
            let piece = try Self.read(file, at: position, count: Int(min(256 << 10, end - position)))
            try sink(piece)
            position += Int64(piece.count)
        }
    }

    private static func entries(in directory: [UInt8], count: Int) throws -> [String: Entry] {
        var entries: [String: Entry] = [:]
        var position = 0
        for _ in 0..<count {
            guard position + 46 <= directory.count, directory.u32(position) == 0x0201_4B50 else {
                throw damaged("its directory is cut off")
            }
            let nameLength = Int(directory.u16(position + 28))
            let next = position + 46 + nameLength + Int(directory.u16(position + 30)) + Int(directory.u16(position + 32))
            guard next <= directory.count else { throw damaged("its directory is cut off") }
            guard directory.u16(position + 8) & 1 == 0 else { throw damaged("it is encrypted") }
            let name = String(decoding: directory[position + 46..<position + 46 + nameLength], as: UTF8.self)
            let sizes = [directory.u32(position + 20), directory.u32(position + 24), directory.u32(position + 42)]
            guard !sizes.contains(0xFFFF_FFFF) else { throw damaged("it is of the zip64 kind, which isn't supported") }
            let entry = Entry(
                name: name, method: directory.u16(position + 10), crc32: directory.u32(position + 16),
                compressedSize: Int64(sizes[0]), size: Int64(sizes[1]), headerOffset: Int64(sizes[2]))
            // Two members of one name: readers disagree on which is meant.
            guard entries.updateValue(entry, forKey: name) == nil else { throw damaged("it holds a name twice") }
            position = next
        }
        return entries
    }

    private static func read(_ file: FileHandle, at offset: Int64, count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0 else { throw damaged("it points outside itself") }
        guard (try? file.seek(toOffset: UInt64(offset))) != nil, let data = try? file.read(upToCount: count) ?? Data() else {
            throw ModelHubError.storageFailed
        }
        guard data.count == count else { throw damaged("it is cut off") }
        return [UInt8](data)
    }

    fileprivate static func damaged(_ reason: String) -> ModelHubError { .damagedArchive(reason: reason) }
}

extension [UInt8] {
    /// Little-endian numbers; the caller has checked the bounds.
    fileprivate func u16(_ offset: Int) -> UInt16 { UInt16(self[offset]) | UInt16(self[offset + 1]) << 8 }

    fileprivate func u32(_ offset: Int) -> UInt32 { UInt32(u16(offset)) | UInt32(u16(offset + 2)) << 16 }
}

extension ArraySlice<UInt8> {
    fileprivate var bytes: [UInt8] { Array(self) }
}
