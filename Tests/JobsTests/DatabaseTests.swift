import Foundation
import Foundations
import Jobs
import Testing

@Suite struct DatabaseTests {
    @Test(arguments: TestDatabase.allCases) func valuesComeBack(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            try await database.migrate("things", [Migration(1) { _ in ["CREATE TABLE things (i BIGINT, d DOUBLE PRECISION, t TEXT)"] }])
            let texts = ["", "it's", "naïve 🐦", "line\nline", "$1 ?1 :x"]
            try await database.write { connection in
                for text in texts {
                    try connection.execute("INSERT INTO things VALUES ($1, $2, $3)", [.integer(Int64.max), .real(0.1), .text(text)])
                }
                try connection.execute("INSERT INTO things VALUES ($1, $2, $3)", [.null, .null, .null])
            }
            let rows = try await database.read { try $0.execute("SELECT i, d, t FROM things ORDER BY i IS NULL, t IS NULL") }
            #expect(Set(rows.compactMap { $0.text("t") }) == Set(texts))
            #expect(rows.dropLast().allSatisfy { $0.integer("i") == Int64.max && $0.double("d") == 0.1 })
            #expect(rows.last?["i"] == .null && rows.last?["d"] == .null && rows.last?["t"] == .null && rows.last?["none"] == .null)
        }
    }

    @Test(arguments: TestDatabase.allCases) func aFailedTransactionLeavesNothing(_ kind: TestDatabase) async throws {
        struct Stop: Error {}
        try await kind.run { database in
            try await database.migrate("things", [Migration(1) { _ in ["CREATE TABLE things (i BIGINT UNIQUE)"] }])
            await #expect(throws: Stop.self) {
                try await database.write { connection in
                    try connection.execute("INSERT INTO things VALUES (1)")
                    throw Stop()
                }
            }
            try await database.write { _ = try $0.execute("INSERT INTO things VALUES (1)") }
            await #expect(throws: DatabaseError.conflict) { try await database.write { _ = try $0.execute("INSERT INTO things VALUES (1)") } }
            let rows = try await database.read { try $0.execute("SELECT i FROM things") }
            #expect(rows.map { $0.int("i") } == [1])
            await #expect(throws: (any Error).self) { try await database.read { _ = try $0.execute("INSERT INTO things VALUES (2)") } }
        }
    }

    @Test(arguments: TestDatabase.allCases) func tablesOnlyGoForward(_ kind: TestDatabase) async throws {
        try await kind.run { database in
            let first = Migration(1) { _ in ["CREATE TABLE things (i BIGINT)"] }
            let second = Migration(2) { _ in ["ALTER TABLE things ADD COLUMN t TEXT"] }
            try await database.migrate("things", [first])
            try await database.write { _ = try $0.execute("INSERT INTO things VALUES (7)") }
            try await database.migrate("things", [first, second])
            try await database.migrate("things", [first, second])
            let rows = try await database.read { try $0.execute("SELECT i, t FROM things") }
            #expect(rows.first?.int("i") == 7)
            await #expect(throws: DatabaseError.newer) { try await database.migrate("things", [first]) }
        }
    }

    @Test(arguments: TestDatabase.allCases) func twoMayPrepareTheTablesAtOnce(_ kind: TestDatabase) async throws {
        try await kind.runShared { open in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let database = try await open()
                        _ = try await JobStore(database)
                        await database.close()
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func whatIsNoAddressIsRefused() async throws {
        await #expect(throws: DatabaseError.badAddress) { _ = try await PostgresDatabase(address: "postgres://[") }
        await #expect(throws: DatabaseError.unreachable) { _ = try await PostgresDatabase(address: "host=/nowhere user=x") }
    }

    @Test func aFileThatIsNoDatabaseIsSaidToBeNone() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "no-database-\(RequestContext.newID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "folder.sqlite"), withIntermediateDirectories: true)
        await #expect(throws: DatabaseError.cannotOpen) { try await SQLiteDatabase(file: folder.appending(path: "folder.sqlite")) }
        let text = folder.appending(path: "text")
        try Data("no database, and long enough to be looked at as one".utf8).write(to: text)
        await #expect(throws: DatabaseError.cannotOpen) { try await SQLiteDatabase(file: text) }
        await #expect(throws: DatabaseError.cannotOpen) { try await SQLiteDatabase(file: text.appending(path: "below.sqlite")) }
    }

    @Test func aConnectionThatBrokeIsReplaced() async throws {
        try await TestDatabase.postgres.run { database in
            _ = try await database.read { try $0.execute("SELECT 1 AS one") }
            await #expect(throws: (any Error).self) {
                try await database.write { _ = try $0.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
            }
            let rows = try await database.read { try $0.execute("SELECT 1 AS one") }
            #expect(rows.first?.int("one") == 1)
        }
    }
}
