import Foundation
import Foundations
import Networking

/// Makes `target` from `source`, another file of the same model. Blocks; runs on a worker thread.
public typealias ModelImporter = @Sendable (_ source: URL, _ target: URL) throws -> Void

/// The models' files on this machine: `<home>/models/<id>/<file>`.
///
///     let store = ModelStore(home: MartletHome(), catalog: .builtIn, network: network)
///     try await store.fetch("pp-ocrv4") { print($0) }
///     let detector = try await store.file("ch_PP-OCRv4_det_infer.onnx", of: "pp-ocrv4")
///
/// A fetch goes on where an earlier one stopped, also after a crash; what isn't verified never gets its final name's
/// receipt; and callers that ask for the same model at once share one fetch.
public actor ModelStore {
    public nonisolated let home: MartletHome
    public nonisolated let catalog: Catalog
    private let fetcher: ModelFetcher
    private let threads: WorkerThreads
    private var flights: [String: Flight] = [:]
    private var nextTicket = 0

    private struct Flight {
        let number: Int
        let task: Task<Void, any Error>
        let audience: FetchAudience
        /// Everyone left: it is being cancelled, and newcomers wait for its end before they start their own.
        var isAbandoned = false
    }

    /// - Parameters:
    ///   - network: gets no idle timeout from the store: stalls are noticed by the store itself.
    ///   - importers: by the name that manifests use in `import:` sources.
    public init(
        home: MartletHome, catalog: Catalog, network: NetworkClient, policy: FetchPolicy = FetchPolicy(),
        importers: [String: ModelImporter] = [:]
    ) {
        self.home = home
        self.catalog = catalog
        threads = WorkerThreads(name: "models", width: 4)
        fetcher = ModelFetcher(
            home: home, network: network, policy: policy, importers: importers, threads: threads)
    }

    // MARK: Looking

    /// `absent`, `fetching` or `onDisk`. Instant when there is a receipt; files put there without one are hashed once.
    /// - Throws: `ModelHubError.modelNotFound`.
    public func state(of id: String) async throws -> ModelSummary.State {
        let manifest = try manifest(id)
        if let flight = flights[id], !flight.isAbandoned { return .fetching }
        return try await fetcher.isOnDisk(manifest) ? .onDisk : .absent
    }

    /// The model's folder.
    /// - Throws: `ModelHubError.modelNotFound`, `ModelHubError.modelNotFetched`.
    public func path(of id: String) async throws -> URL {
        let manifest = try manifest(id)
        guard try await fetcher.isOnDisk(manifest) else { throw ModelHubError.modelNotFetched(id) }
        return fetcher.folder(of: manifest)
    }

    /// One of the model's files.
    /// - Throws: as `path(of:)`; `ModelHubError.modelNotFound` also for a file that the manifest doesn't list.
    public func file(_ name: String, of id: String) async throws -> URL {
        guard try manifest(id).files.contains(where: { $0.name == name }) else {
            throw ModelHubError.modelNotFound("\(id)/\(name)")
        }
        return try await path(of: id).appending(path: name)
    }

    /// Every model of the catalog with its state and size.
    public func list() async throws -> [ModelSummary] {
        var summaries: [ModelSummary] = []
        for manifest in catalog.manifests {
            let state = try await state(of: manifest.id)
            summaries.append(
                ModelSummary(
                    id: manifest.id, engine: manifest.engine.rawValue,
                    capabilities: manifest.capabilities.map(\.rawValue), state: state,
                    bytes: state == .onDisk ? try await fetcher.bytesOnDisk(manifest) : manifest.size,
                    licence: manifest.licence, parameters: manifest.parameters, contextLength: manifest.contextLength))
        }
        return summaries
    }

    // MARK: Fetching

    /// Makes sure that the model's files are here, verified. Returns at once when they are.
    ///
    /// Cancelling one caller ends the transfer only when nobody else waits for it; what came so far is kept for the
    /// next time.
    /// - Parameter progress: stages `download`, `unpack`, `import`, in bytes; `note` carries speed and time left.
    /// - Throws: `ModelHubError`, or `CancellationError`.
    public func fetch(_ id: String, progress: ProgressHandler? = nil) async throws {
        let manifest = try manifest(id)
        let (updates, continuation) = AsyncThrowingStream<ProgressUpdate, any Error>.makeStream(
            bufferingPolicy: .bufferingNewest(16))
        nextTicket += 1
        let ticket = nextTicket
        let number = join(manifest, ticket: ticket, continuation)
        continuation.onTermination = { [weak self] reason in
            guard case .cancelled = reason else { return }
            Task { await self?.leave(id, flight: number, ticket: ticket) }
        }
        for try await update in updates { progress?(update) }
        // A cancelled iteration ends without an error.
        try Task.checkCancellation()
    }

    private func join(
        _ manifest: ModelManifest, ticket: Int, _ listener: AsyncThrowingStream<ProgressUpdate, any Error>.Continuation
    ) -> Int {
        let id = manifest.id
        if let flight = flights[id], !flight.isAbandoned {
            flight.audience.add(ticket, listener)
            return flight.number
        }
        let predecessor = flights[id]?.task
        let audience = FetchAudience()
        audience.add(ticket, listener)
        // Owned by the actor, not by a caller: several callers share it, and it ends when the last of them leaves.
        let task = Task { [fetcher] in
            _ = await predecessor?.result
            let result: Result<Void, any Error>
            do {
                try await fetcher.fetch(manifest) { audience.tell($0) }
                result = .success(())
            } catch {
                result = .failure(error)
            }
            if flights[id]?.number == ticket { flights[id] = nil }
            audience.dismiss(result)
            try result.get()
        }
        flights[id] = Flight(number: ticket, task: task, audience: audience)
        return ticket
    }

    private func leave(_ id: String, flight number: Int, ticket: Int) {
        guard let flight = flights[id], flight.number == number else { return }
        if flight.audience.remove(ticket) {
            flights[id]?.isAbandoned = true
            flight.task.cancel()
        }
    }

    /// How many callers wait for a model's fetch.
    package func listeners(of id: String) -> Int { flights[id]?.audience.count ?? 0 }

    // MARK: Keeping

    /// Hashes every file anew.
    /// - Returns: the names of files that are missing or not what was verified; empty when all is well. A model with
    ///   faults loses its receipt, so that the next fetch replaces what is wrong.
    public func verify(_ id: String, progress: ProgressHandler? = nil) async throws -> [String] {
        try await fetcher.verify(try manifest(id), progress: progress)
    }

    /// Deletes the model's files, and what an unfinished fetch left.
    /// - Throws: `ModelHubError.modelBusy` while it is being fetched.
    public func remove(_ id: String) async throws {
        let manifest = try manifest(id)
        guard flights[id] == nil else { throw ModelHubError.modelBusy(id) }
        try await fetcher.remove(manifest)
    }

    private func manifest(_ id: String) throws -> ModelManifest {
        guard let manifest = catalog[id] else { throw ModelHubError.modelNotFound(id) }
        return manifest
    }
}
