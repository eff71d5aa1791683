import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore
import NIOHTTP1
import Synchronization

/// Streams chats from any endpoint that speaks the OpenAI protocol
/// (https://platform.openai.com/docs/api-reference/chat-streaming): our own children, vLLM, other servers.
///
///     let client = try OpenAIClient(
///         name: "gpu", baseURL: "http://gpu:8000/v1", model: "qwen3-vl", dialect: .vllm, client: httpClient)
///     for try await event in try await client.stream(request, context: context) { … }
///
/// Cancelling the consuming task, or letting go of the stream, closes the connection, which makes the engine stop.
public struct OpenAIClient: Sendable {
    public struct Limits: Sendable {
        /// The longest an endpoint may send nothing at all, head of the answer included.
        public var idleTimeout: Duration = .seconds(180)
        /// Bytes of one event.
        public var maxEventBytes = 4 << 20
        /// Bytes of a whole answer.
        public var maxAnswerBytes = 64 << 20

        public init() {}
    }

    public let name: String
    public let model: String
    public let dialect: VisionDialect
    private let baseURL: String
    private let apiKey: String?
    private let limits: Limits
    private let client: HTTPClient

    /// - Parameters:
    ///   - name: the endpoint as operators know it; goes into messages.
    ///   - baseURL: up to and including `/v1`.
    ///   - model: the name the endpoint knows the model by.
    ///   - client: see `configuration` for the settings it should have.
    /// - Throws: `EndpointError.invalidURL`.
    public init(
        name: String, baseURL: String, apiKey: String? = nil, model: String,
        dialect: EndpointConfiguration.Dialect, limits: Limits = Limits(), client: HTTPClient
    ) throws {
        guard let url = URLComponents(string: baseURL), ["http", "https"].contains(url.scheme?.lowercased()),
            let host = url.host, !host.isEmpty
        else { throw EndpointError.invalidURL(name: name) }
        self.name = name
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.apiKey = apiKey
        self.model = model
        self.dialect = VisionDialect(dialect)
        self.limits = limits
        self.client = client
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
    public func stream(
        _ chat: ChatRequest, context: RequestContext
    ) async throws -> AsyncThrowingStream<ChatEvent, any Error> {
        var request = HTTPClientRequest(.POST, baseURL + "/chat/completions", token: apiKey, context)
        request.headers.add(name: "content-type", value: "application/json")
        request.headers.add(name: "accept", value: "text/event-stream")
        request.body = .bytes(ByteBuffer(bytes: dialect.body(for: chat, model: model)))
        let response = try await open(request, context)
        guard response.headers.first(name: "content-type")?.lowercased().hasPrefix("text/event-stream") == true else {
            throw EndpointError.protocolViolation(name: name)
        }
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: ChatEvent.self)
        // The stream's life is the task's: it ends when the reader does.
        let reading = Task {
            do {
                try await read(response.body, deadline: context.deadline) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }

    /// The names of the models the endpoint serves.
    /// - Throws: as `stream`.
    public func models(context: RequestContext) async throws -> [String] {
        let response = try await open(HTTPClientRequest(.GET, baseURL + "/models", token: apiKey, context), context)
        let body = try await collect(response.body, limit: limits.maxEventBytes, context)
        guard let data = (try? JSONValue(parsing: body))?["data"]?.arrayValue else {
            throw EndpointError.protocolViolation(name: name)
        }
        return data.compactMap { $0["id"]?.stringValue }
    }

    /// Embeds texts.
    /// - Throws: as `stream`.
    public func embed(
        _ inputs: [EmbeddingInput], dimensions: Int?, context: RequestContext
    ) async throws -> EmbeddingBatch {
        var request = HTTPClientRequest(.POST, baseURL + "/embeddings", token: apiKey, context)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: EmbeddingsExchange.body(inputs, dimensions: dimensions, model: model)))
        let response = try await open(request, context)
        let answer = try await collect(response.body, limit: limits.maxAnswerBytes, context)
        guard let batch = EmbeddingsExchange.batch(answer, count: inputs.count) else {
            throw EndpointError.protocolViolation(name: name)
        }
        return batch
    }

