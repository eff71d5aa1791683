import Foundation
import Foundations

/// Finds an engine's program on this machine, and asks it short questions.
enum ProgramSearch {
    /// The executable files that may be it, best first: the configured one alone, else ours, then those on `PATH`.
    static func candidates(_ name: String, configured: String?, installed: URL, path: String?) -> [URL] {
        let places: [URL]
        if let configured, !configured.isEmpty {
            places = [URL(fileURLWithPath: (configured as NSString).expandingTildeInPath)]
        } else {
            let folders = (path ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
            places = [installed] + folders.map { URL(fileURLWithPath: String($0)).appending(path: name) }
        }
        return places.filter { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// What a program prints with some options; `nil` when it can't be run, ends with another code than `code`, or takes more than
    /// ten seconds.
    static func lines(of program: URL, _ arguments: [String], code: Int32 = 0) async throws -> [String]? {
        let log = LogRing(maxLines: 200)
        let (ends, continuation) = AsyncStream.makeStream(of: ExitStatus.self)
        guard
            let child = try? await ChildProcess.launch(
                executable: program.path, arguments: arguments, environment: EngineProgram.inheritedEnvironment(),
                directory: nil, log: log,
                onExit: {
                    continuation.yield($0)
                    continuation.finish()
                })
        else { return nil }
        defer { child.signal(SIGKILL) }
        let status = try? await withDeadline(.after(.seconds(10)), waitingFor: "the engine's answer") {
            for await status in ends { return status }
            throw CancellationError()
        }
        try Task.checkCancellation()
        return status == .code(code) ? log.lines : nil
    }
}
