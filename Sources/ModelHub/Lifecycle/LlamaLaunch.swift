import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import Logging

/// Finds llama-server when a model is first wanted, sees whether the model may run here, and keeps the supervisor of
/// that model's process.
actor LlamaLaunch {
    private let manifest: ModelManifest
    private let folder: URL
    private var options: LlamaServerOptions
    private let settings: ModelsConfiguration
    private let home: MartletHome
    private let client: HTTPClient
    private let logger: Logger
    private let threads: WorkerThreads
    private var server: LlamaServer?
    /// The process has been ready since it was last stopped.
    private var hasBeenReady = false
    private var facts: ModelFacts?

    init(
        manifest: ModelManifest, folder: URL, options: LlamaServerOptions, settings: ModelsConfiguration, home: MartletHome,
        client: HTTPClient, logger: Logger, threads: WorkerThreads
    ) {
        self.manifest = manifest
        self.folder = folder
        self.options = options
        self.settings = settings
        self.home = home
        self.client = client
        self.logger = logger
        self.threads = threads
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
            facts: facts, fileBytes: fileBytes, contextTokens: options.contextLength * max(1, options.parallel))
        guard let parameters = GPUGuard.parameters(declared: manifest.parameters, measured: facts?.parameters),
            GPUGuard.watches(parameters)
        else { return estimate.total }
        switch try await gpuGuard().place(manifest.id, parameters: parameters, needed: estimate.total) {
        case .graphics:
            // All of it, or the engine refuses: the engine's own choice might leave layers to the processor.
            options.gpuLayers = 999
            return MemoryEstimate.overhead
        case .shared:
            options.gpuLayers = nil
            logger.warning(
                "a large model runs partly on the processor, as models.allow_cpu_offload allows",
                metadata: ["model": "\(manifest.id)"])
            return estimate.total
        }
    }

    private func gpuGuard() async throws -> GPUGuard {
        let gpus = try await Machine.current(threads: threads).gpus
        // A program built for the processor alone ignores GPUs without a word.
        let hasSupport =
            gpus.isEmpty
            ? false : try await LlamaExecutable.find(configured: settings.llamaServer, home: home).seesGraphicsProcessor()
        return GPUGuard(
            freeMemory: gpus.map(\.freeMemory), engineHasSupport: hasSupport,
            allowsOffload: settings.allowCPUOffload.contains(manifest.id))
    }

    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`.
    func start(by deadline: Deadline) async throws {
        if server?.options != options {
            let executable = try await LlamaExecutable.find(configured: settings.llamaServer, home: home)
            // Another caller may have come first while we looked.
            if server?.options != options {
                server = LlamaServer(executable: executable, options: options, client: client, logger: logger)
            }
        }
        _ = try await server?.start(by: deadline)
        hasBeenReady = true
    }

    /// - Throws: as `start`; at once when the process has failed for good.
    func client(by deadline: Deadline) async throws -> OpenAIClient {
        guard let server else { throw EndpointError.programMissing(name: "llama") }
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
