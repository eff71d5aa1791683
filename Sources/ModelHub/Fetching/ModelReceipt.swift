import Foundation

/// What a model folder was verified to hold. Written after verification, it spares hashing at every start.
struct ModelReceipt: Codable, Equatable {
    struct File: Codable, Equatable {
        var name: String
        var size: Int64
        var sha256: String
        /// The text form of the source it came from; `nil` when it was found in place.
        var source: String?
    }

    static let fileName = ".receipt.json"

    var id: String
    var files: [File]

    init(id: String, files: [File]) {
        self.id = id
        self.files = files
    }

    /// Reads the receipt of a folder. Blocks. `nil` when there is none or it can't be read: files are then hashed anew.
    init?(in folder: URL) {
        guard let data = try? Data(contentsOf: folder.appending(path: Self.fileName)),
            let receipt = try? JSONDecoder().decode(ModelReceipt.self, from: data)
        else { return nil }
        self = receipt
    }

    /// Writes it in one step. Blocks.
    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        do {
            try encoder.encode(self).write(to: folder.appending(path: Self.fileName), options: .atomic)
        } catch {
            throw ModelHubError.storageFailed
        }
    }

    /// Whether the folder's files are those that were verified, by the manifest's hashes and the files' sizes. Blocks.
    func covers(_ manifest: ModelManifest, in folder: URL) -> Bool {
        id == manifest.id
            && manifest.files.allSatisfy { file in
                guard let entry = files.first(where: { $0.name == file.name }) else { return false }
                return (file.sha256 ?? entry.sha256) == entry.sha256 && (file.size ?? entry.size) == entry.size
                    && FileDigest.size(of: folder.appending(path: file.name)) == entry.size
            }
    }
}
