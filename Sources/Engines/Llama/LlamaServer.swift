import AsyncHTTPClient
import Foundation
import Foundations
import Logging

/// One model in one supervised `llama-server`.
///
///     let server = LlamaServer(executable: try await .find(configured: nil), options: options, client: http, logger: logger)
///     let client = try await server.start(by: .after(.seconds(60)))
///     for try await event in try await client.stream(request, context: context) { … }
///     await server.stop()
public struct LlamaServer: EngineServer {
    public let process: EngineProcess
    public let options: LlamaServerOptions
    private let client: HTTPClient

    /// - Parameter client: with `OpenAIClient.configuration`.
    public init(executable: LlamaExecutable, options: LlamaServerOptions, client: HTTPClient, logger: Logger) {
        var program = EngineProgram(name: "llama", executable: executable.url) { options.arguments(port: $0.port) }
        program.environment = { ["LLAMA_API_KEY": $0.apiKey] }
        program.policy = options.policy
        program.diagnose = LlamaDiagnosis.diagnose
        process = EngineProcess(program, client: client, logger: logger)
        self.options = options
        self.client = client
    }

    public func connect(to address: EngineAddress) throws -> OpenAIClient {
        try OpenAIClient(
            name: "llama", baseURL: address.baseURL + "/v1", apiKey: address.apiKey, model: options.alias,
            dialect: .llama, client: client)
    }
}
