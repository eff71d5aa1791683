struct WebPChunk {
    /// Four bytes, which need not be text in a damaged or hostile file.
    let code: ArraySlice<UInt8>
    /// The code as text; equal to a known type only if every byte is.
    let type: String
    let payload: ArraySlice<UInt8>

    init(type: String, payload: ArraySlice<UInt8>) {
        self.init(code: Array(type.utf8)[...], payload: payload)
    }

    fileprivate init(code: ArraySlice<UInt8>, payload: ArraySlice<UInt8>) {
        self.code = code
        self.type = String(decoding: code, as: UTF8.self)
        self.payload = payload
    }
}

/// Walks the chunks of a WebP file.
struct WebPChunks {
    private let bytes: ArraySlice<UInt8>
    private var offset = 0
    /// Where the file ends, by its own word.
    var end: Int { bytes.endIndex }

    /// - Parameter file: Begins with `RIFF`, a size and `WEBP`.
    init(file: [UInt8]) throws {
        guard let size = file[...].littleEndian(at: 4, bytes: 4), size >= 4 else { throw PictureMetadataError.damaged }
        guard let content = file[...].part(at: 12, count: size - 4) else { throw PictureMetadataError.truncated }
        bytes = content
    }

    mutating func next() throws -> WebPChunk? {
        guard offset < bytes.count else { return nil }
        guard let code = bytes.part(at: offset, count: 4), let length = bytes.littleEndian(at: offset + 4, bytes: 4),
            let payload = bytes.part(at: offset + 8, count: length)
        else { throw PictureMetadataError.damaged }
        // Some writers leave out the padding after the last chunk.
        offset = min(bytes.count, offset + 8 + length + length % 2)
        return WebPChunk(code: code, payload: payload)
    }
}

/// The payload of `VP8X`: RFC 9649, section 2.7.1.
struct WebPHeader {
    struct Feature: OptionSet {
        let rawValue: UInt8
        static let animation = Feature(rawValue: 0x02)
        static let xmp = Feature(rawValue: 0x04)
        static let exif = Feature(rawValue: 0x08)
        static let alpha = Feature(rawValue: 0x10)
        static let profile = Feature(rawValue: 0x20)
        static let known: Feature = [.animation, .xmp, .exif, .alpha, .profile]
    }

    private var features: Feature
    /// Width and height, each less one in three bytes.
    private let canvas: ArraySlice<UInt8>

    /// Of an extended file.
    init(_ payload: ArraySlice<UInt8>) throws {
        guard let flags = payload.first, let canvas = payload.part(at: 4, count: 6) else { throw PictureMetadataError.damaged }
        features = Feature(rawValue: flags).intersection(.known)
        self.canvas = canvas
    }

    /// For a file that consists of one image.
    /// - Parameter image: A chunk `VP8 ` or `VP8L`.
    init(of image: WebPChunk) throws {
        let size: (width: Int, height: Int)?
        features = []
        if image.type == "VP8L" {
            let lossless = Self.lossless(image.payload)
            size = lossless.map { ($0.width, $0.height) }
            if lossless?.hasAlpha == true { features = .alpha }
        } else {
            size = Self.lossySize(image.payload)
        }
        guard let size, size.width > 0, size.height > 0 else { throw PictureMetadataError.damaged }
        var canvas: [UInt8] = []
        canvas.append(littleEndian: size.width - 1, bytes: 3)
        canvas.append(littleEndian: size.height - 1, bytes: 3)
        self.canvas = canvas[...]
    }

    var payload: [UInt8] { [features.rawValue, 0, 0, 0] + canvas }

    mutating func insert(_ feature: Feature) { features.formUnion(feature) }

    /// The frame header of VP8: RFC 6386, section 9.1.
    private static func lossySize(_ payload: ArraySlice<UInt8>) -> (width: Int, height: Int)? {
        guard let tag = payload.first, tag & 1 == 0, payload.dropFirst(3).starts(with: [0x9D, 0x01, 0x2A]),
            let width = payload.littleEndian(at: 6, bytes: 2), let height = payload.littleEndian(at: 8, bytes: 2)
        else { return nil }
        // The upper two bits ask for scaling at display, which WebP doesn't do.
        return (width & 0x3FFF, height & 0x3FFF)
    }

    /// Signature, 14 bits of width and of height, each less one, a bit for alpha: RFC 9649, section 3.4.
    private static func lossless(_ payload: ArraySlice<UInt8>) -> (width: Int, height: Int, hasAlpha: Bool)? {
        guard payload.first == 0x2F, let bits = payload.littleEndian(at: 1, bytes: 4) else { return nil }
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, bits >> 28 & 1 == 1)
    }
}
