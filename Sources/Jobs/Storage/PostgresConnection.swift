import CPostgres
import Foundation
import Foundations

/// One connection to PostgreSQL through libpq (https://www.postgresql.org/docs/15/libpq.html). Every call blocks: it lives on a
/// worker thread, and on one at a time.
///
/// `@unchecked Sendable`: `PostgresDatabase` hands a connection to one piece of work at a time, and libpq's connections may
/// move between threads that take turns.
final class PostgresConnection: SQLConnection, @unchecked Sendable {
    private let handle: OpaquePointer
    /// Names of the statements that the server has parsed already.
    private var prepared: [String: String] = [:]
    private var clock: Int64?

    /// Statements beyond so many are forgotten, with their connection's others.
    private static let maxPrepared = 200
    /// No statement here takes long; one that does waits for a lock that won't be freed.
    private static let statementTimeout = "30000"

    var dialect: SQLDialect { .postgres }

    /// - Throws: `DatabaseError.unreachable`, `badAddress`.
    init(address: String) throws {
        guard let parts = PQconninfoParse(address, nil) else { throw DatabaseError.badAddress }
        PQconninfoFree(parts)
        // What the address says itself comes last and so counts.
        let options = [
            ("connect_timeout", "10"), ("keepalives_idle", "15"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
            ("tcp_user_timeout", "30000"), ("application_name", "martlet"),
            ("options", "-c statement_timeout=\(Self.statementTimeout) -c idle_in_transaction_session_timeout=60000"),
            ("client_encoding", "UTF8"), ("dbname", address),
        ]
        let connection = Self.withCStrings(options.map(\.0)) { names in
            Self.withCStrings(options.map(\.1)) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let connection else { throw DatabaseError.unreachable }
        guard PQstatus(connection) == CONNECTION_OK else {
            PQfinish(connection)
            throw DatabaseError.unreachable
        }
        // Notices are for people at a terminal.
        _ = PQsetNoticeProcessor(connection, { _, _ in }, nil)
        handle = connection
    }

    deinit { PQfinish(handle) }

    var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

    // MARK: Transactions

    func begin(readOnly: Bool) throws {
        clock = nil
        let rows = try simple(
            "BEGIN\(readOnly ? " READ ONLY" : ""); SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now")
        clock = rows.first?.integer("now")
    }

    func commit() throws { try simple("COMMIT") }
    func rollback() throws { try simple("ROLLBACK") }

    func now() throws -> Int64 {
        guard let clock else { throw DatabaseError.failed(detail: "no transaction") }
        return clock
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws -> [SQLRow] {
        let name = try statement(sql)
        let texts = values.map(Self.text)
        let result = Self.withCStrings(texts) { PQexecPrepared(handle, name, Int32(values.count), $0, nil, nil, 0) }
        return try rows(result)
    }

    func notify(_ channel: String, _ message: String) throws {
        _ = try execute("SELECT pg_notify($1, $2)", [.text(channel), .text(message)])
    }

    // MARK: Listening

    func listen(_ channel: String) throws {
        try simple("LISTEN \"\(channel.replacingOccurrences(of: "\"", with: ""))\"")
    }

    /// What was told within `milliseconds`; returns early with the first of it.
    func heard(within milliseconds: Int32) throws -> [String] {
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard descriptor.fd >= 0, poll(&descriptor, 1, milliseconds) >= 0 || errno == EINTR else { throw DatabaseError.unreachable }
        guard PQconsumeInput(handle) == 1 else { throw DatabaseError.unreachable }
        var messages: [String] = []
        while let notification = PQnotifies(handle) {
            messages.append(String(cString: notification.pointee.extra))
            PQfreemem(notification)
        }
        return messages
    }

    // MARK: Statements

    @discardableResult
    private func simple(_ sql: String) throws -> [SQLRow] { try rows(PQexec(handle, sql)) }

    private func statement(_ sql: String) throws -> String {
        if let name = prepared[sql] { return name }
        if prepared.count >= Self.maxPrepared {
            try simple("DEALLOCATE ALL")
            prepared = [:]
        }
        let name = "s\(prepared.count)"
        _ = try rows(PQprepare(handle, name, sql, 0, nil))
        prepared[sql] = name
        return name
    }

    private func rows(_ result: OpaquePointer?) throws -> [SQLRow] {
        guard let result else { throw DatabaseError.unreachable }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return []
        case PGRES_TUPLES_OK: break
        default: throw error(result)
        }
        let width = PQnfields(result)
        var columns: [String: Int] = [:]
        for column in 0..<width { columns[String(cString: PQfname(result, column))] = Int(column) }
        let types = (0..<width).map { PQftype(result, $0) }
        return (0..<PQntuples(result)).map { row in
            SQLRow(
                columns: columns,
                values: (0..<width).map { column in
                    if PQgetisnull(result, row, column) == 1 { return .null }
                    return Self.value(String(cString: PQgetvalue(result, row, column)), type: types[Int(column)])
                })
        }
    }

    private func error(_ result: OpaquePointer) -> DatabaseError {
        if isBroken { return .unreachable }
        // https://www.postgresql.org/docs/15/errcodes-appendix.html
        let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        return switch state {
        case "40001", "40P01", "55P03", "57014": .busy
        case "53100": .full
        case _ where state.hasPrefix("23"): .conflict
        case _ where state.hasPrefix("08") || state.hasPrefix("57P") || state.hasPrefix("53"): .unreachable
        default: .failed(detail: String(cString: PQresultErrorMessage(result)).trimmingCharacters(in: .whitespacesAndNewlines))
        }
    }

    private static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let value): String(value)
        case .real(let value): value.isFinite ? value.description : nil
        // PostgreSQL's texts can't hold it, and libpq would end the text there.
        case .text(let value): value.contains("\0") ? value.replacingOccurrences(of: "\0", with: "\u{FFFD}") : value
        }
    }

    private static func value(_ text: String, type: Oid) -> SQLValue {
        switch type {
        case 20, 21, 23: Int64(text).map(SQLValue.integer) ?? .text(text)
        case 700, 701, 1700: Double(text).map(SQLValue.real) ?? .text(text)
        case 16: .bool(text == "t")
        default: .text(text)
        }
    }

    /// C strings that live for the call; `nil` is SQL's NULL. The list ends with a null pointer too.
    private static func withCStrings<R>(
        _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) throws -> R
    ) rethrows -> R {
        let copies = texts.map { $0.flatMap { strdup($0) } }
        defer { for copy in copies { free(copy) } }
        return try (copies.map { UnsafePointer($0) } + [nil]).withUnsafeBufferPointer { try body($0.baseAddress) }
    }
}
