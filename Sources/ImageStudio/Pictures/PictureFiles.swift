import Foundation
import Foundations
import Networking

/// Pictures that are fetched by a URL for a while. A file's name is a secret of 128 random bits: whoever knows it may see the picture.
///
///     let kept = try await files.keep(picture)
///     kept.path       // "/v1/images/files/9f2c….png"
public actor PictureFiles {
    public struct Kept: Sendable, Equatable {
        public var name: String
        public var expires: Date

        /// Where the server gives it out.
        public var path: String { PictureFiles.prefix + name }
    }

    public static let prefix = "/v1/images/files/"

    private let folder: URL
    private let keep: Duration
    private let maxBytes: Int
    private let threads = WorkerThreads(name: "picture-files", width: 2)

    /// - Parameter folder: made when the first picture comes.
    public init(folder: URL, configuration: ImagesConfiguration) {
        self.folder = folder
        keep = configuration.keep
        maxBytes = configuration.maxKeptBytes
    }

    /// Writes a picture down. Where there is no room, the oldest ones go.
    /// - Throws: `PictureFilesError`.
    public func keep(_ picture: Picture) async throws -> Kept {
        let name = RequestContext.newID() + "." + picture.format.rawValue
        let (folder, data, lifetime, room) = (folder, picture.file, keep / .seconds(1), maxBytes)
        guard data.count <= room else { throw PictureFilesError.full }
        // One after the other, so that together they keep to the bound.
        try await threads.run {
            let files = FileManager.default
            do {
                try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw PictureFilesError.failed
            }
            Self.clear(folder, olderThan: lifetime, room: room - data.count)
            if let free = DiskSpace.available(at: folder), free < Int64(data.count) + DiskSpace.reserve { throw PictureFilesError.full }
            do {
                try data.write(to: folder.appending(path: name), options: .atomic)
            } catch {
                throw PictureFilesError.failed
            }
        }
        return Kept(name: name, expires: Date(timeIntervalSinceNow: lifetime))
    }

    /// - Throws: `PictureFilesError.notFound`, also once its time is up.
    public func file(_ name: String) async throws -> (url: URL, bytes: Int) {
        let url = try place(of: name)
        let lifetime = keep / .seconds(1)
        return try await threads.run {
            guard let facts = try? url.resourceValues(forKeys: [.fileSizeKey, .contentModificationDateKey]), let bytes = facts.fileSize, bytes > 0,
                let made = facts.contentModificationDate, -made.timeIntervalSinceNow < lifetime
            else { throw PictureFilesError.notFound }
            return (url, bytes)
        }
    }

    /// - Throws: `PictureFilesError.notFound`.
    public func remove(_ name: String) async throws {
        let url = try place(of: name)
        try await threads.run {
            guard (try? FileManager.default.removeItem(at: url)) != nil else { throw PictureFilesError.notFound }
        }
    }

    /// Deletes those whose time is up.
    public func sweep() async {
        let (folder, lifetime, room) = (folder, keep / .seconds(1), maxBytes)
        try? await threads.run { Self.clear(folder, olderThan: lifetime, room: room) }
    }

    /// - Parameter room: bytes that may stay; of what is too much the oldest go.
    private static func clear(_ folder: URL, olderThan lifetime: Double, room: Int) {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys))) ?? []
        let files = entries.compactMap { entry -> (url: URL, made: Date, bytes: Int)? in
            guard let facts = try? entry.resourceValues(forKeys: keys), let made = facts.contentModificationDate else { return nil }
            return (entry, made, facts.fileSize ?? 0)
        }
        var bytes = files.reduce(0) { $0 + $1.bytes }
        for file in files.sorted(by: { $0.made < $1.made }) {
            guard -file.made.timeIntervalSinceNow >= lifetime || bytes > room else { break }
            try? FileManager.default.removeItem(at: file.url)
            bytes -= file.bytes
        }
    }

    /// A name never leads anywhere else.
    private func place(of name: String) throws -> URL {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == 32, parts[0].allSatisfy({ $0.isASCII && $0.isHexDigit }),
            PictureFormat(rawValue: String(parts[1])) != nil
        else { throw PictureFilesError.notFound }
        return folder.appending(path: name)
    }
}

/// What can go wrong with pictures behind URLs.
public enum PictureFilesError: ReportableError, Equatable {
    case notFound
    case full
    case failed

    public var report: ErrorReport {
        switch self {
        case .notFound:
            ErrorReport(.notFound, code: "picture_not_found", "There is no such picture, or its time is up. Have it made again: the same seed makes the same one.")
        case .full:
            ErrorReport(.insufficientStorage, code: "storage_full", "There is no room for the picture. Ask for it in the answer itself (response_format b64_json).")
        case .failed:
            ErrorReport(.internal, code: "storage_failed", "The picture couldn't be stored. Ask for it in the answer itself (response_format b64_json).")
        }
    }
}
