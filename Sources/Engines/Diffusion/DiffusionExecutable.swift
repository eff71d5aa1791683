import Foundation
import Foundations

/// A `sd-server` program on this machine.
public struct DiffusionExecutable: Sendable, Equatable {
    public let url: URL

    /// Looks where the configuration says, else in `$MARTLET_HOME/engines`, else on `PATH`, and asks the program for its
    /// version to see that it runs.
    /// - Throws: `EndpointError.programMissing` when there is none, or the configured one isn't one.
    public static func find(
        configured: String?, home: MartletHome = MartletHome(),
        path: String? = ProcessInfo.processInfo.environment["PATH"]
    ) async throws -> DiffusionExecutable {
        let candidates = ProgramSearch.candidates(
            "sd-server", configured: configured, installed: home.engines.appending(path: "diffusion/bin/sd-server"), path: path)
        for candidate in candidates {
            let lines = try await ProgramSearch.lines(of: candidate, ["--version"]) ?? []
            if lines.contains(where: { $0.hasPrefix("stable-diffusion.cpp version") }) { return DiffusionExecutable(url: candidate) }
        }
        throw EndpointError.programMissing(name: "diffusion")
    }

    /// Whether it was built for a graphics processor of this machine. It lists its devices only on its way to load a model, so it is
    /// given one that isn't there.
    public func seesGraphicsProcessor() async throws -> Bool {
        let lines = try await ProgramSearch.lines(of: url, ["--verbose", "--model", "/nonexistent/model"], code: 1) ?? []
        return Self.namesGraphicsProcessor(lines)
    }

    /// `[DEBUG] util.cpp:716  - #0: CUDA0`; `CPU` is one of the devices too.
    package static func namesGraphicsProcessor(_ lines: [String]) -> Bool {
        lines.contains { line in
            guard let match = line.firstMatch(of: /- #\d+: (\w+)/) else { return false }
            return !match.output.1.uppercased().hasPrefix("CPU")
        }
    }
}
