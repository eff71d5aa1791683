import AsyncHTTPClient
import Foundation
import Foundations

/// Talks to a Triton Inference Server over HTTP: health, the model repository, and text generation
/// (https://docs.nvidia.com/deeplearning/triton-inference-server, "HTTP/REST and GRPC Protocol" with the extensions for the model
/// repository and for generation). Tensors go through `inference`.
///
///     let models = try await TritonClient.connected(to: "http://gpu-box:8000") { try await $0.index(context: context) }
public struct TritonClient: Sendable {
    /// Bytes of an answer other than tensors.
    private static let maxDocumentBytes = 16 << 20
    /// Bounds of generated text.
    private static let textLimits = EngineLimits()
    /// How often a loading or unloading model is asked after: the protocol has no events for it.
    private static let pollInterval: Duration = .milliseconds(250)

    public let name: String
    /// The server's models as tensors in, tensors out.
    public let inference: OpenInferenceClient
    private let exchange: EngineExchange

    /// - Parameters:
    ///   - name: the server as operators know it; goes into messages.
    ///   - baseURL: without `/v2`.
    ///   - token: sent as a bearer token.
    ///   - maxAnswerBytes: larger tensor answers are an error.
    /// - Throws: `EndpointError.invalidURL`.
    public init(
        name: String, baseURL: String, token: String? = nil, maxAnswerBytes: Int = 64 << 20, client: HTTPClient
    ) throws {
        self.name = name
        // Loading a model may take as long as the caller gives it.
        exchange = try EngineExchange(name: name, baseURL: baseURL, token: token, idleTimeout: nil, client: client)
        inference = OpenInferenceClient(exchange, maxAnswerBytes: maxAnswerBytes)
    }

