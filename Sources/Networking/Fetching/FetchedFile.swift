import Foundation

/// A file fetched on a caller's behalf. Whoever asked for it removes it.
public struct FetchedFile: Sendable, Equatable {
    public var file: URL
    public var bytes: Int64
    /// What the peer says it is. A claim: judge by content.
    public var contentType: String?
    /// Where the last redirect led.
    public var finalURL: String

    public init(file: URL, bytes: Int64, contentType: String?, finalURL: String) {
        self.file = file
        self.bytes = bytes
        self.contentType = contentType
        self.finalURL = finalURL
    }
}
