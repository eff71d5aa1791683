import AsyncHTTPClient
import Engines
import Foundation
import Foundations

/// The models that embed: remote endpoints, and local ones inside this process, which are loaded on first use and kept.
public actor EmbeddingModels: EmbedderDirectory {
    private let configuration: Configuration
    private let store: ModelStore
    private let onnx: SharedLoad<OnnxLibrary>
    private var local: [String: SharedLoad<SentenceEmbedder>] = [:]
    private let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIClient.configuration)

    public init(configuration: Configuration, store: ModelStore) {
        self.configuration = configuration
        self.store = store
        onnx = SharedLoad { try OnnxLibrary(home: store.home) }
    }

    public func embedder(id: String?, context: RequestContext) async throws -> any Embedder {
        guard let id = id ?? configuration.models.embedding else { return try await defaultEmbedder() }
        if let endpoint = configuration.endpoints.first(where: { $0.id == id }) {
            guard endpoint.embeds else { throw ModelFailure.cannot(id, capability: "embed") }
            return try RemoteEmbedder(endpoint: endpoint, client: client)
        }
        guard let manifest = store.catalog[id] else { throw ModelHubError.modelNotFound(id) }
        guard manifest.capabilities.contains(.embedding), manifest.engine == .onnx else {
            throw ModelFailure.cannot(id, capability: "embed")
        }
        return try await embedder(manifest)
    }

    /// Ends running calls to remote endpoints.
    public func shutdown() async {
        // Throws only when it is shut down already.
        try? await client.shutdown()
    }

    private func defaultEmbedder() async throws -> any Embedder {
        if let endpoint = configuration.endpoints.first(where: \.embeds) {
            return try RemoteEmbedder(endpoint: endpoint, client: client)
        }
        let candidates = store.catalog.models(for: .defaultEmbedder)
        for manifest in candidates where try await store.state(of: manifest.id) == .onDisk { return try await embedder(manifest) }
        throw ModelHubError.modelNotFetched(candidates.first?.id ?? "embedding")
    }

    private func embedder(_ manifest: ModelManifest) async throws -> any Embedder {
        let folder = try await store.path(of: manifest.id)
        let threads = configuration.models.threads
        let concurrency = threads > 0 ? threads : ProcessInfo.processInfo.activeProcessorCount
        let load =
            local[manifest.id]
            ?? SharedLoad { [onnx] in
                try await SentenceEmbedder(
                    models: .init(folder: folder), concurrency: concurrency, library: try await onnx.value())
            }
        local[manifest.id] = load
        return LocalEmbedder(id: manifest.id, embedder: try await load.value(), limits: configuration.embeddings)
    }
}

/// A model inside this process, with the operator's limits.
struct LocalEmbedder: Embedder {
    let id: String
    let embedder: SentenceEmbedder
    let limits: EmbeddingsConfiguration

    func embed(_ inputs: [EmbeddingInput], dimensions: Int?, context: RequestContext) async throws -> EmbeddingBatch {
        try await withDeadline(context.deadline, waitingFor: "the vectors") {
            try await embedder.embed(inputs, dimensions: dimensions, limits: limits)
        }
    }
}

/// An embedding model that a remote endpoint serves.
struct RemoteEmbedder: Embedder {
    let id: String
    private let client: OpenAIClient

    /// - Throws: `EndpointError.invalidURL`.
    init(endpoint: EndpointConfiguration, client: HTTPClient) throws {
        id = endpoint.id
        self.client = try OpenAIClient(
            name: endpoint.id, baseURL: endpoint.url, apiKey: endpoint.apiKey, model: endpoint.model ?? endpoint.id,
            dialect: endpoint.dialect, client: client)
    }

    func embed(_ inputs: [EmbeddingInput], dimensions: Int?, context: RequestContext) async throws -> EmbeddingBatch {
        try await context.withSpan("endpoint call", .client, ["martlet.endpoint": .text(id), "gen_ai.operation.name": "embeddings"]) { context in
            try await client.embed(inputs, dimensions: dimensions, context: context)
        }
    }
}

extension EmbeddingError: ReportableError {
    public var report: ErrorReport {
        switch self {
        case .tooManyTokens(let input, let limit):
            ErrorReport(
                .unprocessable, code: "context_length_exceeded", "An input may have \(limit) tokens at most. Split it.",
                param: "input[\(input)]", details: ["limit_tokens": .integer(limit)])
        case .tooManyTokensTogether(let limit):
            ErrorReport(
                .unprocessable, code: "too_many_tokens",
                "All inputs together may have \(limit) tokens at most. Send several requests.", param: "input",
                details: ["limit_tokens": .integer(limit)])
        case .unknownToken(let input):
            ErrorReport(
                .unprocessable, code: "unknown_token",
                "A token isn't in the model's vocabulary. Tokens of other models don't fit; send text instead.",
                param: "input[\(input)]")
        case .tooManyDimensions(let limit):
            ErrorReport(
                .unprocessable, code: "too_many_dimensions", "The model's vectors have \(limit) dimensions at most.",
                param: "dimensions", details: ["limit": .integer(limit)])
        }
    }
}
