/// The second byte of a marker: ITU-T T.81, table B.1.
struct JPEGMarker: RawRepresentable, Equatable {
    let rawValue: UInt8

    static let startOfImage = JPEGMarker(rawValue: 0xD8)
    static let endOfImage = JPEGMarker(rawValue: 0xD9)
    static let startOfScan = JPEGMarker(rawValue: 0xDA)
    static let app0 = JPEGMarker(rawValue: 0xE0)
    static let app1 = JPEGMarker(rawValue: 0xE1)

    /// Restart markers count pieces of a scan.
    var isRestart: Bool { (0xD0...0xD7).contains(rawValue) }
    /// Markers without length and payload.
    var standsAlone: Bool { isRestart || rawValue == 0x01 }
    /// `0xC4` (Huffman tables), `0xC8` (reserved) and `0xCC` (arithmetic conditioning) lie among the frames' numbers.
    var isFrame: Bool { (0xC0...0xCF).contains(rawValue) && ![0xC4, 0xC8, 0xCC].contains(rawValue) }
    /// Frames, scans and their tables.
    var isNeeded: Bool { (0xC0...0xCF).contains(rawValue) || (0xDA...0xDF).contains(rawValue) }
    /// Application data and comments.
    var isMetadata: Bool { (0xE0...0xEF).contains(rawValue) || rawValue == 0xFE }
}

struct JPEGSegment {
    let marker: JPEGMarker
    let payload: ArraySlice<UInt8>
    /// Marker, length and payload; for a scan also its entropy-coded data.
    let whole: ArraySlice<UInt8>
}

/// Walks the segments between start and end of the image.
///
/// Bytes that belong to no segment are skipped, as decoders do: they don't come back in any segment.
struct JPEGSegments {
    private let bytes: ArraySlice<UInt8>
    /// Where to look for the next marker.
    private(set) var offset = 2
    private var hasFrame = false
    private var hasScan = false
    private var isFinished = false

    /// - Parameter bytes: A file that begins with the start of an image.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes[...]
    }

    mutating func next() throws -> JPEGSegment? {
        while !isFinished {
            let (marker, begin) = try nextMarker()
            offset = begin + 2
            if marker == .endOfImage {
                guard hasScan else { throw PictureMetadataError.damaged }
                isFinished = true
            } else if !marker.standsAlone {
                return try segment(marker, begin)
            }
        }
        return nil
    }

    /// The next marker and where it begins, without the filling `0xFF` before it.
    private func nextMarker() throws -> (JPEGMarker, Int) {
        try bytes.withUnsafeBufferPointer { bytes in
            var index = offset
            while index + 1 < bytes.count {
                if bytes[index] == 0xFF, bytes[index + 1] != 0xFF, bytes[index + 1] != 0 {
                    return (JPEGMarker(rawValue: bytes[index + 1]), index)
                }
                index += 1
            }
            throw PictureMetadataError.truncated
        }
    }

    private mutating func segment(_ marker: JPEGMarker, _ begin: Int) throws -> JPEGSegment {
        guard marker != .startOfImage else { throw PictureMetadataError.damaged }
        guard marker.isMetadata || marker.isNeeded && marker.rawValue != 0xC8 else {
            throw PictureMetadataError.unsupportedVariant
        }
        guard let length = bytes.bigEndian(at: offset, bytes: 2) else { throw PictureMetadataError.truncated }
        guard length >= 2 else { throw PictureMetadataError.damaged }
        guard let payload = bytes.part(at: offset + 2, count: length - 2) else { throw PictureMetadataError.truncated }
        offset += length
        hasFrame = hasFrame || marker.isFrame
        if marker == .startOfScan {
            guard hasFrame else { throw PictureMetadataError.damaged }
            hasScan = true
            offset = try endOfEntropyCodedData()
        }
        guard let whole = bytes.part(at: begin, count: offset - begin) else { throw PictureMetadataError.truncated }
        return JPEGSegment(marker: marker, payload: payload, whole: whole)
    }

    /// In a scan `0xFF` is data when a zero follows, and restart markers belong to it.
    private func endOfEntropyCodedData() throws -> Int {
        try bytes.withUnsafeBufferPointer { bytes in
            var index = offset
            while index + 1 < bytes.count {
                guard bytes[index] == 0xFF else {
                    index += 1
                    continue
                }
                let begin = index
                while index + 1 < bytes.count, bytes[index + 1] == 0xFF { index += 1 }
                guard index + 1 < bytes.count else { break }
                let marker = JPEGMarker(rawValue: bytes[index + 1])
                if marker.rawValue != 0, !marker.isRestart { return begin }
                index += 2
            }
            throw PictureMetadataError.truncated
        }
    }
}
