import Foundations
import Synchronization

/// PostgreSQL, for several processes and machines. Connections are opened when they are needed and kept for the next user.
public final class PostgresDatabase: Database {
    private struct State {
        var idle: [PostgresConnection] = []
        var isClosed = false
    }

    private let address: String
    private let threads: WorkerThreads
    private let listening: WorkerThreads
    private let state = Mutex(State())

    private static let tries = 5
    private static let listenSlice: Int32 = 500
    private static let reconnectWait: Duration = .seconds(1)

    /// Connects once, to see whether it can.
    /// - Parameters:
    ///   - address: a URL, `postgres://user:password@host:5432/name`, or libpq's keywords
    ///     (https://www.postgresql.org/docs/15/libpq-connect.html#LIBPQ-CONNSTRING).
    ///   - connections: open at once, beside those that listen.
    /// - Throws: `DatabaseError.unreachable`, `badAddress`.
    public init(address: String, connections: Int = 8) async throws {
        self.address = address
        threads = WorkerThreads(name: "postgres", width: connections)
        listening = WorkerThreads(name: "postgres-listen", width: 8)
        let first = try await threads.run { try PostgresConnection(address: address) }
        state.withLock { $0.idle.append(first) }
    }

    public func read<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await transaction(readOnly: true, body)
    }

    public func write<T: Sendable>(_ body: @escaping @Sendable (any SQLConnection) throws -> T) async throws -> T {
        try await transaction(readOnly: false, body)
    }

    public func listen(_ channel: String, _ heard: @escaping @Sendable (String?) async -> Void) async {
        while !Task.isCancelled {
            do {
                let connection = try await listening.run { [address] in
                    let connection = try PostgresConnection(address: address)
                    try connection.listen(channel)
                    return connection
                }
                // What was told before the connection stood is unknown.
                await heard(nil)
                while !Task.isCancelled {
                    for message in try await listening.run({ try connection.heard(within: Self.listenSlice) }) { await heard(message) }
                }
            } catch {
                try? await Task.sleep(for: Self.reconnectWait)
            }
        }
    }

    public func close() async {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        try? await threads.run { _ = idle }
    }

    private func transaction<T: Sendable>(
        readOnly: Bool, _ body: @escaping @Sendable (any SQLConnection) throws -> T
    ) async throws -> T {
        var attempt = 1
        while true {
            do {
                return try await threads.run { try self.attempt(readOnly, body) }
            } catch let error as DatabaseError where error == .busy && attempt < Self.tries {
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...20) << attempt))
                attempt += 1
            } catch is StaleConnection where attempt < Self.tries {
                attempt += 1
            } catch is StaleConnection {
                throw DatabaseError.unreachable
            }
        }
    }

    /// A kept connection that had broken meanwhile: nothing was asked on it yet.
    private struct StaleConnection: Error {}

    private func attempt<T>(_ readOnly: Bool, _ body: (any SQLConnection) throws -> T) throws -> T {
        let kept = state.withLock { $0.idle.popLast() }
        let connection = try kept ?? PostgresConnection(address: address)
        do {
            try connection.begin(readOnly: readOnly)
        } catch {
            if kept != nil, connection.isBroken { throw StaleConnection() }
            throw error
        }
        do {
            let value = try body(connection)
            try connection.commit()
            keep(connection)
            return value
        } catch {
            try? connection.rollback()
            keep(connection)
            throw error
        }
    }

    private func keep(_ connection: PostgresConnection) {
        guard !connection.isBroken else { return }
        state.withLock { if !$0.isClosed { $0.idle.append(connection) } }
    }
}
