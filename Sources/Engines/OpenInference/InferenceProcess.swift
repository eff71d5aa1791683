import AsyncHTTPClient
import Foundation
import Foundations
import Logging

/// One model in a program of its user's: a supervised child that speaks the Open Inference Protocol over REST on the
/// loopback port it is given.
///
/// The child learns its part from its environment: `HANDLER_PORT`, `HANDLER_MODEL` (the name it is asked by) and
/// `HANDLER_KEY` (the bearer token that every request carries). It is ready when `/v2/health/ready` answers 200.
public actor InferenceProcess {
    public nonisolated let process: EngineProcess
    private let model: String
    private let maxAnswerBytes: Int
    private let client: HTTPClient
    /// Whether the child's present life takes binary data; asked once per life.
    private var binary: (address: EngineAddress, isTaken: Bool)?

    /// - Parameters:
    ///   - model: the name callers and the child know the model by.
    ///   - executable: run in its own folder.
    public init(
        model: String, executable: URL, startTimeout: Duration, maxAnswerBytes: Int, client: HTTPClient, logger: Logger
    ) {
        var program = EngineProgram(name: model, executable: executable) { _ in [] }
        program.environment = {
            ["HANDLER_PORT": String($0.port), "HANDLER_KEY": $0.apiKey, "HANDLER_MODEL": model]
        }
        program.directory = executable.deletingLastPathComponent()
        program.readinessPath = "/v2/health/ready"
        program.policy.startTimeout = startTimeout
        process = EngineProcess(program, client: client, logger: logger)
        self.model = model
        self.maxAnswerBytes = maxAnswerBytes
        self.client = client
    }

    /// What the model says about itself. Starts the child when it isn't up.
    /// - Throws: as `EngineProcess.address`, and `EndpointError`.
    public func metadata(context: RequestContext) async throws -> InferenceMetadata {
        try await client(at: try await process.address(by: context.deadline)).metadata(of: model, context: context)
    }

    /// Asks the model. Starts the child when it isn't up.
    public func infer(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        let address = try await process.address(by: context.deadline)
        let client = try client(at: address)
        return try await client.infer(
            request, model: model, binary: takesBinary(client, address, context), context: context)
    }

    private func takesBinary(
        _ client: OpenInferenceClient, _ address: EngineAddress, _ context: RequestContext
    ) async throws -> Bool {
        if let binary, binary.address == address { return binary.isTaken }
        let isTaken = try await client.extensions(context: context).contains(OpenInferenceClient.binaryExtension)
        binary = (address, isTaken)
        return isTaken
    }

    private func client(at address: EngineAddress) throws -> OpenInferenceClient {
        try OpenInferenceClient(
            name: model, baseURL: address.baseURL, token: address.apiKey, maxAnswerBytes: maxAnswerBytes, client: client)
    }
}
