import Foundation

/// What kind of media a file is, by its first bytes: for players, which want to know before they load.
package enum ContentType {
    /// Blocks: call it on a worker thread.
    static func of(_ file: URL) -> String {
        guard let handle = try? FileHandle(forReadingFrom: file) else { return unknown }
        defer { try? handle.close() }
        return of((try? handle.read(upToCount: 16)) ?? Data())
    }

    package static func of(_ head: Data) -> String {
        func holds(_ text: String, at offset: Int) -> Bool {
            head.dropFirst(offset).prefix(text.utf8.count).elementsEqual(text.utf8)
        }
        if holds("ftyp", at: 4) { return holds("qt  ", at: 8) ? "video/quicktime" : "video/mp4" }
        if head.starts(with: [0x1A, 0x45, 0xDF, 0xA3]) { return "video/webm" }
        if holds("RIFF", at: 0), holds("AVI ", at: 8) { return "video/x-msvideo" }
        if head.starts(with: [0, 0, 1, 0xBA]) { return "video/mpeg" }
        return unknown
    }

    private static let unknown = "application/octet-stream"
}
