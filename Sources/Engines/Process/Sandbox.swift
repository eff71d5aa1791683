import Foundation
import Foundations

/// Runs a program that handles what nobody vouches for: without network, without the machine's files but those it is given, without the
/// server's environment, and bounded in time, memory and output. Bubblewrap makes the walls.
public struct Sandbox: Sendable {
    /// A folder or file of the machine as the program sees it.
    public struct Mount: Sendable {
        public var source: String
        public var target: String
        public var isWritable: Bool

        public init(_ source: String, at target: String, isWritable: Bool = false) {
            self.source = source
            self.target = target
            self.isWritable = isWritable
        }
    }

    public struct Result: Sendable {
        /// The program's exit code; 128 and more: a signal ended it.
        public var code: Int32
        public var output: String
        public var errors: String
        public var ranOutOfTime: Bool
    }

    public var mounts: [Mount]
    public var timeout: Duration
    /// Bytes of memory that the program may map.
    public var memory: Int
    /// Bytes that are kept of its output, and of its errors.
    public var maxOutput = 1 << 20

    public init(mounts: [Mount], timeout: Duration, memory: Int) {
        self.mounts = mounts
        self.timeout = timeout
        self.memory = memory
    }

    private static let program = "/usr/bin/bwrap"
    private static let threads = WorkerThreads(name: "sandbox", width: 4)

    /// Whether this machine has what makes the walls.
    public static func isAvailable() -> Bool { FileManager.default.isExecutableFile(atPath: program) }

    /// Runs a command to its end. Cancelling the task ends the program.
    /// - Returns: `nil` when the walls can't be made here.
    public func run(_ command: [String]) async throws -> Result? {
        let process = ShortProcess(
            Self.program, arguments + ["/bin/sh", "-c", "ulimit -v \(memory >> 10); ulimit -f 8388608; exec \"$@\"", "sh"] + command)
        let result = try await process.run(timeout: timeout, maxOutput: maxOutput, on: Self.threads)
        if result.errors.hasPrefix("bwrap: ") { return nil }
        return Result(
            code: result.code, output: String(decoding: result.output, as: UTF8.self), errors: result.errors, ranOutOfTime: result.ranOutOfTime)
    }

    private var arguments: [String] {
        var arguments = [
            "--unshare-all", "--die-with-parent", "--new-session", "--clearenv", "--setenv", "PATH", "/usr/bin:/bin", "--setenv", "HOME", "/tmp",
            "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
            "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--chdir", "/tmp",
        ]
        for mount in mounts { arguments += [mount.isWritable ? "--bind" : "--ro-bind", mount.source, mount.target] }
        return arguments
    }
}
