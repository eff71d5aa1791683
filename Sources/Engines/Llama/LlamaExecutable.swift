import AsyncHTTPClient
import Foundation
import Foundations

/// A `llama-server` program on this machine.
public struct LlamaExecutable: Sendable, Equatable {
    public let url: URL
    /// What `--version` says: `0.5.0-dev (build 1, commit 0c1e570)`.
    public let version: String

    /// Looks where the configuration says, else in `$MARTLET_HOME/engines`, else on `PATH`, and asks the program for its
    /// version to see that it runs.
    /// - Throws: `EndpointError.programMissing` when there is none, or the configured one isn't one.
    public static func find(
        configured: String?, home: MartletHome = MartletHome(),
        path: String? = ProcessInfo.processInfo.environment["PATH"]
    ) async throws -> LlamaExecutable {
        for candidate in candidates(configured: configured, home: home, path: path)
        where FileManager.default.isExecutableFile(atPath: candidate.path) {
            if let version = try await version(of: candidate) { return LlamaExecutable(url: candidate, version: version) }
        }
        throw EndpointError.programMissing(name: "llama")
    }

    static func candidates(configured: String?, home: MartletHome, path: String?) -> [URL] {
        if let configured, !configured.isEmpty {
            return [URL(fileURLWithPath: (configured as NSString).expandingTildeInPath)]
        }
        let folders = (path ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
        return [home.engines.appending(path: "llama/bin/llama-server")]
            + folders.map { URL(fileURLWithPath: String($0)).appending(path: "llama-server") }
    }

    /// Whether it was built for a graphics processor of this machine.
    public func seesGraphicsProcessor() async throws -> Bool {
        let lines = try await Self.output(of: url, "--list-devices") ?? []
        guard let heading = lines.firstIndex(where: { $0.hasPrefix("Available devices:") }) else { return false }
        // `  CUDA0: NVIDIA H100 (81 GiB, …)`, or `  (none)`.
        return lines[(heading + 1)...].contains { $0.hasPrefix("  ") && $0.contains(":") }
    }

    /// `nil` when it isn't a llama-server, or doesn't answer within ten seconds.
    private static func version(of url: URL) async throws -> String? {
        try await output(of: url, "--version")?.lazy.compactMap { $0.hasPrefix("version: ") ? String($0.dropFirst(9)) : nil }
            .first
    }

    /// What the program prints with one option; `nil` when it can't be run, fails, or takes more than ten seconds.
    private static func output(of url: URL, _ option: String) async throws -> [String]? {
        let log = LogRing(maxLines: 50)
        let (ends, continuation) = AsyncStream.makeStream(of: ExitStatus.self)
        guard
            let child = try? await ChildProcess.launch(
                executable: url.path, arguments: [option], environment: EngineProgram.inheritedEnvironment(),
                directory: nil, log: log,
                onExit: {
                    continuation.yield($0)
                    continuation.finish()
                })
        else { return nil }
        defer { child.signal(SIGKILL) }
        let status = try? await withDeadline(.after(.seconds(10)), waitingFor: "the engine's version") {
            for await status in ends { return status }
            throw CancellationError()
        }
        try Task.checkCancellation()
        return status == .code(0) ? log.lines : nil
    }
}
