/// A PNG or APNG file. Chunks: https://www.w3.org/TR/png-3/#11Chunks
struct PNGContainer: PictureContainer {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The keyword of XMP, from the XMP specification part 3, 1.1.5.
    private static let xmpKeyword = "XML:com.adobe.xmp"
    private static let parametersKeyword = "parameters"

    private static let critical: Set<String> = ["IHDR", "PLTE", "IDAT", "IEND"]

    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    func xmp() -> ArraySlice<UInt8>? {
        var chunks = PNGChunks(bytes)
        while let chunk = try? chunks.next() {
            if chunk.type == "iTXt", chunk.keyword == Self.xmpKeyword { return Self.plainText(chunk.payload) }
        }
        return nil
    }

    func marked(xmp: [UInt8], parameters: String?) throws -> [UInt8] {
        let insert = { (output: inout [UInt8]) in
            // Keyword, not compressed, no language, no translated keyword: https://www.w3.org/TR/png-3/#11iTXt
            output += Self.chunk("iTXt", Array(Self.xmpKeyword.utf8) + [0, 0, 0, 0, 0] + xmp)
            guard let parameters else { return }
            // `tEXt` is Latin-1: https://www.w3.org/TR/png-3/#11tEXt
            let latin = parameters.unicodeScalars.map { UInt8(exactly: $0.value) ?? UInt8(ascii: "?") }
            output += Self.chunk("tEXt", Array(Self.parametersKeyword.utf8) + [0] + latin)
        }
        // The last is where ImageMagick keeps XMP: it would contradict the new packet.
        let replaced: Set<String?> = [Self.xmpKeyword, Self.parametersKeyword, "Raw profile type xmp"]
        let (output, end) = try rewritten(insert: insert, keep: { $0.keyword == nil || !replaced.contains($0.keyword) })
        return output + bytes[end...]
    }

    /// Copies the chunks that are kept, byte for byte, and inserts others after the header.
    /// - Returns: also where the picture ended.
    private func rewritten(
        insert: (inout [UInt8]) -> Void, keep: (PNGChunk) -> Bool
    ) throws -> (bytes: [UInt8], end: Int) {
        var output = Self.signature
        output.reserveCapacity(bytes.count)
        var chunks = PNGChunks(bytes)
        var hasPixels = false
        while let chunk = try chunks.next() {
            if chunk.isCritical, !Self.critical.contains(chunk.type) { throw PictureMetadataError.unsupportedVariant }
            hasPixels = hasPixels || chunk.type == "IDAT"
            if chunk.type == "IEND" || keep(chunk) { output += chunk.whole }
            if chunk.type == "IHDR" { insert(&output) }
        }
        guard hasPixels else { throw PictureMetadataError.damaged }
        return (output, chunks.offset)
    }

    private static func chunk(_ type: String, _ payload: [UInt8]) -> [UInt8] {
        var chunk: [UInt8] = []
        chunk.append(bigEndian: payload.count, bytes: 4)
        chunk += type.utf8
        chunk += payload
        chunk.append(bigEndian: Int(PNGChecksum.of(chunk.dropFirst(4))), bytes: 4)
        return chunk
    }

    /// The text of an `iTXt` chunk, or `nil` when it is compressed.
    private static func plainText(_ payload: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let keyword = payload.zeroTerminated(limit: 79) else { return nil }
        var rest = payload[keyword.endIndex...].dropFirst()
        guard rest.popFirst() == 0, rest.popFirst() != nil else { return nil }
        // Language, then the keyword in that language.
        for _ in 0..<2 {
            guard let text = rest.zeroTerminated(limit: 1024) else { return nil }
            rest = rest[text.endIndex...].dropFirst()
        }
        return rest
    }
}
