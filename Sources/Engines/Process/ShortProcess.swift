import Foundation
import Foundations

/// One run of a program that ends by itself: its input is given whole, its output is taken up to a bound.
// Safe to share: the process is started by one thread; ending it is safe from any.
final class ShortProcess: @unchecked Sendable {
    struct Result: Sendable {
        /// 128 and more: a signal ended it.
        var code: Int32
        var output: Data
        var errors: String
        var ranOutOfTime: Bool
    }

    private let process = Process()
    private let feed: Pipe?
    private let (output, errors) = (Pipe(), Pipe())
    private let exited = DispatchSemaphore(value: 0)
    private let lock = NSLock()
    /// A program that is gone before it has read its input is an error, not the end of this one.
    private static let survivesClosedPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    private var isStarted = false
    private var isEnded = false

    /// - Parameters:
    ///   - environment: all that the program sees of it.
    ///   - takesInput: whether it gets input; without, it reads nothing.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], takesInput: Bool = false) {
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        feed = takesInput ? Pipe() : nil
    }

    /// One that was started and never run doesn't stay.
    deinit { end() }

    /// Starts the program ahead of time: it waits for its input.
    /// - Throws: `CancellationError`; why it couldn't be started.
    func start(on threads: WorkerThreads) async throws { try await threads.run { try self.start() } }

    /// Runs the program on one of `threads`. Cancelling the task ends it.
    /// - Parameter input: of a program that takes it: all of it.
    /// - Throws: `CancellationError`; why it couldn't be started.
    func run(_ input: Data = Data(), timeout: Duration, maxOutput: Int, on threads: WorkerThreads) async throws -> Result {
        try await withTaskCancellationHandler {
            try await threads.run { try self.run(input, timeout: timeout, maxOutput: maxOutput) }
        } onCancel: {
            end()
        }
    }

    private func end() {
        lock.withLock {
            isEnded = true
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
    }

    private func start() throws {
        Self.survivesClosedPipes
        try lock.withLock {
            if isEnded { throw CancellationError() }
            if isStarted { return }
            process.standardOutput = output
            process.standardError = errors
            process.standardInput = feed ?? FileHandle.nullDevice
            // No other child may hold the end that tells this one that its input is over.
            if let feed { _ = fcntl(feed.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC) }
            // `waitUntilExit` looks only now and then whether the process has ended.
            process.terminationHandler = { [exited] _ in exited.signal() }
            // This thread may hold signals off; the program would inherit that, and neither a bound on its time nor its own signals would end it.
            var (none, own) = (sigset_t(), sigset_t())
            sigemptyset(&none)
            pthread_sigmask(SIG_SETMASK, &none, &own)
            defer { pthread_sigmask(SIG_SETMASK, &own, nil) }
            try process.run()
            isStarted = true
        }
    }

    private func run(_ input: Data, timeout: Duration, maxOutput: Int) throws -> Result {
        try start()
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
        if let feed {
            // A program that doesn't read to the end is no fault of ours.
            try? feed.fileHandleForWriting.write(contentsOf: input)
            try? feed.fileHandleForWriting.close()
        }
        exited.wait()
        group.wait()
        // Not when the last one who knows this object lets go of it: the timer does that late, and many runs hold many descriptors by then.
        for pipe in [output, errors] { try? pipe.fileHandleForReading.close() }
        let ranOut = !timer.isCancelled && lock.withLock { isEnded }
        timer.cancel()
        let code = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
        return Result(code: code, output: first.data, errors: second.text, ranOutOfTime: ranOut)
    }
}

// Safe to share: the data are touched under the lock.
private final class Collected: @unchecked Sendable {
    private let lock = NSLock()
    private var bytes = Data()

    func add(_ more: Data, limit: Int) { lock.withLock { bytes += more.prefix(max(0, limit - bytes.count)) } }

    var data: Data { lock.withLock { bytes } }
    var text: String { String(decoding: data, as: UTF8.self) }
}
