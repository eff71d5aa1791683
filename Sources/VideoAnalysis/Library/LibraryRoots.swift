import Foundation
import Foundations

/// Where videos may lie: the operator's folders, and Martlet's own for uploads. Callers' paths lead nowhere else, whatever dots
/// or links they are made of.
public struct LibraryRoots: Sendable {
    /// A folder's content, as people pick from it.
    public struct Listing: Sendable, Equatable {
        public struct File: Sendable, Equatable {
            public var name: String
            public var path: String
            public var bytes: Int64
        }

        public var path: String
        public var folders: [String] = []
        public var files: [File] = []
    }

    /// As the operator wrote them, made absolute.
    public let folders: [String]
    let uploads: URL

    private static let ownPrefix = "/uploads/"
    /// Entries of one folder that are listed.
    private static let maxListed = 5000
    private static let videoExtensions: Set<String> = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "m2ts", "mts", "wmv", "flv", "ogv", "3gp", "mxf", "vob",
    ]

    public init(folders: [String], uploads: URL) {
        self.folders = folders.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        self.uploads = uploads
    }

    public static func isOwned(_ path: String) -> Bool { path.hasPrefix(ownPrefix) }

    /// The path as the library keeps it: absolute, without empty and dotted pieces.
    static func normalised(_ path: String) -> String {
        var pieces: [Substring] = []
        for piece in path.split(separator: "/") where piece != "." {
            if piece == ".." { _ = pieces.popLast() } else { pieces.append(piece) }
        }
        return "/" + pieces.joined(separator: "/")
    }

    /// The file of a video. Blocks.
    /// - Throws: `LibraryError.noSuchFile`, `noRoots`.
    package func file(_ path: String) throws -> URL {
        let path = Self.normalised(path)
        guard !path.contains("\0") else { throw LibraryError.noSuchFile }
        if Self.isOwned(path) {
            return try inside([uploads.path], uploads.path + "/" + path.dropFirst(Self.ownPrefix.count))
        }
        guard !folders.isEmpty else { throw LibraryError.noRoots }
        return try inside(folders, path)
    }

    private func inside(_ roots: [String], _ path: String, isFolder: Bool = false) throws -> URL {
        guard let real = Self.real(path), Self.lies(real, in: roots.compactMap(Self.real)) else { throw LibraryError.noSuchFile }
        var status = stat()
        guard stat(real, &status) == 0, status.st_mode & S_IFMT == (isFolder ? S_IFDIR : S_IFREG) else { throw LibraryError.noSuchFile }
        return URL(fileURLWithPath: real)
    }

    private static func lies(_ real: String, in roots: [String]) -> Bool {
        roots.contains { real == $0 || real.hasPrefix($0 == "/" ? $0 : $0 + "/") }
    }

    /// The path with all links followed; `nil` when it leads nowhere.
    private static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// What a folder inside the roots holds. Blocks.
    /// - Throws: `LibraryError.noSuchFile`, `noRoots`.
    package func list(_ path: String) throws -> Listing {
        guard !folders.isEmpty else { throw LibraryError.noRoots }
        let path = Self.normalised(path)
        let folder = try inside(folders, path, isFolder: true)
        let keys: Set<URLResourceKey> = [.isDirectoryKey, .isRegularFileKey, .fileSizeKey]
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)) ?? []
        var listing = Listing(path: path)
        let roots = folders.compactMap(Self.real)
        for entry in entries.sorted(by: { $0.lastPathComponent.localizedStandardCompare($1.lastPathComponent) == .orderedAscending }).prefix(Self.maxListed) {
            let name = entry.lastPathComponent
            // What a link leads out of the roots can't be added either.
            guard let real = Self.real(entry.path), Self.lies(real, in: roots),
                let facts = try? URL(fileURLWithPath: real).resourceValues(forKeys: keys)
            else { continue }
            if facts.isDirectory == true {
                listing.folders.append(name)
            } else if facts.isRegularFile == true, Self.videoExtensions.contains(entry.pathExtension.lowercased()) {
                listing.files.append(.init(name: name, path: path == "/" ? path + name : path + "/" + name, bytes: Int64(facts.fileSize ?? 0)))
            }
        }
        return listing
    }

    /// A place for a file that becomes Martlet's own. Blocks.
    /// - Parameter name: the caller's word for it.
    /// - Throws: `LibraryError.storageFull`, `storageFailed`.
    package func adopt(_ source: URL, name: String, copying: Bool) throws -> String {
        let id = RequestContext.newID()
        let folder = uploads.appending(path: id)
        let name = FileName.plain(name, otherwise: "video")
        do {
            let files = FileManager.default
            try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let target = folder.appending(path: name)
            // The same disk, as a rule: a second name costs nothing, and the upload may be deleted afterwards.
            if copying {
                if link(source.path, target.path) != 0 { try files.copyItem(at: source, to: target) }
            } else {
                try files.moveItem(at: source, to: target)
            }
        } catch {
            try? FileManager.default.removeItem(at: folder)
            let code = (error as NSError).userInfo[NSUnderlyingErrorKey].flatMap { ($0 as? NSError)?.code } ?? 0
            throw code == Int(ENOSPC) || (error as? CocoaError)?.code == .fileWriteOutOfSpace ? LibraryError.storageFull : LibraryError.storageFailed
        }
        return Self.ownPrefix + id + "/" + name
    }

    /// Deletes a file of Martlet's own, and its folder. Blocks.
    package func removeOwned(_ path: String) {
        guard Self.isOwned(path), let file = try? file(path) else { return }
        try? FileManager.default.removeItem(at: file.deletingLastPathComponent())
    }
}
