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
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = arguments + ["/bin/sh", "-c", "ulimit -v \(memory >> 10); ulimit -f 8388608; exec \"$@\"", "sh"] + command
        process.environment = [:]
        process.standardInput = FileHandle.nullDevice
        let box = ProcessBox(process)
        return try await withTaskCancellationHandler {
            try await Self.threads.run { [timeout, maxOutput] in try box.run(timeout: timeout, maxOutput: maxOutput) }
        } onCancel: {
            box.end()
        }
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

/// One run.
// Safe to share: the process is started by one thread; ending it is safe from any.
private final class ProcessBox: @unchecked Sendable {
    private let process: Process
    private let lock = NSLock()
    private var isEnded = false

    init(_ process: Process) { self.process = process }

    func end() {
        lock.withLock {
            isEnded = true
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    func run(timeout: Duration, maxOutput: Int) throws -> Sandbox.Result? {
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let wasEnded = try lock.withLock {
            if !isEnded { try process.run() }
            return isEnded
        }
        if wasEnded { throw CancellationError() }
        let timer = DispatchWorkItem { self.end() }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeout / .seconds(1), execute: timer)
        let group = DispatchGroup()
        let (first, second) = (Collected(), Collected())
        for (pipe, collected) in [(output, first), (errors, second)] {
            group.enter()
            let handle = pipe.fileHandleForReading
            DispatchQueue.global().async {
                while let data = try? handle.read(upToCount: 1 << 16), !data.isEmpty { collected.add(data, limit: maxOutput) }
                group.leave()
            }
        }
        process.waitUntilExit()
        group.wait()
        let ranOut = !timer.isCancelled && lock.withLock { isEnded }
        timer.cancel()
        if second.text.hasPrefix("bwrap: ") { return nil }
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Sandbox.Result(code: code, output: first.text, errors: second.text, ranOutOfTime: ranOut)
    }
}

// Safe to share: the data are touched under the lock.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var data = Data()

    func add(_ more: Data, limit: Int) { lock.withLock { data += more.prefix(max(0, limit - data.count)) } }

    var text: String { lock.withLock { String(decoding: data, as: UTF8.self) } }
}
