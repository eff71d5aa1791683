/// The text files of a workspace at one time.
public struct WorkspaceSnapshot: Sendable, Equatable {
    public private(set) var texts: [String: String] = [:]
    /// Whether there were more than are kept.
    public private(set) var isCut = false
    private var size = 0
    /// Bytes of all texts together.
    private static let maxSize = 16 << 20

    /// - Returns: whether there was room for it.
    mutating func add(_ path: String, _ text: String) -> Bool {
        size += text.utf8.count
        isCut = size > Self.maxSize
        if !isCut { texts[path] = text }
        return !isCut
    }
}
