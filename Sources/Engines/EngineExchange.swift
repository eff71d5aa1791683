import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore
import NIOHTTP1

/// One way to ask an engine: who asks, how long an answer may take, what each fault is called, and asking once more where that is safe.
///
/// All its calls throw `EndpointError`, `DeadlineExceeded` and `CancellationError`.
struct EngineExchange: Sendable {
    /// The engine as operators know it; goes into messages.
    let name: String
    /// Without a slash at its end.
    let baseURL: String
    /// Sent as a bearer token.
    let token: String?
    /// The longest an engine may send nothing before its answer begins; `nil`: as long as the request may take.
    let idleTimeout: Duration?
    let client: HTTPClient

    /// - Throws: `EndpointError.invalidURL`.
    init(name: String, baseURL: String, token: String?, idleTimeout: Duration?, client: HTTPClient) throws {
        guard EndpointConfiguration.isAddress(baseURL) else { throw EndpointError.invalidURL(name: name) }
        self.name = name
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.token = token
        self.idleTimeout = idleTimeout
        self.client = client
    }

    /// A request to the engine.
    /// - Parameter path: from its first slash on.
    func request(_ method: HTTPMethod, _ path: String, _ context: RequestContext) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = method
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let trace = context.trace?.context {
            request.headers.add(name: "traceparent", value: trace.parent)
            if let state = trace.state { request.headers.add(name: "tracestate", value: state) }
        }
        request.headers.add(name: "x-request-id", value: context.id)
        return request
    }

    func request(_ method: HTTPMethod, _ path: String, json body: Data, _ context: RequestContext) -> HTTPClientRequest {
        var request = request(method, path, context)
        request.headers.add(name: "content-type", value: "application/json")
        request.body = .bytes(ByteBuffer(bytes: body))
        return request
    }

    /// Waits for the head of an answer, whatever its status.
    /// - Parameter isPatient: whether nothing may come for as long as the request may take.
    func send(
        _ request: HTTPClientRequest, _ context: RequestContext, isPatient: Bool = false
    ) async throws -> HTTPClientResponse {
        do {
            return try await execute(request, context, isPatient)
        } catch EndpointError.unavailable {
            // A kept connection may have been closed by the peer at the very moment it was used again. Not a byte of an
            // answer has come, so asking once more is safe; a peer that is really gone refuses at once.
            return try await execute(request, context, isPatient)
        }
    }

    /// Waits for the head of a good answer.
    func open(
        _ request: HTTPClientRequest, _ context: RequestContext, isPatient: Bool = false
    ) async throws -> HTTPClientResponse {
        let response = try await send(request, context, isPatient: isPatient)
        if response.status == .ok { return response }
        throw await failure(response, context).error(name: name, apiKey: token)
    }

    /// What an answer that isn't good says.
    func failure(_ response: HTTPClientResponse, _ context: RequestContext) async -> UpstreamFailure {
        let body = try? await collect(response.body, limit: 64 << 10, within: .seconds(30), context)
        return UpstreamFailure(
            status: Int(response.status.code), body: body.flatMap { try? JSONValue(parsing: $0) },
            retryAfter: Self.retryAfter(response.headers))
    }

    /// A whole body.
    /// - Parameter time: the longest it may take; `nil`: as long as the request may.
    func collect(
        _ body: HTTPClientResponse.Body, limit: Int, within time: Duration? = nil, _ context: RequestContext
    ) async throws -> Data {
        let deadline = time.map { context.deadline.capped(at: $0) } ?? context.deadline
        do {
            return try await withDeadline(deadline, waitingFor: "the endpoint") {
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

    /// A whole body of JSON.
    func document(
        _ body: HTTPClientResponse.Body, limit: Int, within time: Duration? = nil, _ context: RequestContext
    ) async throws -> JSONValue {
        let bytes = try await collect(body, limit: limit, within: time, context)
        guard let document = try? JSONValue(parsing: bytes) else { throw EndpointError.protocolViolation(name: name) }
        return document
    }

    /// - Throws: `EndpointError.unavailable` when the connection failed before an answer began; `silent`.
    private func execute(
        _ request: HTTPClientRequest, _ context: RequestContext, _ isPatient: Bool
    ) async throws -> HTTPClientResponse {
        let idle = isPatient ? nil : idleTimeout.map { Deadline.after($0) }
        let deadline = idle.map { min(context.deadline, $0) } ?? context.deadline
        do {
            return try await withDeadline(deadline, waitingFor: "the \(name) engine's answer") {
                try await client.execute(request, deadline: .distantFuture)
            }
        } catch is DeadlineExceeded where deadline < context.deadline {
            throw EndpointError.silent(name: name)
        } catch let error as DeadlineExceeded {
            throw error
        } catch {
            try Task.checkCancellation()
            throw EndpointError.unavailable(name: name, retryAfter: nil)
        }
    }

    /// `Retry-After` in seconds (RFC 9110, 10.2.3), at most an hour.
    private static func retryAfter(_ headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first(name: "retry-after"), let seconds = Int(text), seconds >= 0 else { return nil }
        return .seconds(min(seconds, 3600))
    }
}
