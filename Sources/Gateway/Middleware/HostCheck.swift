import Foundations
import Hummingbird
import NIOCore

/// Refuses host names that aren't this server's, so that a page which rebinds its name to our address can't talk to us.
/// Addresses are let through: rebinding needs a name.
package struct HostCheck: RouterMiddleware {
    package typealias Context = GatewayContext

    private let names: Set<String>

    package init(server: Foundations.ServerConfiguration) {
        names = Set((["localhost", server.host] + server.allowedHosts).map { $0.lowercased() })
    }

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, isAllowed(authority) else { throw GatewayError.hostNotAllowed }
        return try await next(request, context)
    }

    package func isAllowed(_ authority: String) -> Bool {
        var host = Substring(authority.lowercased())
        if host.first == "[" {
            guard let end = host.firstIndex(of: "]") else { return false }
            return (try? SocketAddress(ipAddress: String(host[host.index(after: host.startIndex)..<end]), port: 0)) != nil
        }
        if let colon = host.lastIndex(of: ":") { host = host[..<colon] }
        if host.last == "." { host.removeLast() }
        return names.contains("*") || names.contains(String(host))
            || (try? SocketAddress(ipAddress: String(host), port: 0)) != nil
    }
}
