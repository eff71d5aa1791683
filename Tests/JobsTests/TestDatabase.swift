import Foundation
import Foundations
import Jobs
import Synchronization
import Testing

/// The databases that every test of stores runs on: a fresh one for each test.
enum TestDatabase: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case sqlite, postgres

    var testDescription: String { rawValue }

    /// Opens a fresh database, runs the test and drops it.
    func run(_ body: @Sendable (any Database) async throws -> Void) async throws {
        try await runShared { open in try await body(try await open()) }
    }

    /// Like `run`, for tests that open one database several times, as several processes do.
    func runShared(_ body: @Sendable (@escaping @Sendable () async throws -> any Database) async throws -> Void) async throws {
        switch self {
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.appending(path: "jobs-\(RequestContext.newID())")
            defer { try? FileManager.default.removeItem(at: folder) }
            try await body { try await SQLiteDatabase(file: folder.appending(path: "test.sqlite")) }
        case .postgres:
            let server = try await PostgresServer.shared.address()
            let name = "t\(RequestContext.newID())"
            let admin = try await PostgresDatabase(address: server, connections: 1)
            try await PostgresServer.createDatabase(name, server)
            await admin.close()
            try await body { try await PostgresDatabase(address: server.replacingOccurrences(of: "dbname=postgres", with: "dbname=\(name)")) }
        }
    }
}

/// The real PostgreSQL, started once for all tests; ends with the process.
actor PostgresServer {
    static let shared = PostgresServer()
    private var started: String?
    private var process: Process?

    /// Tests run one after the other, so that nobody asks while it starts.
    func address() async throws -> String {
        if let started { return started }
        let process = Process()
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        process.executableURL = root.appending(path: "scripts/test-postgres.sh")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        self.process = process
        // The server runs as long as this end is open: for as long as the process.
        Self.ends.withLock { $0.append(input) }
        let line = await Self.offThePool { String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) }
        let address = line.trimmingCharacters(in: .whitespacesAndNewlines)
        try #require(!address.isEmpty, "PostgreSQL didn't start")
        started = address
        return address
    }

    private static func offThePool<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in DispatchQueue.global().async { continuation.resume(returning: work()) } }
    }

    private static let ends = Mutex<[Pipe]>([])

    /// `CREATE DATABASE` can't run inside a transaction, so `psql` does it.
    static func createDatabase(_ name: String, _ server: String) async throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["psql", "-qX", server, "-c", "CREATE DATABASE \(name)"]
        try process.run()
        await offThePool { process.waitUntilExit() }
        try #require(process.terminationStatus == 0)
    }
}

/// Waits for something to become true.
func eventually(within limit: Duration = .seconds(20), _ condition: @Sendable () async throws -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("it didn't happen in time")
}
