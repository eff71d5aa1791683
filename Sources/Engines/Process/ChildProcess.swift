import CProcess
import Foundation
import Synchronization

/// One running child: its output is kept in a ring, its end is reported once, its process group can be signalled.
///
/// A thread of its own reads the output and reaps the child. The group is killed before the child is reaped, while
/// its id can't belong to anybody else yet, so nothing it started inside its group outlives it.
final class ChildProcess: Sendable {
    let pid: pid_t
    let log: LogRing
    private let onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?
    /// Signals and reaping exclude each other: after reaping, the id may be a stranger's.
    private let isReaped = Mutex(false)

    private static let running = Mutex<[pid_t: ChildProcess]>([:])

    /// Starts a program.
    /// - Parameters:
    ///   - onOutput: gets what the child writes, as it comes, on the child's own thread.
    ///   - onExit: called once, on the child's own thread.
    /// - Throws: `LaunchFailure`.
    static func launch(
        executable: String, arguments: [String], environment: [String: String], directory: String?, log: LogRing,
        onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)? = nil, onExit: @escaping @Sendable (ExitStatus) -> Void
    ) async throws -> ChildProcess {
        try await withCheckedThrowingContinuation { continuation in
            LauncherThread.shared.perform {
                let result = Result {
                    try start(executable, [executable] + arguments, environment.map { "\($0)=\($1)" }, directory)
                }
                continuation.resume(
                    with: result.map { started in
                        let child = ChildProcess(pid: started.pid, log: log, onOutput: onOutput)
                        running.withLock { $0[child.pid] = child }
                        let thread = Thread { child.watch(started, onExit: onExit) }
                        thread.name = "martlet.child"
                        thread.stackSize = 256 << 10
                        thread.start()
                        return child
                    })
            }
        }
    }

    /// Kills every running child with its group, at once. For the very end of the process.
    static func killAll() {
        for child in running.withLock({ Array($0.values) }) { child.signal(SIGKILL) }
    }

    private init(pid: pid_t, log: LogRing, onOutput: (@Sendable (ArraySlice<UInt8>) -> Void)?) {
        self.pid = pid
        self.log = log
        self.onOutput = onOutput
    }

    /// Signals the child's whole group; does nothing once it has ended.
    func signal(_ number: Int32) {
        isReaped.withLock { if !$0 { _ = kill(-pid, number) } }
    }

    /// Bytes of memory it holds, `nil` once it has ended.
    var residentBytes: Int? {
        isReaped.withLock { isReaped in
            guard !isReaped, let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else {
                return nil
            }
            let fields = text.split(separator: " ")
            return fields.count > 1 ? Int(fields[1]).map { $0 * Int(getpagesize()) } : nil
        }
    }

    private static func start(
        _ executable: String, _ arguments: [String], _ environment: [String], _ directory: String?
    ) throws -> martlet_child_started {
        var started = martlet_child_started()
        let code = withCStrings(arguments) { arguments in
            withCStrings(environment) { environment in
                executable.withCString { path in
                    func start(_ directory: UnsafePointer<CChar>?) -> Int32 {
                        var child = martlet_child(
                            path: path, arguments: arguments, environment: environment, directory: directory)
                        return martlet_child_start(&child, &started)
                    }
                    guard let directory else { return start(nil) }
                    return directory.withCString { start($0) }
                }
            }
        }
        guard code == 0 else { throw LaunchFailure(code: code) }
        return started
    }

    private static func withCStrings<T>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> T
    ) -> T {
        var pointers = strings.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("an array of one or more has an address") }
            return body(UnsafePointer(base))
        }
    }

    private func watch(_ started: martlet_child_started, onExit: (ExitStatus) -> Void) {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var isOutputOpen = true
        while true {
            // Without a descriptor for its end, its end is looked for ten times a second.
            var waits = [
                pollfd(fd: isOutputOpen ? started.output : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: started.ended, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, 2, started.ended < 0 ? 100 : -1)
            // Looked at before reading, so that the last reading sees all it wrote.
            let hasEnded = martlet_child_has_ended(pid, 0) != 0
            isOutputOpen = isOutputOpen && drain(started.output, &buffer)
            if hasEnded { break }
        }
        var code: Int32 = 0
        var number: Int32 = 0
        isReaped.withLock { isReaped in
            _ = kill(-pid, SIGKILL)
            _ = martlet_child_reap(pid, &code, &number)
            isReaped = true
        }
        if started.ended >= 0 { close(started.ended) }
        close(started.output)
        Self.running.withLock { $0[pid] = nil }
        onExit(number != 0 ? .signal(number) : .code(code))
    }

    /// Reads what is there. A flood is cut after a while so that the child's end is seen. Returns whether more may come.
    private func drain(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Bool {
        for _ in 0..<64 {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                log.append(buffer[..<count])
                onOutput?(buffer[..<count])
            } else {
                return count < 0 && (errno == EAGAIN || errno == EINTR)
            }
        }
        return true
    }
}

/// The system couldn't start the program.
struct LaunchFailure: Error {
    let code: Int32

    /// Whether trying again can't help: it isn't there, or isn't a program we may run.
    var isPermanent: Bool { ![EAGAIN, ENOMEM, EMFILE, ENFILE, EINTR, ETXTBSY].contains(code) }
}
