import Foundation
import Foundations

/// Runs a program that nobody vouches for: without network, without the machine's files but those it is given, without the server's
/// environment, and bounded in time, memory, processes, files and output. Bubblewrap makes the walls; without them nothing runs.
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

    /// Runs a command to its end. Cancelling the task ends the program with all that it started.
    /// - Parameters:
    ///   - command: the program, as it is found inside, and its arguments.
    ///   - input: what it reads.
    /// - Throws: `SandboxError` when the walls can't be made here, `CancellationError`.
    public func run(_ command: [String], input: Data = Data()) async throws -> SandboxResult {
        let started = ContinuousClock.now
        let process = ShortProcess(
            Self.program, arguments + ["/bin/sh", "-c", "ulimit -v \(limits.memory >> 10); ulimit -f 8388608; exec \"$@\"", "sh"] + command,
            takesInput: true)
        let result = try await process.run(input, timeout: limits.wallClock, maxOutput: limits.output, on: Self.threads)
        if result.errors.hasPrefix("bwrap: ") { throw SandboxError.unavailable(reason: result.errors) }
        return SandboxResult(
            ending: result.ranOutOfTime ? .timeLimit : .exited, code: result.code, output: result.output, errors: Data(result.errors.utf8),
            usage: SandboxUsage(wallTime: ContinuousClock.now - started))
    }

    private var arguments: [String] {
        var arguments = [
            "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp",
        ]
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) { arguments += ["--setenv", name, value] }
        for mount in mounts { arguments += [mount.isWritable ? "--bind" : "--ro-bind", mount.source, mount.target] }
        return arguments + ["--chdir", workingDirectory]
    }
}
