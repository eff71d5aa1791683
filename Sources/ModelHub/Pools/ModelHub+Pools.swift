import Engines
import Foundation
import Foundations

/// Every model that the hub hands out to chat or to make pictures is a pool with a lane in front: of one endpoint for plain ids, of several for the pools
/// that the configuration names.
extension ModelHub {
    /// How often our own children are asked after.
    private static let childProbeInterval: Duration = .milliseconds(500)
    /// How often the probes that are due are looked for.
    private static let probeRound: Duration = .milliseconds(250)

    // MARK: Models

    func pooled(_ endpoint: EndpointConfiguration) async throws -> PooledChatModel {
        if let pool = pools[endpoint.id] { return await model(of: pool) }
        return await model(of: open(endpoint.id, [try member(endpoint)]))
    }

    /// - Throws: `ModelHubError.modelNotFetched`.
    func pooled(_ manifest: ModelManifest) async throws -> PooledChatModel {
        // Asked for each time: its files may have been removed.
        let local = try await localChatModel(manifest)
        if let pool = pools[manifest.id] { return await model(of: pool) }
        return await model(of: open(manifest.id, [member(local, id: manifest.id)]))
    }

    /// - Throws: `ModelHubError.modelNotFound`, `modelNotFetched`, `ModelFailure.cannot`.
    func pooled(_ configured: PoolConfiguration) async throws -> PooledChatModel {
        await model(of: try await pool(configured))
    }

    private func pool(_ configured: PoolConfiguration) async throws -> ChatPool {
        if let pool = pools[configured.id] { return pool }
        if isImagePool(configured) { throw ModelFailure.cannot(configured.id, capability: "chat") }
        let folders = try await folders(of: configured) { try chatManifest($0) }
        // Another caller may have come first while we looked; from here on nothing is waited for.
        if let pool = pools[configured.id] { return pool }
        let members = try members(of: configured, in: folders, endpoint: member, replica: replica)
        return open(configured.id, members, pick: configured.pick)
    }

    /// Where the files of a pool's models are.
    /// - Throws: `ModelHubError.modelNotFetched`, and what `manifest` throws for a model that doesn't belong there.
    func folders(of pool: PoolConfiguration, _ manifest: (String) throws -> ModelManifest) async throws -> [String: URL] {
        var folders: [String: URL] = [:]
        for case .model(let id, _) in pool.members { folders[id] = try await store.path(of: try manifest(id).id) }
        return folders
    }

    func members<Model>(
        of pool: PoolConfiguration, in folders: [String: URL], endpoint: (EndpointConfiguration) throws -> PoolMember<Model>,
        replica: (_ model: String, _ folder: URL, _ id: String) throws -> PoolMember<Model>
    ) throws -> [PoolMember<Model>] {
        var members: [PoolMember<Model>] = []
        for member in pool.members {
            switch member {
            case .endpoint(let id):
                guard let configured = configuration.endpoints.first(where: { $0.id == id }) else { continue }
                members.append(try endpoint(configured))
            case .model(let id, let count):
                guard let folder = folders[id] else { continue }
                for number in 1...count { members.append(try replica(id, folder, count == 1 ? id : "\(id).\(number)")) }
            }
        }
        return members
    }

    private func open(
        _ id: String, _ members: [ChatPool.Member], pick: PoolConfiguration.Pick = .p2c
    ) -> ChatPool {
        let pool = ChatPool(
            id: id, members: members, pick: pick, policy: configuration.balancing,
            limits: LaneLimits(configuration.lanes), metrics: metrics)
        pools[id] = pool
        return pool
    }

    private func model(of pool: ChatPool) async -> PooledChatModel {
        PooledChatModel(pool: pool, models: await pool.models)
    }

    private func chatManifest(_ id: String) throws -> ModelManifest {
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        guard manifest.capabilities.contains(.chat) else { throw ModelFailure.cannot(id, capability: "chat") }
        return manifest
    }

    // MARK: Members

    private func member(_ endpoint: EndpointConfiguration) throws -> ChatPool.Member {
        let model = try remote(endpoint)
        let timeout = configuration.balancing.probeTimeout
        return ChatPool.Member(
            id: endpoint.id, model: model, backend: model.backend, slots: endpoint.slots, probeInterval: configuration.balancing.probeInterval,
            probe: { await model.probe(timeout: timeout) })
    }

    private func member(_ model: LocalChatModel, id: String, isReplica: Bool = false) -> ChatPool.Member {
        localMember(model, model.local, id: id, backend: model.backend, slots: configuration.models.parallel, isReplica: isReplica)
    }

    /// A member with an engine of its own, which ends when it leaves the pool.
    private func replica(of model: String, in folder: URL, id: String) throws -> ChatPool.Member {
        member(newLocalChatModel(try chatManifest(model), in: folder), id: id, isReplica: true)
    }

    /// - Parameter local: what loads and unloads it.
    func localMember<Model>(
        _ model: Model, _ local: any ManagedModel, id: String, backend: String, slots: Int, isReplica: Bool = false
    ) -> PoolMember<Model> {
        if isReplica { replicas[ObjectIdentifier(local)] = local }
        return PoolMember(
            id: id, model: model, backend: backend, slots: slots, probeInterval: Self.childProbeInterval,
            probe: { await local.probe() }, isWarm: { await local.state == .ready },
            retire: { if isReplica { await self.retire(local) } })
    }