    /// Runs `body` with a client that has connections of its own, and closes them.
    public static func connected<T: Sendable>(
        to baseURL: String, token: String? = nil, _ body: (TritonClient) async throws -> T
    ) async throws -> T {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIClient.configuration)
        do {
            let result = try await body(try TritonClient(name: "triton", baseURL: baseURL, token: token, client: http))
            try await http.shutdown()
            return result
        } catch {
            try? await http.shutdown()
            throw error
        }
    }

    // MARK: Health

    /// Whether the server takes requests.
    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`, as all calls here.
    public func isReady(context: RequestContext) async throws -> Bool {
        try await isOK("/v2/health/ready", context)
    }

    /// Whether a model takes requests. Triton answers with 400 when it doesn't.
    public func isReady(model: String, context: RequestContext) async throws -> Bool {
        try await isOK("/v2/models/\(OpenInferenceClient.escaped(model))/ready", context)
    }

    private func isOK(_ path: String, _ context: RequestContext) async throws -> Bool {
        let response = try await exchange.send(exchange.request(.GET, path, context), context)
        // Read to its end, so that the connection can be used again.
        _ = try await exchange.collect(response.body, limit: Self.maxDocumentBytes, context)
        switch response.status.code {
        case 200: return true
        case 400..<500: return false
        default: throw EndpointError.unavailable(name: name, retryAfter: nil)
        }
    }

    /// Counts and times of a model's requests, as the server keeps them.
    public func statistics(of model: String, context: RequestContext) async throws -> JSONValue {
        let path = "/v2/models/\(OpenInferenceClient.escaped(model))/stats"
        let response = try await exchange.open(exchange.request(.GET, path, context), context)
        return try await exchange.document(response.body, limit: Self.maxDocumentBytes, context)
    }

    // MARK: Repository

    /// The models of the repository, whatever their state.
    public func index(onlyReady: Bool = false, context: RequestContext) async throws -> [TritonModel] {
        let body: JSONValue = onlyReady ? ["ready": true] : [:]
        let response = try await control("/v2/repository/index", body, nil, context)
        guard let list = response.arrayValue, let models = Self.all(list.map(TritonModel.init)) else {
            throw EndpointError.protocolViolation(name: name)
        }
        return models
    }

    /// Loads a model, or loads it anew, and returns when it is ready.
    /// - Parameters:
    ///   - configuration: used in place of the model's own configuration.
    ///   - files: used in place of the model's folder: contents by path (`1/model.onnx`). They need a configuration too.
    /// - Throws: `TritonError`.
    public func load(
        _ model: String, configuration: JSONValue? = nil, files: [String: Data] = [:], context: RequestContext
    ) async throws {
        var parameters: [String: JSONValue] = [:]
        if let configuration { parameters["config"] = .string(String(decoding: configuration.encoded(), as: UTF8.self)) }
        for (path, data) in files { parameters["file:\(path)"] = .string(data.base64EncodedString()) }
        let body: JSONValue = parameters.isEmpty ? [:] : ["parameters": .object(parameters)]
        _ = try await control("/v2/repository/models/\(OpenInferenceClient.escaped(model))/load", body, model, context)
        try await wait(for: "'\(model)' to become ready", context) { try await isReady(model: model, context: context) }
    }

    /// Unloads a model, and returns when it is out of memory.
    /// - Parameter dependents: also the models that an ensemble is made of.
    /// - Throws: `TritonError`.
    public func unload(_ model: String, dependents: Bool = false, context: RequestContext) async throws {
        let body: JSONValue = dependents ? ["parameters": ["unload_dependents": true]] : [:]
        _ = try await control("/v2/repository/models/\(OpenInferenceClient.escaped(model))/unload", body, model, context)
        try await wait(for: "'\(model)' to leave memory", context) {
            try await !index(context: context).contains { $0.name == model && [.ready, .unloading].contains($0.state) }
        }
    }

    /// Replaces models by another one: they leave memory, it comes in; when it can't, they come back.
    /// - Parameter sources: the models to leave; `nil`: the only one that is ready.
    /// - Returns: the models that were left.
    /// - Throws: `TritonError.switchFailed`, `whichToLeave`, and as `load`.
    public func switchModel(from sources: [String]?, to target: String, context: RequestContext) async throws -> [String] {
        let models = try await index(context: context)
        guard models.contains(where: { $0.name == target }) else { throw TritonError.noSuchModel(target) }
        let ready = Set(models.filter { $0.state == .ready && $0.name != target }.map(\.name)).sorted()
        if let missing = sources?.first(where: { source in !models.contains { $0.name == source } }) {
            throw TritonError.noSuchModel(missing)
        }
        let leaving = sources.map { $0.filter(ready.contains) } ?? ready
        guard sources != nil || leaving.count <= 1 else { throw TritonError.whichToLeave(leaving) }
        do {
            for model in leaving { try await unload(model, context: context) }
            try await load(target, context: context)
        } catch {
            // In a task of its own: also when the one who asked has left or ran out of time.
            let restored = await Task { await restore(leaving, after: target) }.value
            if error is CancellationError || leaving.isEmpty { throw error }
            throw TritonError.switchFailed(to: target, back: restored ? leaving : [], cause: ErrorReport(error))
        }
        return leaving
    }

    /// - Returns: whether all of them answer again.
    private func restore(_ models: [String], after target: String) async -> Bool {
        let context = RequestContext(deadline: .after(.seconds(300)))
        do {
            // What came in of the new one may hold the memory that the old ones need.
            if try await isReady(model: target, context: context) { try await unload(target, context: context) }
            for model in models where try await !isReady(model: model, context: context) {
                try await load(model, context: context)
            }
            return true
        } catch {
            return false
        }
    }

    private func wait(for what: String, _ context: RequestContext, _ condition: () async throws -> Bool) async throws {
        while try await !condition() {
            if context.deadline.isPast { throw DeadlineExceeded(waitingFor: what) }
            try await Task.sleep(for: Self.pollInterval)
        }
    }

    /// - Parameter model: the one it is about.
    private func control(
        _ path: String, _ body: JSONValue, _ model: String?, _ context: RequestContext
    ) async throws -> JSONValue {
        let response = try await exchange.send(exchange.request(.POST, path, json: body.encoded(), context), context)
        if response.status == .ok {
            let bytes = try await exchange.collect(response.body, limit: Self.maxDocumentBytes, context)
            return bytes.isEmpty ? .null : (try? JSONValue(parsing: bytes)) ?? .null
        }
        let failure = await exchange.failure(response, context)
        // The server's own refusals come with any status: 503 where control is off, 500 for a model that can't be loaded.
        guard ![401, 403].contains(failure.status), let reason = failure.body?["error"]?.stringValue
        else { throw failure.error(name: name, apiKey: exchange.token) }
        throw TritonError(refusal: reason, of: model)
    }

    private static func all<T>(_ values: [T?]) -> [T]? {
        values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    // MARK: Text

    /// Generates text, and gives it whole.
    /// - Parameter fields: the model's inputs and parameters by name (`text_input`, `max_tokens`, …).
    public func generate(_ model: String, _ fields: JSONValue, context: RequestContext) async throws -> String {
        let response = try await exchange.open(generation(model, "generate", fields, context), context)
        let answer = try await exchange.document(response.body, limit: Self.textLimits.maxAnswerBytes, context)
        guard let text = answer["text_output"]?.stringValue else { throw EndpointError.protocolViolation(name: name) }
        return text
    }

    /// Generates text piece by piece, up to the first of some words.
    ///
    /// Letting go of the stream closes the connection, which makes the server stop.
    public func generateStream(
        _ model: String, _ fields: JSONValue, stops: [String], context: RequestContext
    ) async throws -> ChatStream {
        var request = generation(model, "generate_stream", fields, context)
        request.headers.add(name: "accept", value: "text/event-stream")
        let response = try await exchange.open(request, context)
        return exchange.events(
            response.body, GenerateEventParser(name: name, stops: stops), limits: Self.textLimits, deadline: context.deadline)
    }

    private func generation(
        _ model: String, _ verb: String, _ fields: JSONValue, _ context: RequestContext
    ) -> HTTPClientRequest {
        exchange.request(.POST, "/v2/models/\(OpenInferenceClient.escaped(model))/\(verb)", json: fields.encoded(), context)
    }
}
