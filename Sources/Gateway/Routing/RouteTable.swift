import Foundations
import HTTPTypes
import Hummingbird

/// Every route of the server.
package struct RouteTable: Sendable {
    package let routes: [Route]
    /// By method and by the path as the router writes it: every request asks.
    private let index: [HTTPRequest.Method: [String: Route]]

    package init(_ configuration: Configuration) {
        routes =
            HealthRoutes.routes() + VideoRoutes.routes(configuration) + OpenAIRoutes.routes(configuration)
            + UploadRoutes.routes() + AnswerRoutes.routes() + LiveRoutes.routes() + LibraryRoutes.routes() + JobRoutes.routes() + ExpressionRoutes.routes()
            + AudioRoutes.routes + ImageRoutes.routes + ProfileRoutes.routes + ChatPictureRoutes.routes + PictureFileRoutes.routes + VoiceRoutes.routes + HistoryRoutes.routes + [AssistantRoute.route]
            + RepositoryRoutes.routes()
            + InferenceRoutes.routes() + HandlerRoutes.routes() + PoolRoutes.routes()
            + DocumentRoutes.routes() + PageRoutes.routes()
        index = Dictionary(grouping: routes, by: \.method).mapValues { routes in
            Dictionary(routes.map { (RouterPath($0.pattern).description, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The router's template of a request that found its route; what the middleware sees of it.
    package func route(method: HTTPRequest.Method, pattern: String?) -> Route? {
        pattern.flatMap { index[method == .head ? .get : method]?[$0] }
    }

    /// Methods that `path` answers to; empty for an unknown path.
    package func methods(path: String) -> [String] {
        var methods = Set<String>()
        for route in routes where Self.matches(route, path) {
            methods.insert(route.method.rawValue)
            if route.method == .get { methods.insert(HTTPRequest.Method.head.rawValue) }
        }
        return methods.sorted()
    }

    private static func matches(_ route: Route, _ path: String) -> Bool {
        let template = route.path.split(separator: "/")
        let pieces = path.split(separator: "/")
        guard pieces.count == template.count || route.takesRest && pieces.count > template.count else { return false }
        return zip(template, pieces).allSatisfy { $0.first == "{" || $0 == $1 }
    }

    /// The router with its middleware, outermost first.
    package func router(_ services: GatewayServices) -> Router<GatewayContext> {
        let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
        let server = services.configuration.server
        router.add(middleware: RequestObserver(table: self, services: services))
        router.add(middleware: CrossOrigin(origins: server.corsOrigins))
        router.add(middleware: ErrorEnvelope())
        router.add(middleware: HostCheck(server: server))
        router.add(middleware: Authentication(table: self, tokens: server.tokens))
        router.add(middleware: PathCheck(table: self))
        for route in routes {
            router.on(RouterPath(route.pattern), method: route.method) { request, context in
                try await route.handler(request, context, services)
            }
        }
        return router
    }
}
