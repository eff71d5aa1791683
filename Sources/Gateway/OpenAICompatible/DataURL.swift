import Foundation

/// `data:<type>;base64,<content>` (RFC 2397), the way pictures and clips travel inside JSON.
package struct DataURL: Sendable, Equatable {
    package var type: String
    package var data: Data

    package static func isOne(_ text: String) -> Bool { text.prefix(5).lowercased() == "data:" }

    /// `nil` when the text isn't a base64 data URL.
    package init?(_ text: String) {
        guard Self.isOne(text), let comma = text.firstIndex(of: ",") else { return nil }
        let head = text[text.index(text.startIndex, offsetBy: 5)..<comma].split(separator: ";", omittingEmptySubsequences: false)
        guard head.count > 1, head.last?.lowercased() == "base64",
            let data = Data(base64Encoded: String(text[text.index(after: comma)...]), options: .ignoreUnknownCharacters),
            !data.isEmpty
        else { return nil }
        type = head[0].lowercased()
        self.data = data
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
