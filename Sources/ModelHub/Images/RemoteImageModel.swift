import AsyncHTTPClient
import Engines
import Foundations

/// A model behind an endpoint that makes pictures.
struct RemoteImageModel: ImageGenerator {
    private enum Client: Sendable {
        case openAI(OpenAIClient)
        case diffusion(DiffusionClient)
    }

    let id: String
    let backend: String
    private let client: Client

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        id = endpoint.id
        backend = endpoint.dialect.rawValue
        if endpoint.dialect == .sdcpp {
            self.client = .diffusion(try DiffusionClient(name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, client: client))
        } else {
            self.client = .openAI(
                try OpenAIClient(
                    name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id,
                    dialect: endpoint.dialect, client: client))
        }
    }

    func generate(_ request: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        switch client {
        case .openAI(let client): try await client.generateImage(request, context: context)
        case .diffusion(let client): try await client.generate(request, context: context, progress: progress)
        }
    }

    func probe(timeout: Duration) async -> PoolState.Probe {
        switch client {
        case .openAI(let client): await EndpointProbe.models(of: client, timeout: timeout)
        case .diffusion(let client):
            await EndpointProbe.asking { try await client.isReady(context: RequestContext(deadline: .after(timeout))) }
        }
    }
}
