import CPage
import Crypto
import Foundation
import Foundations

/// A file of the web page, inside the program.
struct PageFile: Sendable {
    let type: String
    let bytes: [UInt8]
    /// `nil` where it wouldn't be smaller.
    let compressed: [UInt8]?
    /// Of the bytes as they are, quotes included.
    let tag: String

    /// All of them, by their path. Compressed at the first call: that takes some milliseconds, so make it on a worker thread.
    static let all: [String: PageFile] = {
        let files = (0..<martlet_page_file_count).compactMap { index -> (String, PageFile)? in
            guard let file = martlet_page_file(index)?.pointee, let name = file.path else { return nil }
            let path = String(cString: name)
            return (path, PageFile(path: path, bytes: Array(UnsafeBufferPointer(start: file.bytes, count: file.count))))
        }
        return Dictionary(files, uniquingKeysWith: { first, _ in first })
    }()

    private init(path: String, bytes: [UInt8]) {
        self.bytes = bytes
        type = Self.types[String(path.split(separator: ".").last ?? "")] ?? "application/octet-stream"
        compressed = Gzip.compress(bytes).flatMap { $0.count < bytes.count ? $0 : nil }
        tag = "\"" + SHA256.hash(data: bytes).prefix(12).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8",
        "svg": "image/svg+xml", "webmanifest": "application/manifest+json", "png": "image/png", "woff2": "font/woff2",
    ]
}
