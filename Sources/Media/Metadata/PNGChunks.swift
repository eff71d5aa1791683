import CZlib

struct PNGChunk {
    let type: String
    let payload: ArraySlice<UInt8>
    /// Length, type, payload and checksum.
    let whole: ArraySlice<UInt8>

    /// By the fifth bit of the first letter: https://www.w3.org/TR/png-3/#5Chunk-naming-conventions
    var isCritical: Bool { type.utf8.first.map { $0 & 0x20 == 0 } ?? false }

    /// What a text chunk is about; `nil` for other chunks.
    var keyword: String? {
        guard ["tEXt", "zTXt", "iTXt"].contains(type) else { return nil }
        return payload.zeroTerminated(limit: 79).map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Walks the chunks from `IHDR` to `IEND`, checking the checksum of each.
struct PNGChunks {
    private let bytes: ArraySlice<UInt8>
    /// Where the next chunk begins.
    private(set) var offset = PNGContainer.signature.count
    private var isFinished = false

    /// - Parameter bytes: A file that begins with the signature.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
    }

    mutating func next() throws -> PNGChunk? {
        guard !isFinished else { return nil }
        guard let length = bytes.bigEndian(at: offset, bytes: 4), let type = bytes.part(at: offset + 4, count: 4) else {
            throw PictureMetadataError.truncated
        }
        guard length <= Int(Int32.max), type.allSatisfy(Self.isLetter) else { throw PictureMetadataError.damaged }
        guard let payload = bytes.part(at: offset + 8, count: length), let whole = bytes.part(at: offset, count: length + 12),
            let checksum = bytes.bigEndian(at: offset + 8 + length, bytes: 4)
        else { throw PictureMetadataError.truncated }
        guard Int(PNGChecksum.of(whole.dropFirst(4).dropLast(4))) == checksum else {
            throw PictureMetadataError.checksumMismatch
        }
        let chunk = PNGChunk(type: String(decoding: type, as: UTF8.self), payload: payload, whole: whole)
        let isFirst = offset == PNGContainer.signature.count
        guard isFirst == (chunk.type == "IHDR") else { throw PictureMetadataError.damaged }
        if isFirst { try Self.checkHeader(payload) }
        if chunk.type == "IEND" {
            guard payload.isEmpty else { throw PictureMetadataError.damaged }
            isFinished = true
        }
        offset += whole.count
        return chunk
    }

    private static func checkHeader(_ payload: ArraySlice<UInt8>) throws {
        guard payload.count == 13, let width = payload.bigEndian(at: 0, bytes: 4), width > 0,
            let height = payload.bigEndian(at: 4, bytes: 4), height > 0
        else { throw PictureMetadataError.damaged }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
    }
}

/// The CRC-32 of PNG: https://www.w3.org/TR/png-3/#samplecrc
enum PNGChecksum {
    static func of(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }
}
