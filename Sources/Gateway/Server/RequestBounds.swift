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
    try await withThrowingTaskGroup(of: T?.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await work() }
        group.addTask {
            try await Task.sleep(until: deadline.instant, clock: .continuous)
            throw DeadlineExceeded(waitingFor: "the answer")
        }
        group.addTask {
            try await gracefulShutdown()
            onStopping?()
            try await Task.sleep(for: grace)
            throw GatewayError.stopping
        }
        if let signal {
            group.addTask {
                try await signal.wait()
                throw GatewayError.callerLeft
            }
        }
        guard let first = try await group.next(), let value = first else { throw CancellationError() }
        return value
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
