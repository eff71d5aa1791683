import AsyncHTTPClient
import Engines
import Foundations
import Logging

/// Finds llama-server when a model is first wanted, and keeps the supervisor of that model's process.
actor LlamaLaunch {
    private let options: LlamaServerOptions
    private let configured: String?
    private let home: MartletHome
    private let client: HTTPClient
    private let logger: Logger
    private var server: LlamaServer?
    /// The process has been ready since it was last stopped.
    private var hasBeenReady = false

    init(options: LlamaServerOptions, configured: String?, home: MartletHome, client: HTTPClient, logger: Logger) {
        self.options = options
        self.configured = configured
        self.home = home
        self.client = client
        self.logger = logger
    }

    /// - Throws: `EndpointError`, `DeadlineExceeded`, `CancellationError`.
    func start(by deadline: Deadline) async throws {
        if server == nil {
            let executable = try await LlamaExecutable.find(configured: configured, home: home)
            // Another caller may have come first while we looked.
            server = server ?? LlamaServer(executable: executable, options: options, client: client, logger: logger)
        }
        _ = try await server?.start(by: deadline)
        hasBeenReady = true
    }

    /// - Throws: as `start`; at once when the process has failed for good.
    func client(by deadline: Deadline) async throws -> OpenAIClient {
        guard let server else { throw EndpointError.programMissing(name: "llama") }
        return try await server.client(by: deadline)
    }

    func stop() async {
        hasBeenReady = false
        await server?.stop()
    }

    /// How the process is: one that comes back from a crash is gone, one that isn't needed yet is well.
    func probe() async -> PoolState.Probe {
        guard let server else { return .alive }
        switch await server.process.state {
        case .stopped, .stopping, .ready: return .alive
        case .starting: return hasBeenReady ? .gone : .alive
        case .restarting: return .gone
        case .failed: return .failed
        }
    }
}
