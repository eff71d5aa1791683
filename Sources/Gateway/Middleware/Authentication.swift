import Foundations
import HTTPTypes
import Hummingbird

/// Wants a bearer token on every route that isn't declared anonymous, and on paths that are no routes, once tokens are set.
package struct Authentication: RouterMiddleware {
    package typealias Context = GatewayContext

    private let table: RouteTable
    private let tokens: [(name: String, bytes: [UInt8])]

    package init(table: RouteTable, tokens: [String: String]) {
        self.table = table
        self.tokens = tokens.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { ($0.key, Array($0.value.utf8)) }
    }

    package func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        if tokens.isEmpty || table.route(method: request.method, pattern: context.endpointPath)?.isAnonymous == true {
            return try await next(request, context)
        }
        guard let header = request.headers[.authorization] else { throw GatewayError.tokenMissing }
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw GatewayError.tokenMissing }
        guard let name = owner(of: Array(parts[1].utf8)) else { throw GatewayError.tokenUnknown }
        var context = context
        context.keyName = name
        context.record.update { $0.keyName = name }
        return try await next(request, context)
    }

    /// Compares with every token, each over all of its bytes, so that the time tells nothing about which bytes were right.
    private func owner(of presented: [UInt8]) -> String? {
        var owner: String?
        for token in tokens {
            var difference = presented.count ^ token.bytes.count
            for index in token.bytes.indices {
                let byte = index < presented.count ? presented[index] : 0
                difference |= Int(byte ^ token.bytes[index])
            }
            if difference == 0 { owner = token.name }
        }
        return owner
    }
}
