import Foundation
import Foundations
import Jobs
import Testing

/// The databases that conversations may be kept in: a fresh one for each test.
enum ChatDatabase: String, CaseIterable, Sendable {
    case sqlite, postgres

    func run(_ body: @Sendable (any Database, _ folder: URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "chat-\(RequestContext.newID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        switch self {
        case .sqlite:
            let database = try await SQLiteDatabase(file: folder.appending(path: "test.sqlite"))
            try await body(database, folder)
            await database.close()
        case .postgres:
            let server = try PostgresServer()
            defer { server.stop() }
            let database = try await PostgresDatabase(address: try await server.address())
            try await body(database, folder)
            await database.close()
        }
    }

    /// A server that ends when its standard input does.
    private struct PostgresServer: Sendable {
        private let input = Pipe()
        private let output = Pipe()

        init() throws {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            let process = Process()
            process.executableURL = root.appending(path: "scripts/test-postgres.sh")
            process.standardInput = input
            process.standardOutput = output
            try process.run()
        }

        func address() async throws -> String {
            let file = output.fileHandleForReading
            let line = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: String(decoding: file.availableData, as: UTF8.self)) }
            }
            let address = line.trimmingCharacters(in: .whitespacesAndNewlines)
            try #require(!address.isEmpty, "PostgreSQL didn't start")
            return address
        }

        func stop() { try? input.fileHandleForWriting.close() }
    }
}
