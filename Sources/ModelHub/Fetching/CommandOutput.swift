import Foundation
import Foundations

/// Runs a small command and takes what it prints.
enum CommandOutput {
    /// - Returns: standard output without surrounding white space; `nil` when the command is absent, fails, or takes
    ///   longer than `timeout` (it is then ended).
    static func of(_ arguments: [String], timeout: Duration, threads: WorkerThreads) async throws -> String? {
        try await threads.run {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = arguments
            process.standardInput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            let pipe = Pipe()
            process.standardOutput = pipe
            guard (try? process.run()) != nil else { return nil }
            let identifier = process.processIdentifier
            let end = DispatchWorkItem { kill(identifier, SIGKILL) }
            DispatchQueue.global().asyncAfter(deadline: .now() + timeout / .seconds(1), execute: end)
            let output = try? pipe.fileHandleForReading.read(upToCount: 64 << 10)
            process.waitUntilExit()
            end.cancel()
            guard process.terminationStatus == 0, process.terminationReason == .exit, let output else { return nil }
            return String(decoding: output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
