/// A JPEG file. Segments: ITU-T T.81, annex B (https://www.w3.org/Graphics/JPEG/itu-t81.pdf); JFIF: ITU-T T.871;
/// EXIF and ICC in application segments: CIPA DC-008 4.7.2 and ICC.1:2022 B.4; XMP: XMP specification part 3, 1.1.3.
struct JPEGContainer: PictureContainer {
    private static let jfif: [UInt8] = Array("JFIF".utf8) + [0]
    private static let iccProfile: [UInt8] = Array("ICC_PROFILE".utf8) + [0]
    private static let adobe: [UInt8] = Array("Adobe".utf8)
    private static let xmpHeader: [UInt8] = Array("http://ns.adobe.com/xap/1.0/".utf8) + [0]
    /// The rest of a packet that is too long for one segment.
    private static let xmpExtension: [UInt8] = Array("http://ns.adobe.com/xmp/extension/".utf8) + [0]

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func exif() -> ArraySlice<UInt8>? {
        firstPayload { $0.marker == .app1 ? $0.payload.after(ExifOrientation.prefix) : nil }
    }

    func xmp() -> ArraySlice<UInt8>? {
        firstPayload { $0.marker == .app1 ? $0.payload.after(Self.xmpHeader) : nil }
    }

    func withoutMetadata(exif: [UInt8]?) throws -> [UInt8] {
        var output = Self.start
        output.reserveCapacity(bytes.count)
        var exif = exif
        var hasJFIF = false
        try forEachSegment { segment in
            let isJFIF = segment.marker == .app0 && segment.payload.starts(with: Self.jfif)
            guard let kept = try Self.kept(segment), !(isJFIF && hasJFIF) else { return }
            hasJFIF = hasJFIF || isJFIF
            // EXIF goes behind JFIF, which must come first, and before all else.
            if let block = exif, !isJFIF {
                output += try Self.segment(.app1, ExifOrientation.prefix + block)
                exif = nil
            }
            output += kept
        }
        return output + Self.end
    }

    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8] {
        var output = Self.start
        output.reserveCapacity(bytes.count + xmp.count)
        var packet: [UInt8]? = try Self.segment(.app1, Self.xmpHeader + xmp)
        let end = try forEachSegment { segment in
            let payload = segment.payload
            let isExif = segment.marker == .app1 && payload.starts(with: ExifOrientation.prefix)
            if let block = packet, !isExif, segment.marker != .app0 {
                output += block
                packet = nil
            }
            let isXMP = payload.starts(with: Self.xmpHeader) || payload.starts(with: Self.xmpExtension)
            if segment.marker != .app1 || !isXMP { output += segment.whole }
        }
        return output + Self.end + bytes[end...]
    }

    private static let start: [UInt8] = [0xFF, 0xD8]
    private static let end: [UInt8] = [0xFF, 0xD9]

    /// What stays of a segment.
    private static func kept(_ segment: JPEGSegment) throws -> ArraySlice<UInt8>? {
        let payload = segment.payload
        switch segment.marker {
        case .app0 where payload.starts(with: jfif):
            // Identifier, version and pixel density; then a thumbnail of no size instead of the present one.
            guard let head = payload.part(at: 0, count: 12) else { return nil }
            return try self.segment(.app0, head + [0, 0])[...]
        case .app2 where payload.starts(with: iccProfile):
            return segment.whole
        case .app14 where payload.starts(with: adobe):
            // Says how the colours were transformed. Decoders read these 12 bytes.
            guard let head = payload.part(at: 0, count: 12) else { return nil }
            return try self.segment(.app14, Array(head))[...]
        default:
            return segment.marker.isNeeded ? segment.whole : nil
        }
    }

    private static func segment(_ marker: JPEGMarker, _ payload: [UInt8]) throws -> [UInt8] {
        guard payload.count <= 0xFFFF - 2 else { throw PictureMetadataError.tooLarge }
        var segment: [UInt8] = [0xFF, marker.rawValue]
        segment.append(bigEndian: payload.count + 2, bytes: 2)
        return segment + payload
    }

    private func firstPayload(_ choose: (JPEGSegment) -> ArraySlice<UInt8>?) -> ArraySlice<UInt8>? {
        var segments = JPEGSegments(bytes)
        while let segment = try? segments.next() {
            if let chosen = choose(segment) { return chosen }
        }
        return nil
    }

    /// - Returns: Where the picture ended.
    @discardableResult
    private func forEachSegment(_ body: (JPEGSegment) throws -> Void) throws -> Int {
        var segments = JPEGSegments(bytes)
        while let segment = try segments.next() { try body(segment) }
        return segments.offset
    }
}
