import ArgumentParser
import Engines
import Foundation
import Foundations

struct TritonCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "triton", abstract: "Prepare models for a Triton server, check them, and load them there.",
        discussion: """
            `setup` and `validate` work on a model repository, a folder; the others talk to a running server, which must have been \
            started with --model-control-mode=explicit to load and unload models.

            Environment: TENSORRT_LLM_URL, TENSORRT_LLM_MODEL_REPOSITORY; MARTLET_ENDPOINT_KEY is sent as a bearer token.

            Exit codes: as everywhere; 2 also when `validate` finds an error or the server refuses, 3 when it isn't there.
            """,
        subcommands: [Setup.self, Validate.self, List.self, Load.self, Unload.self, Status.self, Switch.self])
}

/// Where a Triton server is.
struct TritonServerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The server's HTTP address. Default: $TENSORRT_LLM_URL, else http://127.0.0.1:8000.", valueName: "url"))
    var url: String?

    @Option(help: ArgumentHelp("Seconds that it may take.", valueName: "seconds"))
    var timeout = 300.0

    func validate() throws {
        guard timeout.isFinite, timeout > 0, timeout <= 86_400 else {
            throw ValidationError("--timeout takes from 0 to 86400 seconds.")
        }
    }

    /// Runs `body` with a client of the server; Ctrl-C cancels it.
    func connected<T: Sendable>(
        _ body: @escaping @Sendable (TritonClient, RequestContext) async throws -> T
    ) async throws -> T {
        let environment = ProcessInfo.processInfo.environment
        let address = url ?? environment["TENSORRT_LLM_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://127.0.0.1:8000"
        let token = environment["MARTLET_ENDPOINT_KEY"].flatMap { $0.isEmpty ? nil : $0 }
        let context = RequestContext(deadline: .after(.seconds(timeout)))
        return try await cancellingOnInterrupt {
            try await TritonClient.connected(to: address, token: token) { try await body($0, context) }
        }
    }
}

/// Where a model repository is.
struct TritonRepositoryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The model repository. Default: $TENSORRT_LLM_MODEL_REPOSITORY, else ./models.", valueName: "folder"))
    var repository: String?

    var folder: TritonRepository {
        let named = repository ?? ProcessInfo.processInfo.environment["TENSORRT_LLM_MODEL_REPOSITORY"].flatMap { $0.isEmpty ? nil : $0 }
        return TritonRepository(root: URL(fileURLWithPath: named ?? "models", isDirectory: true))
    }
}

extension ModelTemplate.Layout: ExpressibleByArgument {}
