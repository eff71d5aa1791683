import AsyncHTTPClient
import Foundation
import Foundations
import Logging

/// One model in one supervised `sd-server`.
///
///     let server = DiffusionServer(executable: try await .find(configured: nil), options: options, client: http, logger: logger)
///     let client = try await server.start(by: .after(.seconds(60)))
///     let picture = try await client.generate(request, context: context, progress: nil)
///     await server.stop()
///
/// `sd-server` can't stop a picture that it has begun. One that nobody wants any more is let finish while that takes no longer than
/// loading the model anew, else the process is restarted. Until then `generate` doesn't return, so that the place in line stays taken
/// for as long as the engine is: the next request isn't sent into a busy engine.
public struct DiffusionServer: EngineServer {
    public let process: EngineProcess
    public let options: DiffusionServerOptions
    private let client: HTTPClient
    private let watch: DiffusionWatch

    /// What loading is taken to last before it was measured.
    private static let guessedStart: Duration = .seconds(10)
    private static let poll: Duration = .milliseconds(100)

    /// - Parameter client: with `OpenAIClient.configuration`.
    public init(executable: DiffusionExecutable, options: DiffusionServerOptions, client: HTTPClient, logger: Logger) {
        let watch = DiffusionWatch()
        var program = EngineProgram(name: "diffusion", executable: executable.url) { options.arguments(port: $0.port) }
        // It listens once its model is loaded.
        program.readinessPath = "/v1/models"
        program.mustOwnPort = true
        program.policy = options.policy
        program.diagnose = DiffusionDiagnosis.diagnose
        program.onOutput = { watch.take($0) }
        process = EngineProcess(program, client: client, logger: logger)
        self.options = options
        self.client = client
        self.watch = watch
    }

    public func connect(to address: EngineAddress) throws -> DiffusionClient {
        let (watch, steps) = (watch, options.steps)
        return try DiffusionClient(
            name: "diffusion", baseURL: address.baseURL, client: client,
            owner: DiffusionClient.Owner(
                begin: { watch.begin(steps: $0 ?? steps, progress: $1) }, end: { watch.end($0) },
                settle: { number, isBusy in await settle(number, address, isBusy) }))
    }

    /// Returns when the engine is free, or on its way to be.
    private func settle(_ number: Int?, _ address: EngineAddress, _ isBusy: @Sendable () async -> Bool) async {
        let reload = await process.startTook ?? Self.guessedStart
        let end = Deadline.after(reload)
        while await isBusy() {
            guard !end.isPast, (watch.rest(of: number) ?? .zero) <= reload else {
                // Not one that has been replaced meanwhile.
                if await process.state == .ready(address) { await process.restart() }
                return
            }
            try? await Task.sleep(for: Self.poll)
        }
    }
}
