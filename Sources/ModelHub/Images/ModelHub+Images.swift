import Engines
import Foundations

/// Models that make pictures: endpoints, and pools of them.
extension ModelHub: ImageDirectory {
    public func imageGenerator(id: String?) async throws -> any ImageGenerator {
        guard let id = id ?? configuration.images.model ?? defaultImageModel else { throw ModelFailure.noImageModel }
        let pool = try imagePool(id)
        return PooledImageModel(pool: pool, backends: Set(await pool.models.map(\.backend)))
    }

    /// Pools before single endpoints: they were put together to be used.
    private var defaultImageModel: String? {
        configuration.pools.first { isImagePool($0) }?.id ?? configuration.endpoints.first(where: \.makesImages)?.id
    }

    /// - Throws: `ModelHubError.modelNotFound`, `ModelFailure.cannot`.
    func imagePool(_ id: String) throws -> ImagePool {
        if let pool = imagePools[id] { return pool }
        let members: [ImagePool.Member]
        var pick = PoolConfiguration.Pick.p2c
        if let pool = configuration.pools.first(where: { $0.id == id }) {
            guard isImagePool(pool) else { throw ModelFailure.cannot(id, capability: "make pictures") }
            members = try imageEndpoints(of: pool).map(imageMember)
            pick = pool.pick
        } else if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.makesImages else { throw ModelFailure.cannot(id, capability: "make pictures") }
            members = [try imageMember(endpoint)]
        } else {
            guard store.catalog[id] == nil else { throw ModelFailure.cannot(id, capability: "make pictures") }
            throw ModelHubError.modelNotFound(id)
        }
        let pool = ImagePool(
            id: id, members: members, pick: pick, policy: configuration.balancing, limits: LaneLimits(configuration.lanes), metrics: metrics)
        imagePools[id] = pool
        return pool
    }

    func imageMember(_ endpoint: EndpointConfiguration) throws -> ImagePool.Member {
        let model = try RemoteImageModel(endpoint: endpoint, client: client)
        let timeout = configuration.balancing.probeTimeout
        return ImagePool.Member(
            id: endpoint.id, model: model, backend: model.backend, slots: endpoint.slots, probeInterval: configuration.balancing.probeInterval,
            probe: { await model.probe(timeout: timeout) })
    }

    /// Whether all members of a pool make pictures.
    func isImagePool(_ pool: PoolConfiguration) -> Bool {
        !pool.members.isEmpty && imageEndpoints(of: pool).count == pool.members.count
    }

    private func imageEndpoints(of pool: PoolConfiguration) -> [EndpointConfiguration] {
        pool.members.compactMap { member in
            guard case .endpoint(let id) = member else { return nil }
            return configuration.endpoints.first { $0.id == id && $0.makesImages }
        }
    }
}
