import AsyncHTTPClient
import Engines
import Foundations

/// A chat model that a remote endpoint serves.
public struct RemoteChatModel: ChatModel {
    private let endpoint: EndpointConfiguration
    private let client: OpenAIClient

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        self.endpoint = endpoint
        self.client = try OpenAIClient(
            name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id,
            dialect: endpoint.dialect, client: client)
    }

    public var id: String { endpoint.id }
    public var seesImages: Bool { endpoint.vision }
    public var contextTokens: Int? { endpoint.contextLength }
    public var patchSize: Int? { endpoint.patchSize }
    public var hearsSound: Bool { endpoint.hears }
    public var backend: String { endpoint.dialect.rawValue }

    public func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        try await client.stream(request, context: context)
    }

    /// Asks for the list of models: any answer but that of a gateway without a server behind it shows life.
    func probe(timeout: Duration) async -> PoolState.Probe {
        do {
            _ = try await client.models(context: RequestContext(deadline: .after(timeout)))
            return .alive
        } catch {
            switch error {
            case EndpointError.unavailable, EndpointError.silent, EndpointError.died, EndpointError.failed: return .failed
            case is DeadlineExceeded: return .failed
            default: return .alive
            }
        }
    }
}
