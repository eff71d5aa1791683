import Foundation
import Foundations
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
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

/// Connects, encrypts and upgrades.
struct WebSocketConnector: Sendable {
    typealias Channels = NIOAsyncChannel<WebSocketMessage, Never>

    fileprivate enum Handshake: Sendable {
        case upgraded(Channels)
        /// With another status, which is about to be read.
        case refused(EventLoopFuture<Int>)
    }

    private let url: FetchURL
    private let headers: HTTPHeaders
    private let maxMessageBytes: Int

    /// Reading the machine's certificates blocks.
    private static let threads = WorkerThreads(name: "websocket", width: 1)
    /// More than any frame can announce to the decoder.
    private static let maxFrameBytes = Int(UInt32.max)

    /// - Throws: `NetworkError.invalidURL`.
    init(_ text: String, headers: [(name: String, value: String)], maxMessageBytes: Int) throws {
        let colon = text.firstIndex(of: ":") ?? text.endIndex
        switch text[..<colon].lowercased() {
        case "ws": url = try FetchURL("http" + text[colon...])
        case "wss": url = try FetchURL("https" + text[colon...])
        default: throw NetworkError.invalidURL(reason: "is neither ws nor wss")
        }
        let host = url.host.contains(":") ? "[\(url.host)]" : url.host
        let isDefaultPort = url.port == (url.isEncrypted ? 443 : 80)
        var all = HTTPHeaders([("Host", isDefaultPort ? host : "\(host):\(url.port)")])
        for (name, value) in headers { all.add(name: name, value: value) }
        if !all.contains(name: "User-Agent") { all.add(name: "User-Agent", value: "martlet") }
        self.headers = all
        self.maxMessageBytes = maxMessageBytes
    }

    func connect(_ deadline: Deadline) async throws -> (Channels, WebSocketHandler.Farewell) {
        let encryption = try await encryption()
        let farewell = WebSocketHandler.Farewell(maxMessageBytes: maxMessageBytes)
        let attempt = Attempt()
        do {
            let channel = try await withDeadline(deadline, waitingFor: "the WebSocket's handshake") {
                try await withTaskCancellationHandler {
                    try await handshake(deadline, encryption, farewell, attempt)
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

    private func handshake(
        _ deadline: Deadline, _ encryption: NIOSSLContext?, _ farewell: WebSocketHandler.Farewell, _ attempt: Attempt
    ) async throws -> Channels {
        let handshake = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(TimeAmount(deadline.remaining))
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .connect(host: url.host, port: url.port) { channel in
                attempt.add(channel)
                return channel.eventLoop.makeCompletedFuture { try prepare(channel, encryption, farewell) }
            }
        switch try await handshake.get() {
        case .upgraded(let channel):
            attempt.keep(channel)
            return channel
        case .refused(let status): throw WebSocketError.notUpgraded(status: try await status.get())
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
    ) throws -> EventLoopFuture<Handshake> {
        if let encryption {
            // Certificates name hosts; where the URL has an address, there is no name to be checked by the peer.
            let name = IPAddress(url.host) == nil ? url.host : nil
            try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: encryption, serverHostname: name))
        }
        let maxMessageBytes = maxMessageBytes
        let upgrader = NIOTypedWebSocketClientUpgrader<Handshake>(
            maxFrameSize: min(maxMessageBytes, Self.maxFrameBytes), enableAutomaticErrorHandling: false
        ) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(WebSocketHandler(maxMessageBytes: maxMessageBytes, farewell: farewell))
                return .upgraded(try Channels(wrappingChannelSynchronously: channel))
            }
        }
        let request = HTTPRequestHead(version: .http1_1, method: .GET, uri: url.target, headers: headers)
        let upgrade = NIOTypedHTTPClientUpgradeConfiguration(upgradeRequestHead: request, upgraders: [upgrader]) { channel in
            channel.eventLoop.makeCompletedFuture {
                let status = channel.eventLoop.makePromise(of: Int.self)
                try channel.pipeline.syncOperations.addHandler(StatusReader(status))
                return .refused(status.futureResult)
            }
        }
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(upgradeConfiguration: upgrade)
        // The first frames may come together with the answer.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
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

/// Reads the status of an answer that isn't an upgrade.
private final class StatusReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart

    private let status: EventLoopPromise<Int>

    init(_ status: EventLoopPromise<Int>) { self.status = status }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = Self.unwrapInboundIn(data) { status.succeed(Int(head.status.code)) }
    }

    // A channel that ends gives up its handlers.
    func handlerRemoved(context: ChannelHandlerContext) { status.fail(NetworkError.connectionFailed) }
}

/// The channels of one attempt to connect, so that it can be given up: the library tries several addresses side by side.
private final class Attempt: Sendable {
    private struct State {
        var channels: [any Channel] = []
        var upgraded: WebSocketConnector.Channels?
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

    func keep(_ channel: WebSocketConnector.Channels) { state.withLock { $0.upgraded = channel } }

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
        try? await state.withLock { $0.upgraded }?.executeThenClose { _ in }
    }
}
