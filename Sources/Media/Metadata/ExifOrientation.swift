/// The orientation tag in the TIFF structure that EXIF is written in.
///
/// Only the first directory's own entries are looked at and no offset but the first is followed, so that the work is bounded
/// by the 65 535 entries that a directory can count. Layout: TIFF 6.0, section 2; the tag: EXIF 2.32 (CIPA DC-008), 4.6.4 A.
enum ExifOrientation {
    static let upright = 1

    /// What JPEG puts before the TIFF header. Some writers do so in PNG and WebP as well.
    static let prefix: [UInt8] = Array("Exif".utf8) + [0, 0]

    private static let tag = 0x0112
    private static let short = 3
    private static let long = 4

    /// - Returns: 1...8; 1 when there is no valid value.
    static func read(_ block: ArraySlice<UInt8>) -> Int {
        let tiff = block.after(prefix) ?? block
        let isLittleEndian = tiff.starts(with: "II".utf8)
        guard isLittleEndian || tiff.starts(with: "MM".utf8) else { return upright }
        func integer(_ offset: Int, _ bytes: Int) -> Int? {
            isLittleEndian ? tiff.littleEndian(at: offset, bytes: bytes) : tiff.bigEndian(at: offset, bytes: bytes)
        }
        guard integer(2, 2) == 42, let directory = integer(4, 4), directory >= 8, let count = integer(directory, 2) else {
            return upright
        }
        for index in 0..<count {
            let entry = directory + 2 + index * 12
            guard let entryTag = integer(entry, 2) else { break }
            guard entryTag == tag else { continue }
            guard let type = integer(entry + 2, 2), type == short || type == long, integer(entry + 4, 4) == 1,
                let value = integer(entry + 8, type == short ? 2 : 4), (1...8).contains(value)
            else { return upright }
            return value
        }
        return upright
    }

    /// A TIFF block with the orientation alone, or `nil` for an upright picture, which needs none.
    static func block(_ orientation: Int) -> [UInt8]? {
        guard (2...8).contains(orientation) else { return nil }
        var tiff: [UInt8] = Array("II".utf8)
        tiff.append(littleEndian: 42, bytes: 2)
        tiff.append(littleEndian: 8, bytes: 4)
        tiff.append(littleEndian: 1, bytes: 2)
        tiff.append(littleEndian: tag, bytes: 2)
        tiff.append(littleEndian: short, bytes: 2)
        tiff.append(littleEndian: 1, bytes: 4)
        tiff.append(littleEndian: orientation, bytes: 4)
        tiff.append(littleEndian: 0, bytes: 4)
        return tiff
    }
}
