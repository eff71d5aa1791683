import Foundation

/// The cache of everything fetched or built: engines, models, fetched files. Safe to delete; it is made anew.
public struct MartletHome: Sendable, Equatable {
    public let root: URL

    public init(root: URL) { self.root = root }

    /// `$MARTLET_HOME`, else `~/.cache/martlet`.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        if let path = environment["MARTLET_HOME"], !path.isEmpty {
            root = URL(fileURLWithPath: (path as NSString).expandingTildeInPath, isDirectory: true)
        } else {
            root = FileManager.default.homeDirectoryForCurrentUser.appending(path: ".cache/martlet")
        }
    }

    public var engines: URL { root.appending(path: "engines") }
    public var models: URL { root.appending(path: "models") }
    /// Composed and fetched example clips.
    public var samples: URL { root.appending(path: "samples") }
    /// Derived facts about media, by content hash (evidence).
    public var evidence: URL { root.appending(path: "evidence") }
}
