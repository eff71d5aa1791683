import Foundations

/// One step of a part's tables, from one version to the next. Steps only go forward, and one that was released never changes.
public struct Migration: Sendable {
    /// Counted from 1 within its part.
    public var version: Int
    public var statements: @Sendable (SQLDialect) -> [String]

    public init(_ version: Int, _ statements: @escaping @Sendable (SQLDialect) -> [String]) {
        self.version = version
        self.statements = statements
    }
}

extension Database {
    /// Brings a part's tables to the newest version, in one transaction.
    /// - Parameter part: a word such as `jobs`; parts have versions of their own.
    /// - Throws: `DatabaseError.newer` when a newer Martlet wrote them.
    public func migrate(_ part: String, _ migrations: [Migration]) async throws {
        try await write { connection in
            // Two servers may start at once on one database.
            if connection.dialect == .postgres { try connection.execute("SELECT pg_advisory_xact_lock(727272)") }
            try connection.execute("CREATE TABLE IF NOT EXISTS schema_versions (part TEXT PRIMARY KEY, version BIGINT NOT NULL)")
            let present = try connection.execute("SELECT version FROM schema_versions WHERE part = $1", [.text(part)]).first?.int("version") ?? 0
            let newest = migrations.last?.version ?? 0
            guard present <= newest else { throw DatabaseError.newer }
            for migration in migrations where migration.version > present {
                for statement in migration.statements(connection.dialect) { try connection.execute(statement) }
            }
            try connection.execute(
                "INSERT INTO schema_versions (part, version) VALUES ($1, $2) ON CONFLICT (part) DO UPDATE SET version = excluded.version",
                [.text(part), .integer(newest)])
        }
    }
}
