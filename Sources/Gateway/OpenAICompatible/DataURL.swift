import Foundation

/// `data:<type>;base64,<content>` (RFC 2397), the way pictures and clips travel inside JSON.
package struct DataURL: Sendable, Equatable {
    package var type: String
    package var data: Data

    package static func isOne(_ text: String) -> Bool { text.prefix(5).lowercased() == "data:" }

    /// Whether the text looks like a base64 data URL by its beginning, without decoding it.
    package static func isWellFormed(_ text: String) -> Bool {
        guard let (_, content) = parts(text) else { return false }
        return !content.isEmpty
    }

    /// Decodes the whole content: not for the cooperative pool where the text may be large. `nil` when the text isn't a
    /// base64 data URL.
    package init?(_ text: String) {
        guard let (type, content) = Self.parts(text),
            let data = Data(base64Encoded: String(content), options: .ignoreUnknownCharacters), !data.isEmpty
        else { return nil }
        self.type = type
        self.data = data
    }

    private static func parts(_ text: String) -> (type: String, content: Substring)? {
        guard isOne(text), let comma = text.utf8.prefix(1024).firstIndex(of: UInt8(ascii: ",")) else { return nil }
        let head = text[text.index(text.startIndex, offsetBy: 5)..<comma].split(separator: ";", omittingEmptySubsequences: false)
        guard head.count > 1, head.last?.lowercased() == "base64" else { return nil }
        return (head[0].lowercased(), text[text.index(after: comma)...])
    }
}

/// Picture formats by their first bytes: what a file is named or declared doesn't count.
package enum ImageType {
    package static func sniff(_ data: Data) -> String? {
        let head = [UInt8](data.prefix(12))
        func starts(_ bytes: [UInt8], at offset: Int = 0) -> Bool {
            head.count >= offset + bytes.count && Array(head[offset..<offset + bytes.count]) == bytes
        }
        if starts([0xFF, 0xD8, 0xFF]) { return "image/jpeg" }
        if starts([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return "image/png" }
        if starts(Array("GIF8".utf8)) { return "image/gif" }
        if starts(Array("RIFF".utf8)), starts(Array("WEBP".utf8), at: 8) { return "image/webp" }
        if starts(Array("BM".utf8)) { return "image/bmp" }
        return nil
    }
}

/// Sound formats by their first bytes, under the names that engines know.
package enum SoundType {
    package static func sniff(_ data: Data) -> String? {
        let head = [UInt8](data.prefix(12))
        func starts(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: text.utf8) }
        if starts("RIFF"), starts("WAVE", at: 8) { return "wav" }
        // MPEG audio: an ID3 tag, or eleven set bits and a layer.
        if starts("ID3") || head.count > 1 && head[0] == 0xFF && head[1] & 0xE0 == 0xE0 && head[1] & 0x06 != 0 { return "mp3" }
        if starts("fLaC") { return "flac" }
        if starts("OggS") { return "ogg" }
        if starts("ftyp", at: 4) { return "m4a" }
        return nil
    }
}
