import Foundation
import Foundations

/// Runs a program that nobody vouches for: without network, without the machine's files but those it is given, without the server's
/// environment, and bounded in time, memory, files and output. Bubblewrap makes the walls; without them nothing runs.
public struct Sandbox: Sendable {
    /// A folder or file of the machine as the program sees it.
    public struct Mount: Sendable, Equatable {
        public var source: String
        public var target: String
        public var isWritable: Bool

        public init(_ source: String, at target: String, isWritable: Bool = false) {
            self.source = source
            self.target = target
            self.isWritable = isWritable
        }
    }

    public var mounts: [Mount]
    public var limits: SandboxLimits
    /// All that the program sees of an environment, beside `PATH` and `HOME`.
    public var environment: [String: String]
    /// Where the program starts, as it sees it.
    public var workingDirectory: String

    public init(mounts: [Mount] = [], limits: SandboxLimits = SandboxLimits(), environment: [String: String] = [:], workingDirectory: String = "/tmp") {
        self.mounts = mounts
        self.limits = limits
        self.environment = environment
        self.workingDirectory = workingDirectory
    }

    private static let program = "/usr/bin/bwrap"
    private static let threads = WorkerThreads(name: "sandbox", width: 4)

    /// Whether this machine has what makes the walls.
    public static func isAvailable() -> Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Makes walls once, to see whether it works here.
    /// - Throws: `SandboxError`.
    public static func check() async throws { _ = try await Sandbox().run(["/bin/true"]) }

    /// Runs a command to its end. Cancelling the task ends the program with all that it started.
    /// - Parameters:
    ///   - command: the program, as it is found inside, and its arguments.
    ///   - input: what it reads.
    /// - Throws: `SandboxError` when the walls can't be made here, `CancellationError`.
    public func run(_ command: [String], input: Data = Data()) async throws -> SandboxResult {
        guard Self.isAvailable() else { throw SandboxError.unavailable(reason: "bubblewrap isn't installed") }
        let started = ContinuousClock.now
        // Said inside, before the program: whatever the program itself says, it can't look as if the walls had failed.
        let word = Data((SecretText.random() + "\n").utf8)
        let process = ShortProcess(
            Self.program,
            arguments + ["/bin/sh", "-c", "\(bounds); printf %s \"$0\"; exec \"$@\"", String(decoding: word, as: UTF8.self)] + command, takesInput: true)
        let result = try await process.run(input, timeout: limits.wallClock, maxOutput: word.count + limits.output, on: Self.threads)
        guard result.output.starts(with: word) || result.ranOutOfTime else { throw SandboxError.unavailable(reason: result.errors) }
        return SandboxResult(
            ending: ending(result), code: result.code, output: Data(result.output.dropFirst(word.count)), errors: Data(result.errors.utf8),
            wallTime: ContinuousClock.now - started)
    }

    /// The kernel watches over these, for each process. Descriptors are bounded first: the shell that sets the bounds has few.
    private var bounds: String {
        let seconds = max(1, Int((limits.cpu / .seconds(1)).rounded(.up)))
        // A second more for the hard bound: the soft one's signal tells what ended the program. Files are counted in blocks of 512 bytes.
        return "ulimit -c 0; ulimit -n \(limits.openFiles); ulimit -f \(limits.fileSize >> 9); ulimit -v \(limits.memory >> 10); "
            + "ulimit -St \(seconds); ulimit -Ht \(seconds + 1)"
    }

    private func ending(_ result: ShortProcess.Result) -> SandboxResult.Ending {
        if result.ranOutOfTime { return .timeLimit }
        return switch result.code {
        case 128 + SIGXCPU: .cpuLimit
        case 128 + SIGXFSZ: .diskLimit
        default: .exited
        }
    }

    private var arguments: [String] {
        var arguments = [
            "--unshare-all", "--unshare-user", "--disable-userns", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--proc", "/proc", "--dev", "/dev", "--size", String(limits.scratch), "--tmpfs", "/tmp",
        ]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { arguments += ["--setenv", name, value] }
        for mount in mounts { arguments += [mount.isWritable ? "--bind" : "--ro-bind", mount.source, mount.target] }
        return arguments + ["--chdir", workingDirectory]
    }
}