    private func retire(_ replica: any ManagedModel) async {
        replicas[ObjectIdentifier(replica)] = nil
        await replica.shutdown()
    }

    // MARK: Lists

    /// The configured pools come first; one with the id of a model of the catalog stands in its place.
    func withPools(_ summaries: [ModelSummary]) async -> [ModelSummary] {
        var result: [ModelSummary] = []
        for pool in configuration.pools {
            let members = pool.members.compactMap { member in
                switch member {
                case .model(let id, _), .endpoint(let id): summaries.first { $0.id == id }
                }
            }
            let all = members.map { Set($0.capabilities) }
            let shared = all.dropFirst().reduce(all.first ?? []) { $0.intersection($1) }
            let isMissing = members.first { [.absent, .fetching, .failed].contains($0.state) }
            var summary = ModelSummary(
                id: pool.id, engine: "pool", capabilities: shared.sorted(), state: isMissing?.state ?? .onDisk, bytes: 0,
                licence: members.map(\.licence).first ?? "")
            if let open = pools[pool.id] {
                summary.state = await open.health.contains(where: \.isUp) ? .ready : .failed
                if summary.state == .failed { summary.reason = "No endpoint takes requests at the moment." }
            }
            result.append(summary)
        }
        let taken = Set(result.map(\.id))
        return result + summaries.filter { !taken.contains($0.id) }
    }

    // MARK: Watch

    /// Probes endpoints and gives the figures of lanes and endpoints until the task is cancelled. A server runs this beside its surfaces.
    public func watchEndpoints() async {
        await metrics.collect { [weak self] in await self?.gauges ?? [] }
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                for pool in openPools {
                    for probe in await pool.dueProbes() { group.addTask { await probe() } }
                }
                try? await Task.sleep(for: Self.probeRound)
            }
        }
    }

    /// Of every kind of model.
    private var openPools: [any ManagedPool] { Array(pools.values) + Array(imagePools.values) }

    private var gauges: [MetricsRegistry.Gauge] {
        get async {
            var up: [(labels: [(String, String)], value: Double)] = []
            var gauges: [MetricsRegistry.Gauge] = []
            for pool in openPools {
                gauges += await pool.lane.gauges
                for (endpoint, isUp) in await pool.health {
                    up.append(([("pool", pool.id), ("endpoint", endpoint)], isUp ? 1 : 0))
                }
            }
            return gauges + [MetricsRegistry.Gauge("martlet_endpoint_up", "Whether an endpoint takes requests.", up)]
        }
    }
}

// MARK: Changes at run time

extension ModelHub: PoolDirectory {
    public func poolSummaries() async -> [PoolSummary] {
        // Configured pools are there before anybody asked for them, where their models are.
        for configured in configuration.pools { _ = try? await existingPool(configured.id) }
        var summaries: [PoolSummary] = []
        for pool in openPools { summaries.append(await pool.summary) }
        return summaries.sorted { $0.id < $1.id }
    }

    public func add(_ endpoint: NewEndpoint, to id: String) async throws -> PoolSummary {
        let existing = try await existingPool(id)
        if case .remote(let endpoint) = endpoint, let fault = endpoint.urlFault { throw PoolError.invalidEndpoint(reason: fault) }
        if let pool = existing as? ImagePool {
            try await add(endpoint, to: pool, endpoint: imageMember) { model, id in
                try imageReplica(of: model, in: try await store.path(of: try imageManifest(model).id), id: id)
            }
        } else if let pool = existing as? ChatPool {
            try await add(endpoint, to: pool, endpoint: member) { model, id in
                try replica(of: model, in: try await store.path(of: try chatManifest(model).id), id: id)
            }
        }
        return await existing.summary
    }

    private func add<Model>(
        _ new: NewEndpoint, to pool: EndpointPool<Model>, endpoint: (EndpointConfiguration) throws -> PoolMember<Model>,
        replica: (_ model: String, _ id: String) async throws -> PoolMember<Model>
    ) async throws {
        switch new {
        case .remote(let configured): try await pool.add(try endpoint(configured))
        case .replica(let model, let id):
            let member = try await replica(model, id)
            do {
                try await pool.add(member)
            } catch {
                await member.retire()
                throw error
            }
        }
    }

    public func drain(_ endpoint: String, in id: String) async throws -> PoolSummary {
        let pool = try await existingPool(id)
        try await pool.drain(endpoint)
        return await pool.summary
    }

    public func remove(_ endpoint: String, from id: String) async throws -> PoolSummary {
        let pool = try await existingPool(id)
        try await pool.remove(endpoint)
        return await pool.summary
    }

    private func existingPool(_ id: String) async throws -> any ManagedPool {
        if let pool = pools[id] { return pool }
        if let pool = imagePools[id] { return pool }
        guard let configured = configuration.pools.first(where: { $0.id == id }) else { throw PoolError.noSuchPool(id) }
        return isImagePool(configured) ? try await imagePool(id) : try await pool(configured)
    }
}
