import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import Logging

/// Which models there are and how to get hold of one that chats or makes pictures: local models by id, and remote endpoints. Local
/// ones are made on first use and kept. (`PerceptionModels` holds those that look and listen.)
public actor ModelHub: ModelDirectory {
    let configuration: Configuration
    let store: ModelStore
    let metrics: MetricsRegistry
    /// Connections to engines, local and remote.
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIClient.configuration)
    let logger: Logger
    let threads = WorkerThreads(name: "model-files", width: 2)
    /// Shares the memory out among local models.
    package nonisolated let memory: ModelMemory
    /// Fetches by request.
    let fetches: ModelPulls
    /// Models with engines of our own; see `ModelHub+Local.swift`.
    var localChat: [String: LocalChatModel] = [:]
    var localImage: [String: LocalImageModel] = [:]
    /// The line and the endpoints behind each model id that was asked for; see `ModelHub+Pools.swift`.
    var pools: [String: ChatPool] = [:]
    /// The same for models that make pictures; see `ModelHub+Images.swift`.
    var imagePools: [String: ImagePool] = [:]
    /// Further engines of local models, in pools.
    var replicas: [ObjectIdentifier: any ManagedModel] = [:]
    /// The model that a switch made the default.
    var chosen: String?
    var isSwitching = false
    /// Of models on disk: their headers are read once.
    private var outlooks: [String: ModelDescription] = [:]

    /// - Parameter metrics: gets the times that models take to load.
    public init(
        configuration: Configuration, store: ModelStore, logger: Logger, metrics: MetricsRegistry = MetricsRegistry()
    ) {
        self.configuration = configuration
        self.store = store
        fetches = ModelPulls(store: store)
        self.logger = logger
        self.metrics = metrics
        memory = ModelMemory(
            budget: configuration.models.memoryBudget ?? Machine.defaultModelMemory(),
            patience: configuration.models.memoryTimeout)
    }

    // MARK: Lists

    public func models() async -> [ModelSummary] {
        var summaries: [ModelSummary] = configuration.endpoints.map { endpoint in
            ModelSummary(
                id: endpoint.id, engine: endpoint.dialect.rawValue,
                capabilities: endpoint.capabilities.map(\.rawValue), state: .ready, bytes: 0, licence: "remote")
        }
        for summary in (try? await store.list()) ?? [] { summaries.append(await withState(summary)) }
        let answering = defaultID(among: summaries)
        return await withPools(summaries).map { summary in
            var summary = summary
            summary.isDefault = summary.id == answering
            return summary
        }
    }

    /// The model that answers when none is named, as `defaultChatModel` chooses it.
    private func defaultID(among summaries: [ModelSummary]) -> String? {
        if let named = chosen ?? configuration.models.chat { return named }
        let here = Set(summaries.filter { ![.absent, .fetching].contains($0.state) }.map(\.id))
        let order =
            configuration.endpoints.filter(\.vision).map(\.id) + store.catalog.models(for: .defaultVision).map(\.id)
            + configuration.endpoints.filter(\.chats).map(\.id) + store.catalog.models(for: .defaultChat).map(\.id)
        return order.first { here.contains($0) }
    }

    /// What the store says, or the state of the running model.
    private func withState(_ summary: ModelSummary) async -> ModelSummary {
        var summary = await withOutlook(summary)
        let instances = instances(of: summary.id)
        guard let model = instances.first else { return summary }
        summary.isPinned = model.isPinned
        for instance in instances {
            summary.users = (summary.users ?? 0) + (await instance.users)
            if let bytes = await instance.memoryBytes() { summary.memoryBytes = (summary.memoryBytes ?? 0) + bytes }
        }
        switch await model.state {
        case .onDisk: break
        case .loading: summary.state = .loading
        case .ready: summary.state = .ready
        case .draining: summary.state = .draining
        case .failed(let reason):
            summary.state = .failed
            summary.reason = reason
        }
        return summary
    }

    /// Adds what is known of how the model would load here.
    private func withOutlook(_ summary: ModelSummary) async -> ModelSummary {
        var summary = summary
        summary.notes = store.catalog[summary.id]?.notes
        guard summary.state == .onDisk else {
            outlooks[summary.id] = nil
            return summary
        }
        if outlooks[summary.id] == nil { outlooks[summary.id] = try? await describe(summary.id) }
        summary.neededBytes = outlooks[summary.id]?.memoryBytes
        summary.obstacle = outlooks[summary.id]?.obstacle
        return summary
    }

    // MARK: Chat

    public func chatModel(id: String?, context: RequestContext) async throws -> any ChatModel {
        guard let id = id ?? chosen ?? configuration.models.chat else { return try await defaultChatModel() }
        if let pool = configuration.pools.first(where: { $0.id == id }) { return try await pooled(pool) }
        if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.chats else { throw ModelFailure.cannot(id, capability: "chat") }
            return try await pooled(endpoint)
        }
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        guard manifest.capabilities.contains(.chat) else { throw ModelFailure.cannot(id, capability: "chat") }
        return try await pooled(manifest)
    }

    /// The best one at hand: a remote vision model, a local one, a remote text model, then the local text model.
    private func defaultChatModel() async throws -> any ChatModel {
        if let endpoint = configuration.endpoints.first(where: \.vision) { return try await pooled(endpoint) }
        for manifest in store.catalog.models(for: .defaultVision) where try await store.state(of: manifest.id) == .onDisk {
            return try await pooled(manifest)
        }
        if let endpoint = configuration.endpoints.first(where: \.chats) { return try await pooled(endpoint) }
        for manifest in store.catalog.models(for: .defaultChat) where try await store.state(of: manifest.id) == .onDisk {
            return try await pooled(manifest)
        }
        throw ModelFailure.noChatModel
    }

    func remote(_ endpoint: EndpointConfiguration) throws -> RemoteChatModel {
        try RemoteChatModel(endpoint: endpoint, client: client)
    }

    /// Unloads idle models until the task is cancelled. A server runs this beside its surfaces.
    public func watchIdleModels() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(5))
            for model in managedModels { await model.tick(now: .now) }
        }
    }

    /// Stops every child process, and fetches by request.
    public func shutdown() async {
        await fetches.shutdown()
        await withTaskGroup(of: Void.self) { group in
            for model in managedModels { group.addTask { await model.shutdown() } }
        }
        localChat = [:]
        localImage = [:]
        replicas = [:]
        // Throws only when it is shut down already.
        try? await client.shutdown()
    }
}
