import AsyncHTTPClient
import Foundation
import Foundations

/// Streams chats from any endpoint that speaks the OpenAI protocol
/// (https://platform.openai.com/docs/api-reference/chat-streaming): our own children, vLLM, other servers.
///
///     let client = try OpenAIClient(
///         name: "gpu", baseURL: "http://gpu:8000/v1", model: "qwen3-vl", dialect: .vllm, client: httpClient)
///     for try await events in try await client.stream(request, context: context) { … }
///
/// Cancelling the consuming task, or letting go of the stream, closes the connection, which makes the engine stop.
public struct OpenAIClient: Sendable {
    public let name: String
    public let model: String
    public let dialect: VisionDialect
    let limits: EngineLimits
    let exchange: EngineExchange

    /// - Parameters:
    ///   - name: the endpoint as operators know it; goes into messages.
    ///   - baseURL: up to and including `/v1`.
    ///   - model: the name the endpoint knows the model by.
    ///   - client: see `configuration` for the settings it should have.
    /// - Throws: `EndpointError.invalidURL`.
    public init(
        name: String, baseURL: String, apiKey: String? = nil, model: String,
        dialect: EndpointConfiguration.Dialect, limits: EngineLimits = EngineLimits(), client: HTTPClient
    ) throws {
        self.name = name
        self.model = model
        self.dialect = VisionDialect(dialect)
        self.limits = limits
        exchange = try EngineExchange(
            name: name, baseURL: baseURL, token: apiKey, idleTimeout: limits.idleTimeout, client: client)
    }

    /// Settings for the HTTP client: refused connections fail at once instead of being tried again, connections go
    /// back before llama-server's five seconds are over, and the pool never makes a request wait: lanes do.
    public static var configuration: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        configuration.timeout = .init(connect: .seconds(5))
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.idleTimeout = .seconds(3)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        return configuration
    }

    /// Asks for an answer. Returns when the endpoint has begun to answer.
    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`; the stream throws the same.
    public func stream(_ chat: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let comesWhole = dialect.comesWhole(chat)
        var request = exchange.request(
            .POST, "/chat/completions", json: dialect.body(for: chat, model: model), context)
        request.headers.add(name: "accept", value: comesWhole ? "application/json" : "text/event-stream")
        // A whole answer's first byte comes after its last token.
        let response = try await exchange.open(request, context, isPatient: comesWhole)
        // Some endpoints stream whatever they are asked for.
        if response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") == true {
            return exchange.events(
                response.body, ChatEventParser(name: name), limits: limits, deadline: context.deadline)
        }
        guard comesWhole,
            let events = ChatAnswerReader.events(
                of: try await exchange.document(response.body, limit: limits.maxAnswerBytes, context))
        else { throw EndpointError.protocolViolation(name: name) }
        return ChatStream { continuation in
            continuation.yield(events)
            continuation.finish()
        }
    }

    /// The names of the models the endpoint serves.
    /// - Throws: as `stream`.
    public func models(context: RequestContext) async throws -> [String] {
        let response = try await exchange.open(exchange.request(.GET, "/models", context), context)
        let list = try await exchange.document(response.body, limit: limits.maxEventBytes, within: .seconds(30), context)
        guard let data = list["data"]?.arrayValue else { throw EndpointError.protocolViolation(name: name) }
        return data.compactMap { $0["id"]?.stringValue }
    }

    /// Embeds texts.
    /// - Throws: as `stream`.
    public func embed(
        _ inputs: [EmbeddingInput], dimensions: Int?, context: RequestContext
    ) async throws -> EmbeddingBatch {
        let body = EmbeddingsExchange.body(inputs, dimensions: dimensions, model: model)
        let response = try await exchange.open(exchange.request(.POST, "/embeddings", json: body, context), context)
        let answer = try await exchange.collect(
            response.body, limit: limits.maxAnswerBytes, within: .seconds(30), context)
        guard let batch = EmbeddingsExchange.batch(answer, count: inputs.count) else {
            throw EndpointError.protocolViolation(name: name)
        }
        return batch
    }
}
