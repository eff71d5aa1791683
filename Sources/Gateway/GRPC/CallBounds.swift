import Foundations
import GRPCCore

extension GatewayServices {
    /// Runs a call's work inside its bounds: the time a request may take, the caller's presence, the server's stop.
    /// - Parameter extra: time beside that of a request, for calls that go on as long as their caller speaks.
    func bounded<T: Sendable>(
        _ metadata: Metadata, extra: Duration = .zero, _ work: @escaping @Sendable (Foundations.RequestContext) async throws -> T
    ) async throws -> T {
        let context = Call.context(metadata, timeout: configuration.server.requestTimeout + extra, tracer: dependencies.tracer)
        let signal = InboundSignal()
        return try await withRPCCancellationHandler {
            try await withRequestBounds(deadline: context.deadline, grace: configuration.server.shutdownGrace, signal: signal) {
                try await work(context)
            }
        } onCancelRPC: {
            signal.fire()
        }
    }
}
