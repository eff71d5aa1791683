import AsyncHTTPClient
import Engines
import Foundations

/// A chat model that a remote endpoint serves.
public struct RemoteChatModel: ChatModel {
    private enum Client: Sendable {
        case openAI(OpenAIClient)
        case triton(TritonClient, TritonChat)
    }

    private let endpoint: EndpointConfiguration
    private let client: Client

    /// The longest a Triton server may take to say what a model's inputs are.
    private static let describeTimeout: Duration = .seconds(10)

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        self.endpoint = endpoint
        let model = endpoint.model ?? endpoint.id
        if endpoint.dialect == .triton {
            let triton = try TritonClient(name: endpoint.id, baseURL: endpoint.url, token: endpoint.apiKey, client: client)
            let chat = TritonChat(triton, model: model, template: endpoint.template, timeout: Self.describeTimeout)
            self.client = .triton(triton, chat)
        } else {
            self.client = .openAI(
                try OpenAIClient(
                    name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: model,
                    dialect: endpoint.dialect, client: client))
        }
    }

    public var id: String { endpoint.id }
    public var seesImages: Bool { endpoint.vision }
    public var contextTokens: Int? { endpoint.contextLength }
    public var patchSize: Int? { endpoint.patchSize }
    public var hearsSound: Bool { endpoint.hears }
    public var backend: String { endpoint.dialect.rawValue }

    public func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        switch client {
        case .openAI(let client): try await client.stream(request, context: context)
        case .triton(_, let chat): try await chat.stream(request, context: context)
        }
    }

    /// Asks for the list of models, a Triton server for its model.
    func probe(timeout: Duration) async -> PoolState.Probe {
        switch client {
        case .openAI(let client): await EndpointProbe.models(of: client, timeout: timeout)
        case .triton(let triton, _):
            await EndpointProbe.asking {
                try await triton.isReady(model: endpoint.model ?? endpoint.id, context: RequestContext(deadline: .after(timeout)))
            }
        }
    }
}
