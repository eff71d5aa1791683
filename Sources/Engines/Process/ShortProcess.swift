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
    private let input: Data
    private let lock = NSLock()
    private var isEnded = false

    /// - Parameter environment: all that the program sees of it.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], input: Data = Data()) {
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = environment
        self.input = input
    }

    /// Runs the program on one of `threads`. Cancelling the task ends it.
    /// - Throws: `CancellationError`; why it couldn't be started.
    func run(timeout: Duration, maxOutput: Int, on threads: WorkerThreads) async throws -> Result {
        try await withTaskCancellationHandler {
            try await threads.run { try self.run(timeout: timeout, maxOutput: maxOutput) }
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

    private func run(timeout: Duration, maxOutput: Int) throws -> Result {
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        let feed = input.isEmpty ? nil : Pipe()
        process.standardInput = feed ?? FileHandle.nullDevice
        // `waitUntilExit` looks only now and then whether the process has ended.
        let exited = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in exited.signal() }
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
        if let feed {
            // A program that doesn't read to the end is no fault of ours.
            try? feed.fileHandleForWriting.write(contentsOf: input)
            try? feed.fileHandleForWriting.close()
        }
        exited.wait()
        group.wait()
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
