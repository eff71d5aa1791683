import Foundation
import Foundations
import Networking

/// Files that callers uploaded in pieces and may ask about more than once. They lie on disk, each in a folder of its own, and
/// outlive the server's restarts; nobody but the token that brought one sees it.
package actor UploadStore {
    package struct Upload: Sendable, Equatable {
        package var id: String
        /// The caller's own word for it; shown, never a path.
        package var name: String
        /// All of it, and what has come so far.
        package var bytes: Int
        package var offset: Int
        package var expires: Date

        package var isComplete: Bool { offset == bytes }
    }

    /// A complete upload while somebody reads it: it isn't deleted meanwhile.
    package final class Reading: Sendable {
        package let file: URL
        package let upload: Upload
        private let end: @Sendable () -> Void

        fileprivate init(file: URL, upload: Upload, end: @escaping @Sendable () -> Void) {
            self.file = file
            self.upload = upload
            self.end = end
        }

        deinit { end() }
    }

    private struct Facts: Codable {
        var name: String
        var bytes: Int
        var owner: String
    }

    private struct Entry {
        var facts: Facts
        var offset: Int
        var used: Date
        var isWritten = false
        var readers = 0
        /// Deleted once its last reader is gone.
        var isDoomed = false
    }

    private let folder: URL
    private let limits: UploadsConfiguration
    private let threads: WorkerThreads
    private var entries: [String: Entry] = [:]

    package init(folder: URL, limits: UploadsConfiguration, threads: WorkerThreads) {
        self.folder = folder
        self.limits = limits
        self.threads = threads
    }

    // MARK: Life

    /// Finds the uploads of earlier runs.
    /// - Throws: `GatewayError.cannotPrepareUploads`.
    package func open() async throws {
        let folder = folder
        let found = try await threads.run {
            let files = FileManager.default
            do {
                try files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw GatewayError.cannotPrepareUploads
            }
            var found: [String: Entry] = [:]
            for id in (try? files.contentsOfDirectory(atPath: folder.path)) ?? [] where Self.isID(id) {
                let place = folder.appending(path: id)
                let facts = place.appending(path: Self.factsName)
                guard let data = try? Data(contentsOf: facts), let known = try? JSONDecoder().decode(Facts.self, from: data),
                    let used = try? facts.resourceValues(forKeys: [.contentModificationDateKey]).contentModificationDate,
                    let size = try? place.appending(path: Self.contentName).resourceValues(forKeys: [.fileSizeKey]).fileSize
                else {
                    // Neither half of it alone is of use.
                    try? files.removeItem(at: place)
                    continue
                }
                found[id] = Entry(facts: known, offset: min(size, known.bytes), used: used)
            }
            return found
        }
        entries.merge(found) { present, _ in present }
        await expire()
    }

    /// Deletes what nobody has used for `uploads.keep`.
    package func expire(now: Date = Date()) async {
        for (id, entry) in entries where expiry(entry) <= now && !entry.isWritten { await delete(id) }
    }

    // MARK: Uploads

    /// Makes room for an upload.
    /// - Throws: `UploadError.noRoom`; `storageFull`, `storageFailed`.
    package func create(name: String, bytes: Int, owner: String) async throws -> Upload {
        await expire()
        guard entries.values.reduce(0, { $0 + $1.facts.bytes }) + bytes <= limits.maxTotalBytes else {
            throw UploadError.noRoom(limit: limits.maxTotalBytes)
        }
        let id = RequestContext.newID()
        let facts = Facts(name: name, bytes: bytes, owner: owner)
        entries[id] = Entry(facts: facts, offset: 0, used: Date())
        let place = place(id)
        do {
            try await threads.run {
                if let free = DiskSpace.available(at: place.deletingLastPathComponent()), Int64(bytes) > free {
                    throw GatewayError.storageFull
                }
                do {
                    try FileManager.default.createDirectory(
                        at: place, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
                    try Data().write(to: place.appending(path: Self.contentName))
                    try JSONEncoder().encode(facts).write(to: place.appending(path: Self.factsName), options: .atomic)
                } catch {
                    throw GatewayError.storageFailed
                }
            }
        } catch {
            await delete(id)
            throw error
        }
        return try upload(id, owner: owner)
    }

    /// - Throws: `UploadError.notFound`.
    package func upload(_ id: String, owner: String) throws -> Upload { described(id, try entry(id, owner)) }

    /// Those of one owner, the newest first.
    package func uploads(owner: String) -> [Upload] {
        entries.filter { $0.value.facts.owner == owner && !$0.value.isDoomed }.sorted { $0.value.used > $1.value.used }
            .map { described($0.key, $0.value) }
    }

    /// Lets `write` add to the end of an upload, alone. What it wrote counts, however it ends.
    /// - Parameters:
    ///   - offset: where the caller means to go on.
    ///   - write: gets the file and where to write in it; returns after its last byte is on disk.
    /// - Throws: `UploadError`, and what `write` throws.
    package func append(
        _ id: String, owner: String, at offset: Int, _ write: @Sendable (URL, Upload) async throws -> Void
    ) async throws -> Upload {
        let entry = try entry(id, owner)
        guard !entry.isWritten else { throw UploadError.busy }
        guard entry.offset == offset else { throw UploadError.offsetMismatch(expected: entry.offset) }
        entries[id]?.isWritten = true
        let file = place(id).appending(path: Self.contentName)
        let result: Result<Void, any Error>
        do {
            result = .success(try await write(file, described(id, entry)))
        } catch {
            result = .failure(error)
        }
        let threads = threads
        // The caller may have gone: what has come is counted all the same.
        let size = await Task {
            try? await threads.run { try URL(filePath: file.path).resourceValues(forKeys: [.fileSizeKey]).fileSize }
        }.value
        entries[id]?.isWritten = false
        entries[id]?.used = Date()
        if let size = size ?? nil { entries[id]?.offset = min(size, entry.facts.bytes) }
        if entries[id]?.isDoomed == true { await delete(id) }
        try result.get()
        return try upload(id, owner: owner)
    }

    /// Opens a complete upload for reading, and begins its time anew.
    /// - Throws: `UploadError.notFound`, `.incomplete`.
    package func read(_ id: String, owner: String) throws -> Reading {
        let entry = try entry(id, owner)
        guard entry.offset == entry.facts.bytes, !entry.isWritten else {
            throw UploadError.incomplete(received: entry.offset, bytes: entry.facts.bytes)
        }
        entries[id]?.readers += 1
        entries[id]?.used = Date()
        let place = place(id)
        let threads = threads
        // Blocking, and of no consequence for who reads.
        Task {
            try? await threads.run {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date()], ofItemAtPath: place.appending(path: Self.factsName).path)
            }
        }
        return Reading(file: place.appending(path: Self.contentName), upload: described(id, entry)) { [weak self] in
            Task { await self?.readerLeft(id) }
        }
    }

    /// Deletes an upload; at once for every caller, on disk when its last reader is gone.
    /// - Throws: `UploadError.notFound`.
    package func remove(_ id: String, owner: String) async throws {
        let entry = try entry(id, owner)
        entries[id]?.isDoomed = true
        if entry.readers == 0, !entry.isWritten { await delete(id) }
    }

    // MARK: Parts

    private static let factsName = "upload.json"
    private static let contentName = "content"

    private static func isID(_ text: String) -> Bool {
        text.utf8.count == 32 && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    private func described(_ id: String, _ entry: Entry) -> Upload {
        Upload(id: id, name: entry.facts.name, bytes: entry.facts.bytes, offset: entry.offset, expires: expiry(entry))
    }

    private func expiry(_ entry: Entry) -> Date { entry.used + limits.keep / .seconds(1) }

    private func place(_ id: String) -> URL { folder.appending(path: id) }

    private func entry(_ id: String, _ owner: String) throws -> Entry {
        guard let entry = entries[id], entry.facts.owner == owner, !entry.isDoomed else { throw UploadError.notFound }
        return entry
    }

    private func readerLeft(_ id: String) async {
        entries[id]?.readers -= 1
        guard let entry = entries[id], entry.isDoomed, entry.readers == 0, !entry.isWritten else { return }
        await delete(id)
    }

    private func delete(_ id: String) async {
        guard let entry = entries[id] else { return }
        guard entry.readers == 0 else {
            entries[id]?.isDoomed = true
            return
        }
        entries[id] = nil
        let place = place(id)
        let threads = threads
        await Task { try? await threads.run { try FileManager.default.removeItem(at: place) } }.value
    }
}
