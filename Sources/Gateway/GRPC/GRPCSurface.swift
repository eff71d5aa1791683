import Foundations
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Logging
import ModelHub
import NIOCore
import ServiceLifecycle

/// The server's gRPC port, with the Open Inference Protocol's service and those for speech and language on it.
///
/// Run it in the `ServiceGroup` of the HTTP server: on graceful shutdown it takes no new calls and lets running ones go on
/// for `server.shutdownGrace`. The same rules hold as for HTTP: no token, no listening beyond loopback.
public struct GRPCSurface: Service {
    private let services: GatewayServices
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Calls at once on one connection.
    private static let maxStreams = 128
    /// Bytes that may be under way on one stream before we read them.
    private static let windowBytes = 1 << 20
    /// What a message needs besides its tensors' bytes.
    private static let overhead = 1 << 20

    /// - Parameter onListening: called with the port once calls are taken.
    public init(
        server: GatewayServer, logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        services = server.services
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the surrounding service group stops it.
    /// - Throws: `GatewayError.openWithoutToken` before anything is bound; `cannotListenForCalls`.
    public func run() async throws {
        let server = services.configuration.server
        try GatewayServer.checkExposure(server)
        let transport = HTTP2ServerTransport.Posix(
            address: try await address(server), transportSecurity: .plaintext, config: transportConfiguration)
        let calls = GRPCServer(transport: transport, services: Self.services(services), interceptors: [
            CallObserver(services: services, logger: logger)
        ])
        try await withGracefulShutdownHandler {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await serve(calls) }
                group.addTask {
                    // Throws when nothing was bound: `serve` says why.
                    if let port = try? await transport.listeningAddress.port { await onListening(port) }
                }
                group.addTask {
                    try await gracefulShutdown()
                    try await Task.sleep(for: server.shutdownGrace)
                    throw GatewayError.stopping
                }
                defer { group.cancelAll() }
                // The announcement ends early; what matters is how serving ends.
                do {
                    _ = try await group.next()
                    _ = try await group.next()
                } catch GatewayError.stopping {
                    logger.warning("gRPC calls were cut off at the end of the grace")
                }
            }
        } onGracefulShutdown: {
            calls.beginGracefulShutdown()
        }
    }

    /// The gRPC services there are.
    package static func services(_ services: GatewayServices) -> [any RegistrableRPCService] {
        [
            InferenceCalls(services: services), RecognitionCalls(services: services), SynthesisCalls(services: services),
            LanguageCalls(services: services),
        ]
    }

    private func serve(_ calls: GRPCServer<HTTP2ServerTransport.Posix>) async throws {
        do {
            try await calls.serve()
        } catch let error as RuntimeError where error.cause is IOError {
            let server = services.configuration.server
            throw GatewayError.cannotListenForCalls(host: server.host, port: server.grpcPort)
        }
    }

    private var transportConfiguration: HTTP2ServerTransport.Posix.Config {
        .defaults { config in
            config.rpc.maxRequestPayloadSize = services.configuration.inference.maxBytes + Self.overhead
            config.http2.maxConcurrentStreams = Self.maxStreams
            config.http2.targetWindowSize = Self.windowBytes
            config.connection.maxGraceTime = services.configuration.server.shutdownGrace
            config.connection.maxIdleTime = .seconds(300)
            // Calls are few and large: waiting to send several together would only delay them.
            config.connection.flushCoalescing = nil
            // Finds peers that vanished without a word.
            config.connection.keepalive.time = .seconds(60)
            config.connection.keepalive.clientBehavior = .init(
                minPingIntervalWithoutCalls: .seconds(10), allowWithoutCalls: true)
        }
    }

    /// Host names are looked up away from the cooperative pool.
    private func address(_ server: Foundations.ServerConfiguration) async throws -> GRPCNIOTransportCore.SocketAddress {
        let host = server.host
        let resolved = try await services.threads.run {
            guard let address = try? SocketAddress.makeAddressResolvingHost(host, port: server.grpcPort) else {
                throw GatewayError.cannotListenForCalls(host: host, port: server.grpcPort)
            }
            return address
        }
        switch resolved {
        case .v6: return .ipv6(host: resolved.ipAddress ?? host, port: server.grpcPort)
        default: return .ipv4(host: resolved.ipAddress ?? host, port: server.grpcPort)
        }
    }
}

extension GRPCNIOTransportCore.SocketAddress {
    fileprivate var port: Int? { ipv4?.port ?? ipv6?.port }
}
