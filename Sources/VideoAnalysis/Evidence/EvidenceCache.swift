import Foundation
import Foundations

/// Evidence kept on disk by content: one JSON file each, the least recently used removed when they take too much.
public struct EvidenceCache: Sendable {
    private let folder: URL
    private let maxBytes: Int
    private let threads = WorkerThreads(name: "evidence-cache", width: 1)

    public init(folder: URL, maxBytes: Int) {
        self.folder = folder
        self.maxBytes = maxBytes
    }

    /// The evidence under `key`; `nil` when there is none, or it can't be read (then it is gathered anew).
    public func load(_ key: String) async throws -> EvidenceSummary? {
        guard let file = file(key) else { return nil }
        return try await threads.run {
            guard let data = try? Data(contentsOf: file),
                let summary = try? JSONDecoder().decode(EvidenceSummary.self, from: data)
            else { return nil }
            // The time of the last use decides what is removed first.
            try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file.path)
            return summary
        }
    }

    /// Keeps evidence. A full or read-only disk costs the cache, not the answer.
    public func store(_ summary: EvidenceSummary, _ key: String) async throws {
        guard let file = file(key) else { return }
        let (folder, maxBytes) = (folder, maxBytes)
        try await threads.run {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            guard let data = try? encoder.encode(summary), data.count <= maxBytes else { return }
            // What is said in a video is personal: for the owner's eyes only, also in a folder of an older version.
            let owners: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
            try? FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: owners)
            try? FileManager.default.setAttributes(owners, ofItemAtPath: folder.path)
            try? data.write(to: file, options: .atomic)
            Self.trim(folder, to: maxBytes)
        }
    }

    private static func trim(_ folder: URL, to maxBytes: Int) {
        let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
        guard let files = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: Array(keys)) else { return }
        var entries = files.filter { $0.pathExtension == "json" }.compactMap { file -> (URL, Int, Date)? in
            guard let values = try? file.resourceValues(forKeys: keys), let size = values.fileSize else { return nil }
            return (file, size, values.contentModificationDate ?? .distantPast)
        }
        entries.sort { ($0.2, $0.0.lastPathComponent) < ($1.2, $1.0.lastPathComponent) }
        var total = entries.reduce(0) { $0 + $1.1 }
        for entry in entries where total > maxBytes {
            try? FileManager.default.removeItem(at: entry.0)
            total -= entry.1
        }
    }

    private func file(_ key: String) -> URL? {
        guard !key.isEmpty, key.count <= 160, key.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else { return nil }
        return folder.appending(path: key + ".json")
    }
}
