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
        let candidates = ProgramSearch.candidates(
            "llama-server", configured: configured, installed: home.engines.appending(path: "llama/bin/llama-server"), path: path)
        for candidate in candidates {
            // `nil` when it isn't a llama-server.
            let version = try await ProgramSearch.lines(of: candidate, ["--version"])?.lazy
                .compactMap { $0.hasPrefix("version: ") ? String($0.dropFirst(9)) : nil }.first
            if let version { return LlamaExecutable(url: candidate, version: version) }
        }
        throw EndpointError.programMissing(name: "llama")
    }

    /// Whether it was built for a graphics processor of this machine.
    public func seesGraphicsProcessor() async throws -> Bool {
        let lines = try await ProgramSearch.lines(of: url, ["--list-devices"]) ?? []
        guard let heading = lines.firstIndex(where: { $0.hasPrefix("Available devices:") }) else { return false }
        // `  CUDA0: NVIDIA H100 (81 GiB, …)`, or `  (none)`.
        return lines[(heading + 1)...].contains { $0.hasPrefix("  ") && $0.contains(":") }
    }
}
