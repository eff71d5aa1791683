/// The text files of a workspace at one time.
public struct WorkspaceSnapshot: Sendable, Equatable, Codable {
    public internal(set) var texts: [String: String] = [:]
    /// Whether there were more than are kept.
    public internal(set) var isCut = false
    /// Bytes of all texts together.
    private static let maxSize = 16 << 20

    // Safe to share: one thread fills it, and it is read after that.
    final class Builder: @unchecked Sendable {
        private(set) var snapshot = WorkspaceSnapshot()
        private var size = 0

        func add(_ path: String, _ text: String) -> Bool {
            size += text.utf8.count
            snapshot.isCut = size > WorkspaceSnapshot.maxSize
            if !snapshot.isCut { snapshot.texts[path] = text }
            return !snapshot.isCut
        }
    }
}
