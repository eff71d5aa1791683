import Foundation
import Foundations
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Opens a WebSocket (https://www.rfc-editor.org/rfc/rfc6455) and closes it when `body` has ended, in good order where the peer
/// answers within two seconds.
///
///     try await withWebSocket("wss://gateway.example/?v=10", deadline: .after(.seconds(20))) { connection in
///         for try await message in connection.messages { … }
///     }
///
/// - Parameters:
///   - headers: sent with the handshake.
///   - deadline: for the handshake; the open connection lasts as long as `body`.
///   - maxMessageBytes: a peer that sends more is told so, and the connection closed.
/// - Throws: `NetworkError` while connecting, `WebSocketError`, `CancellationError`, what `body` throws.
public func withWebSocket<T: Sendable>(
    _ url: String, headers: [(name: String, value: String)] = [], deadline: Deadline, maxMessageBytes: Int = 16 << 20,
    _ body: @Sendable (WebSocketConnection) async throws -> T
) async throws -> T {
    let connector = try WebSocketConnector(url, headers: headers, maxMessageBytes: maxMessageBytes)
    let (channel, farewell) = try await connector.connect(deadline)
    return try await channel.executeThenClose { inbound in
        try await body(WebSocketConnection(channel: channel.channel, inbound: inbound, farewell: farewell))
    }
}

/// Connects, encrypts and opens.
struct WebSocketConnector: Sendable {
    private let url: FetchURL
    private let headers: [(name: String, value: String)]
    private let maxMessageBytes: Int

    /// Reading the machine's certificates blocks.
    private static let threads = WorkerThreads(name: "websocket", width: 1)

    /// - Throws: `NetworkError.invalidURL`.
    init(_ text: String, headers: [(name: String, value: String)], maxMessageBytes: Int) throws {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        switch text[..<colon].lowercased() {
        case "ws": url = try FetchURL("http" + text[colon...])
        case "wss": url = try FetchURL("https" + text[colon...])
        default: throw NetworkError.invalidURL(reason: "is neither ws nor wss")
        }
        guard headers.allSatisfy({ ($0.name + $0.value).utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }) else {
            throw NetworkError.invalidURL(reason: "comes with headers that can't be sent")
        }
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let isDefaultPort = url.port == (url.isEncrypted ? 443 : 80)
        var all = [(name: "Host", value: isDefaultPort ? host : "\(host):\(url.port)")] + headers
        if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) { all.append(("User-Agent", "martlet")) }
        self.headers = all
        self.maxMessageBytes = maxMessageBytes
    }

    func connect(_ deadline: Deadline) async throws -> (WebSocketOpener.Opened, WebSocketHandler.Farewell) {
        let encryption = try await encryption()
        let farewell = WebSocketHandler.Farewell(maxMessageBytes: maxMessageBytes)
        let attempt = Attempt()
        do {
            let channel = try await withDeadline(deadline, waitingFor: "the WebSocket's handshake") {
                try await withTaskCancellationHandler {
                    let opened = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                        .connectTimeout(TimeAmount(deadline.remaining))
                        .channelOption(.socketOption(.tcp_nodelay), value: 1)
                        .connect(host: url.host, port: url.port) { channel in
                            attempt.add(channel)
                            return channel.eventLoop.makeCompletedFuture { try prepare(channel, encryption, farewell) }
                        }
                    let channel = try await opened.get()
                    attempt.keep(channel)
                    return channel
                } onCancel: {
                    attempt.end()
                }
            }
            return (channel, farewell)
        } catch {
            await attempt.discard()
            if error is DeadlineExceeded { throw NetworkError.timeout }
            throw Task.isCancelled ? CancellationError() : Self.translated(error)
        }
    }

    /// - Returns: `nil` for connections in the clear.
    private func encryption() async throws -> NIOSSLContext? {
        guard url.isEncrypted else { return nil }
        return try await Self.threads.run {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.applicationProtocols = ["http/1.1"]
            do {
                return try NIOSSLContext(configuration: configuration)
            } catch {
                throw NetworkError.connectionFailed
            }
        }
    }

    private func prepare(
        _ channel: any Channel, _ encryption: NIOSSLContext?, _ farewell: WebSocketHandler.Farewell
    ) throws -> EventLoopFuture<WebSocketOpener.Opened> {
        if let encryption {
            // Certificates name hosts; where the URL has an address, there is no name to be checked by the peer.
            let name = IPAddress(url.host) == nil ? url.host : nil
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: encryption, serverHostname: name))
        }
        let opened = channel.eventLoop.makePromise(of: WebSocketOpener.Opened.self)
        try channel.pipeline.syncOperations.addHandler(
            WebSocketOpener(target: url.target, headers: headers, farewell: farewell, opened: opened))
        return opened.futureResult
    }

    /// Puts errors of the libraries into our terms. Their texts can name addresses, so none is handed on.
    static func translated(_ error: any Error) -> any Error {
        switch error {
        case is NetworkError, is WebSocketError, is CancellationError, is DeadlineExceeded: return error
        case let error as NIOConnectionError where error.connectionErrors.isEmpty: return NetworkError.hostNotFound
        case ChannelError.connectTimeout: return NetworkError.timeout
        case ChannelError.ioOnClosedChannel, ChannelError.alreadyClosed, ChannelError.outputClosed:
            return WebSocketError.closed
        default: return NetworkError.connectionFailed
        }
    }
}

/// The channels of one attempt to connect, so that it can be given up: the library tries several addresses side by side.
private final class Attempt: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var opened: WebSocketOpener.Opened?
        var isOver = false
    }

    private let state = Mutex(State())

    func add(_ channel: any Channel) {
        let isOver = state.withLock { state in
            state.channels.append(channel)
            return state.isOver
        }
        if isOver { channel.close(promise: nil) }
    }

    func keep(_ channel: WebSocketOpener.Opened) { state.withLock { $0.opened = channel } }

    func end() {
        let channels = state.withLock { state in
            state.isOver = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }

    /// Gives up also what was opened at the last moment: the library insists that it is taken into use before it goes.
    func discard() async {
        end()
        try? await state.withLock { $0.opened }?.executeThenClose { _ in }
    }
}
