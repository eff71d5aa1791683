import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import Logging
import NIOPosix

/// What the engine tests share.
enum EngineFixtures {
    /// Never shut down: it lives as long as the test run.
    static let http = HTTPClient(
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: OpenAIClient.configuration)

    static let logger: Logger = {
        var logger = Logger(label: "tests")
        logger.logLevel = .critical
        return logger
    }()

    static var context: RequestContext { RequestContext(deadline: .after(.seconds(120))) }

    static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Runs a program to its end.
    static func run(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        let ends = AsyncStream<Int32> { continuation in
            process.terminationHandler = {
                continuation.yield($0.terminationStatus)
                continuation.finish()
            }
        }
        try process.run()
        var status: Int32 = -1
        for await code in ends { status = code }
        let data = (try? pipe.fileHandleForReading.readToEnd()) ?? Data()
        return (status, String(decoding: data, as: UTF8.self))
    }

    /// Waits until something holds; gives up after `seconds`.
    static func eventually(within seconds: Double = 20, _ condition: () async throws -> Bool) async throws -> Bool {
        let deadline = Deadline.after(.seconds(seconds))
        while !deadline.isPast {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    static func isAlive(_ pid: Int32) -> Bool {
        // A zombie that its parent hasn't reaped yet no longer lives.
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
        return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
    }

    /// Collects an answer.
    static func answer(
        _ client: OpenAIClient, _ request: ChatRequest
    ) async throws -> (text: String, deltas: [JSONValue], progress: Int, finish: ChatFinish?) {
        var text = ""
        var deltas: [JSONValue] = []
        var progress = 0
        var finish: ChatFinish?
        for try await event in try await client.stream(request, context: context).events {
            switch event {
            case .text(let more): text += more
            case .delta(let delta): deltas.append(delta)
            case .promptProgress: progress += 1
            case .finished(let end): finish = end
            }
        }
        return (text, deltas, progress, finish)
    }

    static func report(_ body: () async throws -> Void) async -> ErrorReport? {
        do {
            try await body()
            return nil
        } catch {
            return ErrorReport(error)
        }
    }
}
