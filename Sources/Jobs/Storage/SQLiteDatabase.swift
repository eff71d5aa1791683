import Foundation
import Foundations
import GRDB

/// SQLite in one file, through GRDB: write-ahead log, readers beside one writer, and each transaction on the disk before it is
/// told to be done (`synchronous=FULL`).
public final class SQLiteDatabase: Database {
    private let pool: DatabasePool
    /// Sees what others commit: SQLite counts that per connection, so this one never writes.
    private let lookout: DatabaseQueue

    /// How long a transaction waits for another process's.
    private static let patience: TimeInterval = 10
    private static let lookoutInterval: Duration = .milliseconds(150)

    /// Two processes that make the file at once are in each other's way, and SQLite doesn't wait then.
    private static let openingTries = 50
    private static let openingPause: Duration = .milliseconds(20)

    /// - Throws: `DatabaseError`.
    public init(file: URL) async throws {
        let threads = WorkerThreads(name: "sqlite-open", width: 1)
        var attempt = 1
        while true {
            do {
                (pool, lookout) = try await threads.run { try Self.open(file) }
                return
            } catch DatabaseError.busy where attempt < Self.openingTries {
                attempt += 1
                try await Task.sleep(for: Self.openingPause)
            }
        }
    }

    private static func open(_ file: URL) throws -> (DatabasePool, DatabaseQueue) {
        do {
            try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(patience)
            configuration.maximumReaderCount = 4
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
            let pool = try DatabasePool(path: file.path, configuration: configuration)
            configuration.readonly = true
            return (pool, try DatabaseQueue(path: file.path, configuration: configuration))
        } catch {
            let known = translated(error)
            throw known is DatabaseError ? known : DatabaseError.cannotOpen
        }
    }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        do { return try await pool.read { try body(Connection(database: $0)) } } catch { throw Self.translated(error) }
    }

    public func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        do { return try await pool.write { try body(Connection(database: $0)) } } catch { throw Self.translated(error) }
    }

    public func listen(_ channel: String, _ heard: @escaping @Sendable (String?) async -> Void) async {
        var last = await version()
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.lookoutInterval)
            let now = await version()
            guard now != last else { continue }
            last = now
            await heard(nil)
        }
    }

    public func close() async {
        try? pool.close()
        try? lookout.close()
    }

    private func version() async -> Int64? {
        // Outside a transaction, which would see the database as it was when the transaction began.
        try? await lookout.unsafeRead { try Int64.fetchOne($0, sql: "PRAGMA data_version") }
    }

    private struct Connection: SQLConnection {
        let database: GRDB.Database

        var dialect: SQLDialect { .sqlite }

        func now() throws -> Int64 { Int64((Date().timeIntervalSince1970 * 1_000_000).rounded()) }

        func execute(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
            let statement = try database.cachedStatement(sql: sql)
            let pairs = values.enumerated().map { (String($0.offset + 1), Self.databaseValue($0.element)) }
            try statement.setArguments(StatementArguments(Dictionary(uniqueKeysWithValues: pairs)))
            let names = Dictionary(statement.columnNames.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
            return try Row.fetchAll(statement).map { row in
                SQLRow(columns: names, values: row.databaseValues.map(Self.value))
            }
        }

        /// Others see by themselves that something has changed.
        func notify(_ channel: String, _ message: String) throws {}

        private static func databaseValue(_ value: SQLValue) -> DatabaseValue {
            switch value {
            case .null: .null
            case .integer(let value): value.databaseValue
            case .real(let value): value.databaseValue
            case .text(let value): value.databaseValue
            }
        }

        private static func value(_ value: DatabaseValue) -> SQLValue {
            switch value.storage {
            case .null: .null
            case .int64(let value): .integer(value)
            case .double(let value): .real(value)
            case .string(let value): .text(value)
            case .blob(let data): .text(String(decoding: data, as: UTF8.self))
            }
        }
    }

    private static func translated(_ error: any Error) -> any Error {
        guard let error = error as? GRDB.DatabaseError else { return error }
        return switch error.resultCode {
        case .SQLITE_FULL: DatabaseError.full
        case .SQLITE_BUSY, .SQLITE_LOCKED: DatabaseError.busy
        case .SQLITE_CONSTRAINT: DatabaseError.conflict
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_NOTADB: DatabaseError.cannotOpen
        case .SQLITE_INTERRUPT, .SQLITE_ABORT: CancellationError()
        default: DatabaseError.failed(detail: error.message ?? "\(error.resultCode)")
        }
    }
}
