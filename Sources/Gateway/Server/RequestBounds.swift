import Foundations
import ServiceLifecycle

/// Runs a handler's work inside all bounds of its request: its deadline, the caller's presence and the server's stop.
///
/// Whichever bound is reached first cancels the work; the function returns once the work has ended.
/// - Parameters:
///   - signal: the caller's connection; `nil` where nobody can leave.
///   - onStopping: called when the server begins to stop; the work then has `grace` left.
/// - Throws: `DeadlineExceeded`, `GatewayError.callerLeft`, `GatewayError.stopping`, or what the work throws.
package func withRequestBounds<T: Sendable>(
    deadline: Deadline, grace: Duration, signal: InboundSignal?, onStopping: (@Sendable () -> Void)? = nil,
    _ work: @escaping @Sendable () async throws -> T
) async throws -> T {
    let bounds = Interruption()
    bounds.end(at: deadline, with: DeadlineExceeded(waitingFor: "the answer"))
    let watch = signal?.watch { bounds.end(with: GatewayError.callerLeft) }
    defer { if let watch { signal?.stop(watch) } }
    return try await bounds.run {
        try await withGracefulShutdownHandler {
            try await work()
        } onGracefulShutdown: {
            onStopping?()
            bounds.end(at: .after(grace), with: GatewayError.stopping)
        }
    }
}

extension GatewayServices {
    /// `withRequestBounds` with the bounds of this request.
    package func bounded<T: Sendable>(
        _ context: GatewayContext, watchingCaller: Bool = true, onStopping: (@Sendable () -> Void)? = nil,
        _ work: @escaping @Sendable () async throws -> T
    ) async throws -> T {
        try await withRequestBounds(
            deadline: context.deadline, grace: configuration.server.shutdownGrace,
            signal: watchingCaller ? connections.signal(for: context.channel) : nil, onStopping: onStopping, work)
    }
}
