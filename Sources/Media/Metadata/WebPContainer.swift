/// A WebP file, simple or extended. Chunks: RFC 9649, section 2 (https://www.rfc-editor.org/rfc/rfc9649#section-2)
struct WebPContainer: PictureContainer {
    private static let header = "VP8X"
    private static let images: Set<String> = ["VP8 ", "VP8L"]

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func xmp() -> ArraySlice<UInt8>? { firstPayload("XMP ") }

    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8] {
        var chunks = try WebPChunks(file: bytes)
        guard let first = try chunks.next() else { throw PictureMetadataError.truncated }
        var body: [UInt8] = []
        var header: WebPHeader
        let isSimple = Self.images.contains(first.type)
        if isSimple {
            header = try WebPHeader(of: first)
            try body.append(first)
        } else if first.type == Self.header {
            header = try WebPHeader(first.payload)
        } else {
            throw PictureMetadataError.damaged
        }
        var hasImage = isSimple
        while let chunk = try chunks.next() {
            // In a simple file only the image counted: nothing else may begin to.
            guard chunk.type != "XMP ", chunk.type != Self.header, !isSimple || chunk.type == "EXIF" else { continue }
            hasImage = hasImage || Self.images.contains(chunk.type) || chunk.type == "ANMF"
            if chunk.type == "EXIF" { header.insert(.exif) }
            if chunk.type == "ICCP" { header.insert(.profile) }
            try body.append(chunk)
        }
        guard hasImage else { throw PictureMetadataError.damaged }
        header.insert(.xmp)
        try body.append(WebPChunk(type: "XMP ", payload: xmp[...]))
        return try WebPFile.bytes(WebPChunk(type: Self.header, payload: header.payload[...]), body) + bytes[chunks.end...]
    }

    private func firstPayload(_ type: String) -> ArraySlice<UInt8>? {
        guard var chunks = try? WebPChunks(file: bytes) else { return nil }
        while let chunk = try? chunks.next() {
            if chunk.type == type { return chunk.payload }
        }
        return nil
    }
}

/// Puts a WebP file together.
private enum WebPFile {
    /// - Parameter rest: Chunks that are bytes already.
    static func bytes(_ header: WebPChunk, _ rest: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = Array("WEBP".utf8)
        try body.append(header)
        body += rest
        guard body.count <= Int(UInt32.max) - 9 else { throw PictureMetadataError.tooLarge }
        var file: [UInt8] = Array("RIFF".utf8)
        file.append(littleEndian: body.count, bytes: 4)
        return file + body
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ chunk: WebPChunk) throws {
        guard chunk.payload.count <= Int(UInt32.max) - 9 else { throw PictureMetadataError.tooLarge }
        self += chunk.code
        append(littleEndian: chunk.payload.count, bytes: 4)
        self += chunk.payload
        // Chunks begin at even offsets.
        if !chunk.payload.count.isMultiple(of: 2) { append(0) }
    }
}
