import Foundation
import Foundations
import Networking

/// The model hub: addresses of its files, and whether it answers at all.
actor HubEndpoint {
    private let network: NetworkClient
    private let policy: FetchPolicy
    /// How long a probe's outcome holds.
    private static let memory: Duration = .seconds(60)
    private var probe: (answered: Bool, at: ContinuousClock.Instant)?

    init(network: NetworkClient, policy: FetchPolicy) {
        self.network = network
        self.policy = policy
    }

    nonisolated func request(for file: HubFile) throws -> NetworkRequest {
        guard var components = URLComponents(string: policy.hubEndpoint), components.host?.isEmpty == false else {
            throw ModelHubError.hubUnreachable
        }
        let base = components.path.hasSuffix("/") ? String(components.path.dropLast()) : components.path
        components.path = "\(base)/\(file.repository)/resolve/\(file.revision)/\(file.path)"
        guard let url = components.url else { throw ModelHubError.hubUnreachable }
        return NetworkRequest(
            "GET", url.absoluteString,
            headers: policy.hubToken.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    /// Whether the hub gives any answer within the probe's time. What it says about a file is for the transfer to see.
    func answers(for file: HubFile) async throws -> Bool {
        if let probe, probe.at.duration(to: .now) < Self.memory { return probe.answered }
        var request = try request(for: file)
        request.method = "HEAD"
        var answered = false
        do {
            _ = try await network.send(request, deadline: .after(policy.probeTimeout))
            answered = true
        } catch is NetworkError {
            answered = false
        }
        probe = (answered, .now)
        return answered
    }
}
