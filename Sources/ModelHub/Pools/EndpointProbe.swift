import Engines
import Foundations

/// Asks an endpoint whether it lives.
enum EndpointProbe {
    /// Asks for the list of models: any answer but that of a gateway without a server behind it shows life.
    static func models(of client: OpenAIClient, timeout: Duration) async -> PoolState.Probe {
        await asking {
            _ = try await client.models(context: RequestContext(deadline: .after(timeout)))
            return true
        }
    }

    /// - Parameter question: whether the endpoint is well.
    static func asking(_ question: () async throws -> Bool) async -> PoolState.Probe {
        do {
            return try await question() ? .alive : .failed
        } catch {
            switch error {
            case EndpointError.unavailable, EndpointError.silent, EndpointError.died, EndpointError.failed: return .failed
            case is DeadlineExceeded: return .failed
            default: return .alive
            }
        }
    }
}
