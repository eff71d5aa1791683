import Engines
import Foundation
import Foundations

/// Models that make pictures: endpoints, models of the catalog in engines of our own, and pools of them.
extension ModelHub: ImageDirectory {
    public func imageGenerator(id: String?) async throws -> any ImageGenerator {
        var chosen = id ?? configuration.images.model
        if chosen == nil { chosen = try await defaultImageModel() }
        guard let chosen else { throw ModelFailure.noImageModel }
        let pool = try await imagePool(chosen)
        return PooledImageModel(pool: pool, backends: Set(await pool.models.map(\.backend)))
    }

    /// Pools before single endpoints, as they were put together to be used; then what is on disk.
    private func defaultImageModel() async throws -> String? {
        if let pool = configuration.pools.first(where: isImagePool) { return pool.id }
        if let endpoint = configuration.endpoints.first(where: \.makesImages) { return endpoint.id }
        for manifest in store.catalog.models(for: .defaultImage) where try await store.state(of: manifest.id) == .onDisk {
            return manifest.id
        }
        return nil
    }

    /// - Throws: `ModelHubError.modelNotFound`, `.modelNotFetched`, `ModelFailure.cannot`.
    func imagePool(_ id: String) async throws -> ImagePool {
        if let pool = configuration.pools.first(where: { $0.id == id }) {
            guard isImagePool(pool) else { throw ModelFailure.cannot(id, capability: Self.makePictures) }
            if let open = imagePools[id] { return open }
            let folders = try await folders(of: pool) { try imageManifest($0) }
            // Another caller may have come first while we looked; from here on nothing is waited for.
            if let open = imagePools[id] { return open }
            return open(id, try members(of: pool, in: folders, endpoint: imageMember, replica: imageReplica), pick: pool.pick)
        }
        if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.makesImages else { throw ModelFailure.cannot(id, capability: Self.makePictures) }
            return try imagePools[id] ?? open(id, [imageMember(endpoint)])
        }
        // Asked for each time: its files may have been removed.
        let model = try await localImageModel(try imageManifest(id))
        return imagePools[id] ?? open(id, [imageMember(model, id: id)])
    }

    private static let makePictures = "make pictures"

    private func open(_ id: String, _ members: [ImagePool.Member], pick: PoolConfiguration.Pick = .p2c) -> ImagePool {
        let pool = ImagePool(
            id: id, members: members, pick: pick, policy: configuration.balancing, limits: LaneLimits(configuration.lanes), metrics: metrics)
        imagePools[id] = pool
        return pool
    }

    /// - Throws: `ModelHubError.modelNotFound`, `ModelFailure.cannot`.
    func imageManifest(_ id: String) throws -> ModelManifest {
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        guard manifest.capabilities.contains(.imageGeneration) else { throw ModelFailure.cannot(id, capability: Self.makePictures) }
        return manifest
    }

    func imageMember(_ endpoint: EndpointConfiguration) throws -> ImagePool.Member {
        let model = try RemoteImageModel(endpoint: endpoint, client: client)
        let timeout = configuration.balancing.probeTimeout
        return ImagePool.Member(
            id: endpoint.id, model: model, backend: model.backend, slots: endpoint.slots, probeInterval: configuration.balancing.probeInterval,
            probe: { await model.probe(timeout: timeout) })
    }

    /// It works on one picture at a time.
    private func imageMember(_ model: LocalImageModel, id: String, isReplica: Bool = false) -> ImagePool.Member {
        localMember(model, model.local, id: id, backend: model.backend, slots: 1, isReplica: isReplica)
    }

    /// A member with an engine of its own, which ends when it leaves the pool.
    func imageReplica(of model: String, in folder: URL, id: String) throws -> ImagePool.Member {
        imageMember(newLocalImageModel(try imageManifest(model), in: folder), id: id, isReplica: true)
    }

    /// Whether all members of a pool make pictures.
    func isImagePool(_ pool: PoolConfiguration) -> Bool {
        !pool.members.isEmpty
            && pool.members.allSatisfy { member in
                switch member {
                case .endpoint(let id): configuration.endpoints.contains { $0.id == id && $0.makesImages }
                case .model(let id, _): store.catalog[id]?.capabilities.contains(.imageGeneration) == true
                }
            }
    }
}
