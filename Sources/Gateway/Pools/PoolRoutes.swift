import Foundation
import Foundations
import HTTPTypes
import Hummingbird
import ModelHub

/// Pools: who serves a model id, how they are, and changes while they work.
package enum PoolRoutes {
    package static func routes() -> [Route] {
        let pool: [Route.Answer] = [.init(200, "The pool as it is now.", .json(Schemas.reference("Pool")))]
        return [
            Route(
                .get, "/v1/pools", operationID: "listPools", summary: "Pools",
                about: "All pools with their lanes and endpoints: those of the configuration, and one for each model in use.",
                tag: "Pools", answers: [.init(200, "Successful Response", .json(Schemas.reference("PoolList")))]
            ) { _, _, services in
                let pools = await services.dependencies.pools?.poolSummaries() ?? []
                return .json(["object": "list", "data": .array(pools.map(PoolObjects.pool))])
            },
            Route(
                .post, "/v1/pools/{id}/endpoints", operationID: "addEndpoint", summary: "Add endpoint",
                about: "Takes a remote engine (`url`) or one more engine of our own (`model`) into a pool, until it is removed or the "
                    + "server ends. Wants a token of `server.admins`, where any are named.",
                tag: "Pools", body: .json(Schemas.reference("NewEndpoint")), answers: pool,
                errors: [400, 403, 404, 409, 413, 415, 422, 503]
            ) { request, context, services in
                try allow(context, services)
                let endpoint = try PoolObjects.newEndpoint(try await BodyReader.jsonObject(request, context, services))
                let id = context.parameter("id")
                return .json(PoolObjects.pool(try await directory(id, services).add(endpoint, to: id)))
            },
            Route(
                .post, "/v1/pools/{id}/endpoints/{endpoint}/drain", operationID: "drainEndpoint", summary: "Drain endpoint",
                about: "Gives an endpoint nothing new; what it works on goes on to its end.", tag: "Pools", answers: pool,
                errors: [403, 404]
            ) { _, context, services in
                try allow(context, services)
                let id = context.parameter("id")
                let summary = try await directory(id, services).drain(context.parameter("endpoint"), in: id)
                return .json(PoolObjects.pool(summary))
            },
            Route(
                .delete, "/v1/pools/{id}/endpoints/{endpoint}", operationID: "removeEndpoint", summary: "Remove endpoint",
                about: "Drains an endpoint and takes it out once it has nothing more to do. An engine of our own is stopped then.",
                tag: "Pools", answers: pool, errors: [403, 404]
            ) { _, context, services in
                try allow(context, services)
                let id = context.parameter("id")
                let summary = try await directory(id, services).remove(context.parameter("endpoint"), from: id)
                return .json(PoolObjects.pool(summary))
            },
        ]
    }

    /// - Throws: `adminRequired` when the operator names administrators and the caller isn't one.
    private static func allow(_ context: GatewayContext, _ services: GatewayServices) throws {
        try services.requireAdmin(context.keyName)
    }

    private static func directory(_ id: String, _ services: GatewayServices) throws -> any PoolDirectory {
        guard let pools = services.dependencies.pools else { throw PoolError.noSuchPool(id) }
        return pools
    }
}
