/// A WebP file, simple or extended. Chunks: RFC 9649, section 2 (https://www.rfc-editor.org/rfc/rfc9649#section-2)
struct WebPContainer: PictureContainer {
    private static let header = "VP8X"
    private static let images: Set<String> = ["VP8 ", "VP8L"]

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func exif() -> ArraySlice<UInt8>? { firstPayload("EXIF") }

    func xmp() -> ArraySlice<UInt8>? { firstPayload("XMP ") }

    func withoutMetadata(exif: [UInt8]?) throws -> [UInt8] {
        var chunks = try WebPChunks(file: bytes)
        guard let first = try chunks.next() else { throw PictureMetadataError.truncated }
        var content = WebPContent()
        if Self.images.contains(first.type) {
            // What follows the image of a simple file is not part of it.
            content.image = [first]
        } else if first.type == Self.header {
            let header = try WebPHeader(first.payload)
            let needed: Set<String> = header.has(.animation) ? ["ANIM", "ANMF"] : ["ALPH", "VP8 ", "VP8L"]
            while let chunk = try chunks.next() {
                if chunk.type == "ICCP", content.profile == nil {
                    content.profile = chunk
                } else if needed.contains(chunk.type) {
                    try content.append(chunk)
                }
            }
            content.header = header
        } else {
            throw PictureMetadataError.damaged
        }
        content.exif = exif
        return try content.written()
    }

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
        return try WebPContent.file([WebPChunk(type: Self.header, payload: header.payload[...])], body) + bytes[chunks.end...]
    }

    private func firstPayload(_ type: String) -> ArraySlice<UInt8>? {
        guard var chunks = try? WebPChunks(file: bytes) else { return nil }
        while let chunk = try? chunks.next() {
            if chunk.type == type { return chunk.payload }
        }
        return nil
    }
}

/// The parts of a WebP file that decoding needs, in the order that they must have.
private struct WebPContent {
    /// The extended header that the file had.
    var header: WebPHeader?
    var profile: WebPChunk?
    /// One image, before it perhaps its alpha; or the settings and frames of an animation.
    var image: [WebPChunk] = []
    var exif: [UInt8]?

    private var hasImage: Bool { image.contains { $0.type != "ALPH" && $0.type != "ANIM" } }

    mutating func append(_ chunk: WebPChunk) throws {
        switch chunk.type {
        case "ANMF":
            image.append(try Self.plainFrame(chunk))
        case "ANIM":
            if image.isEmpty { image.append(chunk) }
        case "ALPH":
            if image.isEmpty { image.append(chunk) }
        default:
            guard !hasImage else { return }
            // A lossless image has its alpha inside.
            if chunk.type == "VP8L" { image = [] }
            image.append(chunk)
        }
    }

    func written() throws -> [UInt8] {
        guard hasImage, let first = image.first else { throw PictureMetadataError.damaged }
        let isSimple = image.count == 1 && first.type != "ANMF" && profile == nil && exif == nil
        guard !isSimple else { return try Self.file(image, []) }
        var header = try header ?? WebPHeader(of: first)
        header.keep([.alpha, .animation])
        if first.type == "ALPH" { header.insert(.alpha) }
        if profile != nil { header.insert(.profile) }
        if exif != nil { header.insert(.exif) }
        let chunks = [WebPChunk(type: "VP8X", payload: header.payload[...])] + (profile.map { [$0] } ?? []) + image
        return try Self.file(chunks + (exif.map { [WebPChunk(type: "EXIF", payload: $0[...])] } ?? []), [])
    }

    /// A frame of an animation is 16 bytes of place and time, then chunks as in a file.
    private static func plainFrame(_ frame: WebPChunk) throws -> WebPChunk {
        guard let head = frame.payload.part(at: 0, count: 16) else { throw PictureMetadataError.damaged }
        var chunks = WebPChunks(frame.payload.dropFirst(16))
        var content = WebPContent()
        while let chunk = try chunks.next() {
            if ["ALPH", "VP8 ", "VP8L"].contains(chunk.type) { try content.append(chunk) }
        }
        guard content.hasImage else { throw PictureMetadataError.damaged }
        var payload = Array(head)
        for chunk in content.image { try payload.append(chunk) }
        return WebPChunk(type: frame.type, payload: payload[...])
    }

    /// - Parameter rest: Chunks that are bytes already.
    static func file(_ chunks: [WebPChunk], _ rest: [UInt8]) throws -> [UInt8] {
        var body: [UInt8] = Array("WEBP".utf8)
        for chunk in chunks { try body.append(chunk) }
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
