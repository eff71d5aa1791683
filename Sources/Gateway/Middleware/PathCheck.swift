import HTTPTypes
import Hummingbird

/// Paths that reach no handler: a trailing slash is redirected, a wrong method is told the right ones.
package struct PathCheck: RouterMiddleware {
    package typealias Context = GatewayContext

    let table: RouteTable

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        let path = request.uri.path
        if path.count > 1, path.hasSuffix("/") {
            let trimmed = "/" + path.split(separator: "/").joined(separator: "/")
            guard !table.methods(path: trimmed).isEmpty else { throw GatewayError.noSuchRoute }
            let target = trimmed + (request.uri.query.map { "?" + $0 } ?? "")
            return Response(status: .temporaryRedirect, headers: [.location: target])
        }
        if table.route(method: request.method, pattern: context.endpointPath) == nil {
            let allowed = table.methods(path: path)
            throw allowed.isEmpty ? GatewayError.noSuchRoute : GatewayError.methodNotAllowed(allowed: allowed)
        }
        return try await next(request, context)
    }
}
