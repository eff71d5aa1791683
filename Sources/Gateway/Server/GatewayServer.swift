import Foundations
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// Martlet's HTTP server.
///
/// Run it in a `ServiceGroup`: on the group's graceful shutdown it takes no new connections, lets running requests go on
/// for `server.shutdownGrace`, and then ends them with a clear error.
public struct GatewayServer: Service {
    package let services: GatewayServices
    private let logger: Logger
    private let onListening: @Sendable (Int) async -> Void

    /// Connections held open at once; further ones wait to be accepted.
    private static let maxConnections = 1024
    private static let maxHeaderBytes = 32 << 10

    /// - Parameter onListening: called with the port once the server takes connections.
    public init(
        configuration: Configuration, dependencies: GatewayDependencies, logger: Logger,
        onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.init(
            services: GatewayServices(configuration: configuration, dependencies: dependencies), logger: logger,
            onListening: onListening)
    }

    package init(
        services: GatewayServices, logger: Logger, onListening: @escaping @Sendable (Int) async -> Void = { _ in }
    ) {
        self.services = services
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the surrounding service group stops it.
    /// - Throws: `GatewayError.openWithoutToken` before anything is bound; `cannotListen`; `cannotPrepareUploads`.
    public func run() async throws {
        let server = services.configuration.server
        try Self.checkExposure(server)
        for lane in [services.gate, services.previews, services.inferenceGate, services.speechGate] { await services.dependencies.metrics.collect { await lane.gauges } }
        try await TemporaryFolder.sweep(services.uploads, olderThan: server.requestTimeout, services.threads)
        try await services.keptUploads.open()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await ServerWatch(services: services).run() }
                defer { group.cancelAll() }
                try await application.run()
            }
            // Nobody's connection holds these: they get the same grace.
            await services.answers.drain()
        } catch is IOError {
            throw GatewayError.cannotListen(host: server.host, port: server.port)
        }
    }

    /// The application behind the server.
    package var application: Application<LibraryPaths> {
        let server = services.configuration.server
        let connections = services.connections
        var http = HTTP1Channel.Configuration(
            additionalChannelHandlers: [ConnectionWatch(register: connections, headerTimeout: server.headerTimeout)],
            idleTimeout: .nanoseconds(Int64((server.bodyIdleTimeout + .seconds(30)) / .nanoseconds(1))))
        http.httpDecoder = .init(
            maxHeaderFieldSize: Self.maxHeaderBytes, maxHeaderListSize: 2 * Self.maxHeaderBytes, maxHeaderFieldCount: 128)
        let onListening = onListening
        return Application(
            responder: LibraryPaths(RouteTable(services.configuration).router(services).buildResponder()), server: .http1(configuration: http),
            configuration: ApplicationConfiguration(
                address: .hostname(server.host, port: server.port), serverName: "martlet",
                availableConnectionsDelegate: .maximum(Self.maxConnections, logger: logger)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? server.port) }, logger: logger)
    }

    /// - Throws: `openWithoutToken` when the network could reach a server that asks for no token.
    package static func checkExposure(_ server: Foundations.ServerConfiguration) throws {
        if server.tokens.values.contains(where: { !$0.isEmpty }) { return }
        let host = server.host.lowercased()
        let isLoopback =
            host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && (try? SocketAddress(ipAddress: host, port: 0)) != nil
        if !isLoopback { throw GatewayError.openWithoutToken(host: server.host) }
    }
}