    /// Sends a request and waits for the head of a good answer.
    private func open(_ request: HTTPClientRequest, _ context: RequestContext) async throws -> HTTPClientResponse {
        let response: HTTPClientResponse
        do {
            response = try await execute(request, context)
        } catch EndpointError.unavailable {
            // A kept connection may have been closed by the peer at the very moment it was used again. Not a byte of an
            // answer has come, so asking once more is safe; a peer that is really gone refuses at once.
            response = try await execute(request, context)
        }
        if response.status == .ok { return response }
        let body = try? await collect(response.body, limit: 64 << 10, context)
        throw UpstreamFailure(
            status: Int(response.status.code), body: body.flatMap { try? JSONValue(parsing: $0) },
            retryAfter: Self.retryAfter(response.headers)
        ).error(name: name, apiKey: apiKey)
    }

    /// - Throws: `EndpointError.unavailable` when the connection failed before an answer began; `silent`.
    private func execute(_ request: HTTPClientRequest, _ context: RequestContext) async throws -> HTTPClientResponse {
        let idle = Deadline.after(limits.idleTimeout)
        do {
            return try await withDeadline(min(context.deadline, idle), waitingFor: "the model's answer") {
                try await client.execute(request, deadline: .distantFuture)
            }
        } catch is DeadlineExceeded where context.deadline > idle {
            throw EndpointError.silent(name: name)
        } catch let error as DeadlineExceeded {
            throw error
        } catch {
            try Task.checkCancellation()
            throw EndpointError.unavailable(name: name, retryAfter: nil)
        }
    }

    private func collect(_ body: HTTPClientResponse.Body, limit: Int, _ context: RequestContext) async throws -> Data {
        do {
            return try await withDeadline(context.deadline.capped(at: .seconds(30)), waitingFor: "the endpoint") {
                Data(try await body.collect(upTo: limit).readableBytesView)
            }
        } catch let error as DeadlineExceeded {
            throw error
        } catch is NIOTooManyBytesError {
            throw EndpointError.answerTooLarge(name: name, limit: limit)
        } catch {
            try Task.checkCancellation()
            throw EndpointError.died(name: name)
        }
    }

    private func read(
        _ body: HTTPClientResponse.Body, deadline: Deadline, _ yield: @escaping @Sendable (ChatEvent) -> Void
    ) async throws {
        let lastByte = LastActivity()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await parse(body, lastByte, yield) }
            group.addTask {
                while true {
                    let idle = Deadline(lastByte.instant + limits.idleTimeout)
                    try await Task.sleep(until: min(idle, deadline).instant, clock: .continuous)
                    if deadline.isPast { throw DeadlineExceeded(waitingFor: "the model's answer") }
                    if Deadline(lastByte.instant + limits.idleTimeout).isPast { throw EndpointError.silent(name: name) }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func parse(
        _ body: HTTPClientResponse.Body, _ lastByte: LastActivity, _ yield: @Sendable (ChatEvent) -> Void
    ) async throws {
        var parser = ChatEventParser(name: name, maxEventBytes: limits.maxEventBytes)
        var received = 0
        do {
            for try await chunk in body {
                lastByte.touch()
                received += chunk.readableBytes
                guard received <= limits.maxAnswerBytes else {
                    throw EndpointError.answerTooLarge(name: name, limit: limits.maxAnswerBytes)
                }
                try parser.feed(chunk.readableBytesView).forEach(yield)
                if parser.isFinished { return }
            }
        } catch let error as EndpointError {
            throw error
        } catch {
            try Task.checkCancellation()
            throw EndpointError.died(name: name)
        }
        try Task.checkCancellation()
        try parser.end().forEach(yield)
    }

    /// `Retry-After` in seconds (RFC 9110, 10.2.3), at most an hour.
    private static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first(name: "retry-after"), let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3600))
    }
}

/// When the last bytes came, for the watch over silence.
private final class LastActivity: Sendable {
    private let last = Mutex(ContinuousClock.now)
    var instant: ContinuousClock.Instant { last.withLock { $0 } }
    func touch() { last.withLock { $0 = .now } }
}
