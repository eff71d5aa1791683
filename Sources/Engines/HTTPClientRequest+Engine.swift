import AsyncHTTPClient
import Foundations
import NIOHTTP1

extension HTTPClientRequest {
    /// A request to an engine: who asks, and which request of ours it serves.
    /// - Parameter token: sent as a bearer token.
    init(_ method: HTTPMethod, _ url: String, token: String?, _ context: RequestContext) {
        self.init(url: url)
        self.method = method
        if let token { headers.add(name: "authorization", value: "Bearer \(token)") }
        if let trace = context.traceParent { headers.add(name: "traceparent", value: trace) }
        headers.add(name: "x-request-id", value: context.id)
    }
}
