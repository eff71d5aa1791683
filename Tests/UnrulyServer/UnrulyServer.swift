import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP/1.1 server on loopback whose answers tests write byte by byte, so that it can break every rule.
///
/// Each connection serves one request and is closed.
public final class UnrulyServer: Sendable {
    /// A request as it came.
    public struct Request: Sendable {
        public var method: String
        /// Path and query.
        public var target: String
        /// Names in small letters.
        public var headers: [String: String]

        /// The first byte a `Range` header asks for.
        public var rangeStart: Int? {
            headers["range"]?.firstMatch(of: #/bytes=(\d+)-/#).flatMap { Int($0.1) }
        }
    }

    /// What a test makes the server do on a connection.
    public struct Reply: Sendable {
        let connection: any Channel

        public func send(_ text: String) async throws { try await send(Array(text.utf8)) }

        /// Returns when the bytes have left: closing a channel drops what it still holds.
        public func send(_ bytes: [UInt8]) async throws {
            try await connection.writeAndFlush(ByteBuffer(bytes: bytes)).get()
        }

        /// A whole, well-formed response.
        public func send(
            status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = [], withBody: Bool = true
        ) async throws {
            try await send(head(status: status, headers: headers + [("Content-Length", "\(body.count)")]))
            if withBody, !body.isEmpty { try await send(body) }
        }

        public func head(status: Int, headers: [(String, String)]) -> String {
            "HTTP/1.1 \(status) X\r\n" + headers.map { "\($0.0): \($0.1)\r\n" }.joined() + "Connection: close\r\n\r\n"
        }

        /// Closes with a reset instead of an orderly end.
        public func reset() async throws {
            try await (connection as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
            try await connection.close().get()
        }

        /// Waits until the peer has gone or the test is over.
        public func waitForClose() async throws { try await connection.closeFuture.get() }
    }

    public typealias Handler = @Sendable (Request, Reply) async throws -> Void

    public let port: Int
    private let received: RequestLog

    /// The requests so far.
    public var requests: [Request] { received.all }
    public var base: String { "http://127.0.0.1:\(port)" }

    private init(port: Int, received: RequestLog) {
        self.port = port
        self.received = received
    }

    /// Runs a server for the time of `body`.
    @discardableResult
    public static func run<T: Sendable>(
        _ handler: @escaping Handler, _ body: @Sendable (UnrulyServer) async throws -> T
    ) async throws -> T {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: false))
                }
            }
        let received = RequestLog()
        let server = UnrulyServer(port: listener.channel.localAddress?.port ?? 0, received: received)
        return try await withThrowingTaskGroup(of: T?.self) { group in
            group.addTask {
                try? await listener.executeThenClose { connections in
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { try? await serve(connection, received, handler) }
                        }
                    }
                }
                return nil
            }
            defer { group.cancelAll() }
            return try await body(server)
        }
    }

    private static func serve(
        _ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ received: RequestLog, _ handler: Handler
    ) async throws {
        try await connection.executeThenClose { inbound, _ in
            var text = ""
            for try await buffer in inbound {
                text += String(buffer: buffer)
                if text.contains("\r\n\r\n") { break }
            }
            guard let request = parse(text) else { return }
            received.append(request)
            try await handler(request, Reply(connection: connection.channel))
        }
    }

    private static func parse(_ text: String) -> Request? {
        let lines = text.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        return Request(method: String(words[0]), target: String(words[1]), headers: headers)
    }
}

/// The requests of one server, in order.
private final class RequestLog: Sendable {
    private let requests = Mutex<[UnrulyServer.Request]>([])

    var all: [UnrulyServer.Request] { requests.withLock { $0 } }

    func append(_ request: UnrulyServer.Request) { requests.withLock { $0.append(request) } }
}
