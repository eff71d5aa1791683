import Foundation

/// Reads a file from its beginning, in order and within a bound. Holds one piece of the file at a time. Its calls block.
struct HeaderBytes {
    private let file: FileHandle
    /// Bytes of the whole file.
    let fileSize: UInt64
    private let limit: UInt64
    private var piece: [UInt8] = []
    /// Index of the next byte in `piece`.
    private var index = 0
    /// Where in the file `piece` begins.
    private var pieceStart: UInt64 = 0

    private static let pieceBytes = 64 << 10

    /// - Parameter limit: bytes that may be read or passed over.
    init(_ url: URL, limit: Int) throws(HeaderFault) {
        guard let size = FileDigest.size(of: url), size >= 0, let file = try? FileHandle(forReadingFrom: url) else {
            throw .unreadable
        }
        self.file = file
        fileSize = UInt64(size)
        self.limit = UInt64(max(0, limit))
    }

    func close() { try? file.close() }

    /// Bytes from the file's beginning to the next one.
    var position: UInt64 { pieceStart + UInt64(index) }
    /// Bytes that may still be read.
    var remaining: UInt64 { min(fileSize, limit) - min(position, min(fileSize, limit)) }

    /// Checks that `count` things of at least `size` bytes each can still come, before anything is made for them.
    func check(_ count: UInt64, ofAtLeast size: UInt64) throws(HeaderFault) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: size)
        if overflow || bytes > remaining { throw overflow || bytes > fileSize - min(position, fileSize) ? .truncated : tooLong }
    }

    private var tooLong: HeaderFault { .beyondLimit("it is longer than \(limit) bytes") }

    mutating func byte() throws(HeaderFault) -> UInt8 {
        if index == piece.count { try refill() }
        defer { index += 1 }
        return piece[index]
    }

    /// The next byte, left in place; `nil` at the end.
    mutating func peek() throws(HeaderFault) -> UInt8? {
        if remaining == 0 { return nil }
        if index == piece.count { try refill() }
        return piece[index]
    }

    /// A little-endian number.
    mutating func integer<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(HeaderFault) -> Number {
        let size = MemoryLayout<Number>.size
        if piece.count - index >= size, remaining >= UInt64(size) {
            let value = piece.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: index, as: Number.self) }
            index += size
            return Number(littleEndian: value)
        }
        var value: UInt64 = 0
        for position in 0..<size { value |= UInt64(try byte()) << UInt64(8 * position) }
        return Number(truncatingIfNeeded: value)
    }

    mutating func bytes(_ count: Int) throws(HeaderFault) -> [UInt8] {
        try check(UInt64(max(0, count)), ofAtLeast: 1)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            if index == piece.count { try refill() }
            let part = min(count - bytes.count, piece.count - index)
            bytes += piece[index..<index + part]
            index += part
        }
        return bytes
    }

    mutating func skip(_ count: UInt64) throws(HeaderFault) {
        try check(count, ofAtLeast: 1)
        if count <= UInt64(piece.count - index) {
            index += Int(count)
            return
        }
        let target = position + count
        do { try file.seek(toOffset: target) } catch { throw .unreadable }
        piece = []
        index = 0
        pieceStart = target
    }

    private mutating func refill() throws(HeaderFault) {
        let left = remaining
        guard left > 0 else { throw position < fileSize ? tooLong : .truncated }
        let start = position
        let data: Data?
        do { data = try file.read(upToCount: min(Self.pieceBytes, Int(clamping: left))) } catch { throw .unreadable }
        // Shorter than it was a moment ago.
        guard let data, !data.isEmpty else { throw .truncated }
        pieceStart = start
        piece = Array(data)
        index = 0
    }
}
