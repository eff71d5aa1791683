/// A JPEG file. Segments: ITU-T T.81, annex B (https://www.w3.org/Graphics/JPEG/itu-t81.pdf); JFIF: ITU-T T.871;
/// EXIF and ICC in application segments: CIPA DC-008 4.7.2 and ICC.1:2022 B.4; XMP: XMP specification part 3, 1.1.3.
struct JPEGContainer: PictureContainer {
    private static let exifHeader: [UInt8] = Array("Exif".utf8) + [0, 0]
    private static let xmpHeader: [UInt8] = Array("http://ns.adobe.com/xap/1.0/".utf8) + [0]
    /// The rest of a packet that is too long for one segment.
    private static let xmpExtension: [UInt8] = Array("http://ns.adobe.com/xmp/extension/".utf8) + [0]

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func xmp() -> ArraySlice<UInt8>? {
        firstPayload { $0.marker == .app1 ? $0.payload.after(Self.xmpHeader) : nil }
    }

    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8] {
        var output = Self.start
        output.reserveCapacity(bytes.count + xmp.count)
        var packet: [UInt8]? = try Self.segment(.app1, Self.xmpHeader + xmp)
        let end = try forEachSegment { segment in
            let payload = segment.payload
            let isExif = segment.marker == .app1 && payload.starts(with: Self.exifHeader)
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
    private func forEachSegment(_ body: (JPEGSegment) throws -> Void) throws -> Int {
        var segments = JPEGSegments(bytes)
        while let segment = try segments.next() { try body(segment) }
        return segments.offset
    }
}
