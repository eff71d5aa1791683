import Foundation
import Foundations
import Yams

/// The models Martlet knows: those it ships with, and those an operator adds.
public struct Catalog: Sendable, Equatable {
    /// In the order lists show them.
    public private(set) var manifests: [ModelManifest]

    /// - Throws: `ModelHubError.invalidManifest`, also when two have one id.
    public init(_ manifests: [ModelManifest]) throws {
        self.manifests = []
        for manifest in manifests {
            try manifest.validate()
            guard self[manifest.id] == nil else {
                throw ModelHubError.invalidManifest(id: manifest.id, reason: "its id is used twice")
            }
            self.manifests.append(manifest)
        }
    }

    private init(checked manifests: [ModelManifest]) { self.manifests = manifests }

    /// What Martlet ships with. The tests validate every entry.
    public static let builtIn = Catalog(checked: BuiltInModels.all)

    public subscript(id: String) -> ModelManifest? { manifests.first { $0.id == id } }

    /// The models with a role, best first.
    public func models(for role: ModelManifest.Role) -> [ModelManifest] { manifests.filter { $0.roles.contains(role) } }

    /// This catalog with an operator's manifests (`*.yaml`, `*.yml` of a folder, by name); theirs replace ours of the
    /// same id. A folder that doesn't exist adds nothing. Blocks: it reads files.
    /// - Throws: `ModelHubError.unreadableManifest`, `ModelHubError.invalidManifest`.
    public func adding(manifestsIn folder: URL) throws -> Catalog {
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let added = try entries.filter { ["yaml", "yml"].contains($0.pathExtension) }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { file in
                do {
                    return try YAMLDecoder().decode(ModelManifest.self, from: Data(contentsOf: file))
                } catch {
                    throw ModelHubError.unreadableManifest(
                        file: file.lastPathComponent, reason: Self.reason(of: error))
                }
            }
        let additions = try Catalog(added)
        return Catalog(checked: manifests.filter { additions[$0.id] == nil } + additions.manifests)
    }

    private static func reason(of error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "the key '\(key.stringValue)' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            (context.codingPath.isEmpty ? "" : "at '\(context.codingPath.map(\.stringValue).joined(separator: "."))': ")
                + context.debugDescription
        default: "it isn't readable YAML"
        }
    }
}
