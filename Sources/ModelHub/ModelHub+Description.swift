import Foundation
import Foundations

/// Everything known about one model.
public struct ModelDescription: Sendable, Codable, Equatable {
    public var manifest: ModelManifest
    public var state: ModelSummary.State
    /// What its files say; `nil` when they aren't here or have no such header.
    public var facts: ModelFacts?
    /// Bytes of memory that it is expected to take; `nil` when it isn't loaded as a whole.
    public var memoryBytes: Int?
    /// Why it can't run on this machine; `nil` when nothing is known against it.
    public var obstacle: String?
}

extension ModelHub {
    /// Describes a model. Its files' headers are read, nothing is loaded.
    /// - Throws: `ModelHubError.modelNotFound`.
    public func describe(_ id: String) async throws -> ModelDescription {
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        var description = ModelDescription(manifest: manifest, state: try await store.state(of: id))
        guard description.state == .onDisk else {
            description.obstacle = ModelHubError.modelNotFetched(id).report.message
            return description
        }
        do {
            description.facts = try await facts(of: manifest)
            if let model = try await managedModel(manifest) {
                description.memoryBytes = try await model.need()
                let budget = await memory.budget
                if let bytes = description.memoryBytes, bytes > budget {
                    description.obstacle = ModelFailure.tooLarge(id, needed: bytes, available: budget).report.message
                }
            }
        } catch let error as any ReportableError {
            description.obstacle = error.report.message
        }
        return description
    }

    /// What a model's files say.
    /// - Throws: `HeaderError`, `ModelHubError.modelNotFetched`.
    private func facts(of manifest: ModelManifest) async throws -> ModelFacts? {
        let folder = try await store.path(of: manifest.id)
        var limits = HeaderLimits()
        limits.maxBytes = configuration.models.maxHeaderBytes
        return try await threads.run { [limits] in
            try ModelFacts.measure(files: manifest.files.map(\.name), in: folder, limits: limits)
        }
    }
}
