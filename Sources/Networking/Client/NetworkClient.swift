import AsyncHTTPClient
import Foundation
import Foundations
import NIOCore
import NIOPosix

/// The one owner of outgoing connections. Make one, hand it to everything that calls out, and shut it down at the end.
///
///     let response = try await network.send(NetworkRequest("POST", url, body: json), deadline: context.deadline)
///     for try await chunk in response.body { … }
///
/// Redirects aren't followed: callers that want them follow them knowingly. Compressed transfers aren't asked for.
/// Proxies of the environment (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`) are used, loopback excepted.
public final class NetworkClient: Sendable {
    private let direct: HTTPClient
    private let proxied: [ProxySettings.Proxy: HTTPClient]
    private let proxies: ProxySettings

    /// - Parameters:
    ///   - connectTimeout: for one connection, name resolution and TLS included.
    ///   - idleTimeout: the longest a peer may send nothing while we wait; `nil` leaves it to deadlines
    ///     (a model may think long before its first word).
    public init(
        connectTimeout: Duration = .seconds(10), idleTimeout: Duration? = nil, connectionsPerHost: Int = 64,
        proxies: ProxySettings = ProxySettings()
    ) {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: TimeAmount(connectTimeout), read: idleTimeout.map { TimeAmount($0) }),
            decompression: .disabled)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsPerHost
        // Callers hold the retry rules; a second layer underneath would multiply the waits.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        direct = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        self.proxies = proxies
        proxied = Dictionary(
            proxies.all.map { proxy in
                var configuration = configuration
                configuration.proxy = .server(
                    host: proxy.host, port: proxy.port,
                    authorization: proxy.credentials.map { .basic(credentials: $0) })
                return (proxy, HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Sends a request and returns when the response's head is there; the body streams.
    ///
    /// - Parameter deadline: for the head. The body honours cancellation of the consuming task: wrap its reading in
    ///   `withDeadline` where the whole has an end.
    /// - Throws: `NetworkError`, or `CancellationError`.
    public func send(_ request: NetworkRequest, deadline: Deadline) async throws -> NetworkResponse {
        let proxy = proxies.proxy(for: request.url)
        return try await (proxy.flatMap { proxied[$0] } ?? direct).send(request, deadline: deadline)
    }

    /// Closes idle connections and ends running requests. The client is unusable afterwards; further calls do nothing.
    public func shutdown() async {
        for client in [direct] + proxied.values {
            // Throws only when it is shut down already.
            try? await client.shutdown()
        }
    }
}

extension HTTPClient {
    /// `NetworkClient.send` and the guarded fetcher's pinned connections share this.
    func send(_ request: NetworkRequest, deadline: Deadline) async throws -> NetworkResponse {
        var outgoing = HTTPClientRequest(url: request.url)
        outgoing.method = .init(rawValue: request.method)
        for (name, value) in request.headers { outgoing.headers.add(name: name, value: value) }
        if !outgoing.headers.contains(name: "User-Agent") { outgoing.headers.add(name: "User-Agent", value: "martlet") }
        if let body = request.body { outgoing.body = .bytes(ByteBuffer(bytes: body)) }
        do {
            return NetworkResponse(try await execute(outgoing, deadline: .now() + TimeAmount(deadline.remaining)))
        } catch {
            throw NetworkError.translated(error)
        }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        self = .nanoseconds(Int64(min(duration / .nanoseconds(1), 9e18)))
    }
}
