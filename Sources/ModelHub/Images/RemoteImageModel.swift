import AsyncHTTPClient
import Engines
import Foundations

/// A model behind an OpenAI-compatible endpoint that makes pictures.
struct RemoteImageModel: ImageGenerator {
    let id: String
    let backend: String
    private let client: OpenAIClient

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        id = endpoint.id
        backend = endpoint.dialect.rawValue
        self.client = try OpenAIClient(
            name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id, dialect: endpoint.dialect,
            client: client)
    }

    func generate(
        _ request: ImageRequest, context: RequestContext, onQueued: @escaping @Sendable (Lane.Turn) -> Void
    ) async throws -> GeneratedImage {
        try await client.generateImage(request, context: context)
    }

    func probe(timeout: Duration) async -> PoolState.Probe { await EndpointProbe.models(of: client, timeout: timeout) }
}
