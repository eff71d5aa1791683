import Engines
import Foundation
import Foundations
import Logging

/// Finds an engine's program when a model is first wanted, sees whether the model may run here, and keeps the supervisor of
/// that model's process.
actor EngineLaunch<Server: EngineServer> {
    /// What tells one engine from another.
    struct Recipe: Sendable {
        /// For messages: `llama`.
        var name: String
        /// Over all requests at once; 0 for models that keep no context.
        var contextTokens: Int
        /// Whether the program can use this machine's graphics processors.
        var seesGraphicsProcessor: @Sendable () async throws -> Bool
        /// Puts a model that the guard watches where it may go.
        var place: @Sendable (inout Server.Options, GPUGuard.Placement) -> Void
        var server: @Sendable (Server.Options) async throws -> Server
    }

    private let manifest: ModelManifest
    private let folder: URL
    private var options: Server.Options
    private let recipe: Recipe
    private let settings: ModelsConfiguration
    private let logger: Logger
    private let threads: WorkerThreads
    private var server: Server?
    /// The process has been ready since it was last stopped.
    private var hasBeenReady = false
    private var facts: ModelFacts?

    init(
        manifest: ModelManifest, folder: URL, options: Server.Options, recipe: Recipe, settings: ModelsConfiguration, logger: Logger,
        threads: WorkerThreads
    ) {
        self.manifest = manifest
        self.folder = folder
        self.options = options
        self.recipe = recipe
        self.settings = settings
        self.logger = logger
        self.threads = threads
    }

    /// The engine as a model sees it.
    nonisolated var engine: LocalModel<Server.Client>.Engine {
        .init(
            need: { try await self.need() }, start: { try await self.start(by: $0) }, client: { try await self.client(by: $0) },
            stop: { await self.stop() }, probe: { await self.probe() }, memory: { await self.memory() })
    }

    /// Reads the files' headers, asks the GPU guard, and judges the memory that the model will take. Starts nothing
    /// that holds the model.
    /// - Returns: bytes of main memory.
    /// - Throws: `ModelFailure.gpuRequired`, `HeaderError`, `EndpointError.programMissing`.
    func need() async throws -> Int {
        let (manifest, folder) = (manifest, folder)
        var limits = HeaderLimits()
        limits.maxBytes = settings.maxHeaderBytes
        let (facts, fileBytes) = try await threads.run { [facts, limits] in
            let names = manifest.files.map(\.name)
            return (
                try facts ?? ModelFacts.measure(files: names, in: folder, limits: limits),
                names.reduce(0) { $0 + (FileDigest.size(of: folder.appending(path: $1)) ?? 0) }
            )
        }
        self.facts = facts
        let estimate = MemoryEstimate(
            facts: facts, fileBytes: fileBytes, contextTokens: recipe.contextTokens)
        guard let parameters = GPUGuard.parameters(declared: manifest.parameters, measured: facts?.parameters),
            GPUGuard.watches(parameters)
        else { return estimate.total }
        let placement = try await gpuGuard().place(manifest.id, engine: recipe.name, parameters: parameters, needed: estimate.total)
        recipe.place(&options, placement)
        switch placement {
        case .graphics: return MemoryEstimate.overhead
        case .shared:
            logger.warning(
                "a large model runs partly on the processor, as models.allow_cpu_offload allows",
                metadata: ["model": "\(manifest.id)"])
            return estimate.total
        }
    }

    private func gpuGuard() async throws -> GPUGuard {
        let gpus = try await Machine.current(threads: threads).gpus
        // A program built for the processor alone ignores GPUs without a word.
        let hasSupport = gpus.isEmpty ? false : try await recipe.seesGraphicsProcessor()
        return GPUGuard(
            freeMemory: gpus.map(\.freeMemory), engineHasSupport: hasSupport,
            allowsOffload: settings.allowCPUOffload.contains(manifest.id))
    }

    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`.
    func start(by deadline: Deadline) async throws {
        if server?.options != options {
            let new = try await recipe.server(options)
            // Another caller may have come first while we looked.
            if server?.options != options { server = new }
        }
        _ = try await server?.start(by: deadline)
        hasBeenReady = true
    }

    /// - Throws: as `start`; at once when the process has failed for good.
    func client(by deadline: Deadline) async throws -> Server.Client {
        guard let server else { throw EndpointError.programMissing(name: recipe.name) }
        return try await server.client(by: deadline)
    }

    /// Bytes of memory that the process holds.
    func memory() async -> Int? { await server?.process.residentBytes }

    func stop() async {
        hasBeenReady = false
        await server?.stop()
    }

    /// How the process is: one that comes back from a crash is gone, one that isn't needed yet is well.
    func probe() async -> PoolState.Probe {
        guard let server else { return .alive }
        switch await server.process.state {
        case .stopped, .stopping, .ready: return .alive
        case .starting: return hasBeenReady ? .gone : .alive
        case .restarting: return .gone
        case .failed: return .failed
        }
    }
}
