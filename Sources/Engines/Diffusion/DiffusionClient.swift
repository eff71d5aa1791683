import AsyncHTTPClient
import Foundation
import Foundations

/// Has pictures made by stable-diffusion.cpp's `sd-server` (https://github.com/leejet/stable-diffusion.cpp, examples/server).
///
/// Of its three ways to ask, jobs are the one where the seed can be given and the prompt is nothing but words. It works on one job at a
/// time, and can't stop one that it has begun: whoever leaves in the middle has it finish for nobody, unless the process is ours to end.
public struct DiffusionClient: Sendable {
    /// Whoever runs the process behind it.
    struct Owner: Sendable {
        /// A picture of so many steps is begun; gives its number.
        var begin: @Sendable (_ steps: Int?, ProgressHandler?) -> Int?
        var end: @Sendable (Int?) -> Void
        /// Nobody wants the picture any more: returns when the engine is free for the next one. The last parameter tells whether it
        /// still works on it.
        var settle: @Sendable (Int?, @Sendable () async -> Bool) async -> Void
    }

    private let name: String
    private let owner: Owner?
    private let exchange: EngineExchange
    private let limits = EngineLimits()

    private static let polls: (first: Duration, longest: Duration) = (.milliseconds(50), .milliseconds(500))

    /// - Parameter baseURL: without a path.
    /// - Throws: `EndpointError.invalidURL`.
    public init(name: String, baseURL: String, apiKey: String? = nil, client: HTTPClient) throws {
        try self.init(name: name, baseURL: baseURL, apiKey: apiKey, client: client, owner: nil)
    }

    init(name: String, baseURL: String, apiKey: String? = nil, client: HTTPClient, owner: Owner?) throws {
        self.name = name
        self.owner = owner
        exchange = try EngineExchange(name: name, baseURL: baseURL, token: apiKey, idleTimeout: limits.idleTimeout, client: client)
    }

    /// Makes one picture.
    /// - Parameter progress: gets the sampler's steps (`paint`) where the process is ours: an endpoint doesn't tell them.
    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`.
    public func generate(_ image: ImageRequest, context: RequestContext, progress: ProgressHandler?) async throws -> GeneratedImage {
        try Task.checkCancellation()
        let number = owner?.begin(image.steps, progress)
        defer { owner?.end(number) }
        // Of our own process in a task of its own: once the request is on its way, only the job's id lets us take it back.
        let id = owner == nil ? try await begin(image, context) : try await Task { try await begin(image, context) }.value
        do {
            return try await picture(of: id, context)
        } catch {
            // In a task of its own, as this one may be cancelled: one that still waits there is taken out of the line.
            await Task {
                _ = try? await cancel(id)
                await owner?.settle(number) { await isBusy(with: id) }
            }.value
            throw error
        }
    }

    private func begin(_ image: ImageRequest, _ context: RequestContext) async throws -> String {
        let request = exchange.request(.POST, "/sdcpp/v1/img_gen", json: Self.body(image).encoded(), context)
        let accepted = try await exchange.send(request, context)
        guard [200, 202].contains(accepted.status.code) else {
            throw await exchange.failure(accepted, context).error(name: name, apiKey: nil)
        }
        let begun = try await exchange.document(accepted.body, limit: limits.maxEventBytes, within: .seconds(30), context)
        guard let id = begun["id"]?.stringValue, id.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }) else {
            throw EndpointError.protocolViolation(name: name)
        }
        return id
    }

    /// Whether it still works on a job; not when it doesn't answer.
    private func isBusy(with id: String) async -> Bool {
        let context = RequestContext(deadline: .after(.seconds(5)))
        guard let response = try? await exchange.open(exchange.request(.GET, "/sdcpp/v1/jobs/\(id)", context), context),
            let job = try? await exchange.document(response.body, limit: limits.maxAnswerBytes, context)
        else { return false }
        return ["queued", "generating"].contains(job["status"]?.stringValue)
    }

    /// Whether it answers; it listens only once its model is loaded.
    /// - Throws: as `generate`.
    public func isReady(context: RequestContext) async throws -> Bool {
        let response = try await exchange.open(exchange.request(.GET, "/v1/models", context), context)
        _ = try await exchange.document(response.body, limit: limits.maxEventBytes, within: .seconds(30), context)
        return true
    }

    private func picture(of id: String, _ context: RequestContext) async throws -> GeneratedImage {
        var pause = Self.polls.first
        while true {
            try await Task.sleep(for: min(pause, max(.zero, context.deadline.remaining)))
            guard !context.deadline.isPast else { throw DeadlineExceeded(waitingFor: "the \(name) engine's picture") }
            pause = min(pause * 1.5, Self.polls.longest)
            let response = try await exchange.open(exchange.request(.GET, "/sdcpp/v1/jobs/\(id)", context), context)
            let job = try await exchange.document(response.body, limit: limits.maxAnswerBytes, context)
            switch job["status"]?.stringValue {
            case "queued", "generating": continue
            case "completed":
                guard let text = job["result"]?["images"]?.arrayValue?.first?["b64_json"]?.stringValue, let file = Data(base64Encoded: text) else {
                    throw EndpointError.protocolViolation(name: name)
                }
                return GeneratedImage(file: file)
            case "failed", "cancelled": throw EndpointError.failed(name: name)
            default: throw EndpointError.protocolViolation(name: name)
            }
        }
    }

    private func cancel(_ id: String) async throws {
        let context = RequestContext(deadline: .after(.seconds(5)))
        let response = try await exchange.send(exchange.request(.POST, "/sdcpp/v1/jobs/\(id)/cancel", context), context)
        _ = try await exchange.collect(response.body, limit: 1 << 20, context)
    }

    private static func body(_ image: ImageRequest) -> JSONValue {
        var sampling: [String: JSONValue] = [:]
        if let steps = image.steps { sampling["sample_steps"] = .integer(steps) }
        // 1 is no guidance there; less would turn away from the prompt.
        if let guidance = image.guidance { sampling["guidance"] = ["txt_cfg": .number(max(1, guidance))] }
        var body: [String: JSONValue] = [
            "prompt": .string(escaped(image.prompt)), "width": .integer(image.size.width), "height": .integer(image.size.height),
            "seed": .integer(Int(image.seed)), "batch_count": 1, "output_format": "png", "embed_image_metadata": false,
            "sample_params": .object(sampling),
        ]
        if let negative = image.negativePrompt { body["negative_prompt"] = .string(escaped(negative)) }
        return .object(body)
    }

    /// Brackets would change how much the words between them count.
    private static func escaped(_ words: String) -> String {
        String(words.flatMap { "()[]\\".contains($0) ? ["\\", $0] : [$0] })
    }
}
