import Foundations
import HTTPTypes
import Hummingbird

/// Wants a bearer token on every route that isn't declared anonymous, and on paths that are no routes, once tokens are set.
package struct Authentication: RouterMiddleware {
    package typealias Context = GatewayContext

    private let table: RouteTable
    private let keyring: Keyring

    package init(table: RouteTable, tokens: [String: String]) {
        self.table = table
        keyring = Keyring(tokens)
    }

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        if keyring.isEmpty || table.route(method: request.method, pattern: context.endpointPath)?.isAnonymous == true {
            return try await next(request, context)
        }
        let name = try keyring.owner(ofHeader: request.headers[.authorization])
        var context = context
        context.keyName = name
        context.record.update { $0.keyName = name }
        return try await next(request, context)
    }
}
