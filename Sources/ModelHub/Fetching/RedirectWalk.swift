import Foundation
import Foundations
import Networking

/// Sends a request and follows redirects, for sources that the catalog or the operator names. Credentials stay with the
/// host they were meant for.
struct RedirectWalk: Sendable {
    /// Where the walk ended.
    struct Arrival: Sendable {
        var response: NetworkResponse
        var url: String
        /// What the hub says about the file behind the redirects: its SHA-256 and size.
        var linkedHash: String?
        var linkedSize: Int64?
    }

    static let maxRedirects = 5
    let network: NetworkClient

    func send(_ request: NetworkRequest, deadline: Deadline) async throws -> Arrival {
        var request = request
        var linkedHash: String?
        var linkedSize: Int64?
        for _ in 0...Self.maxRedirects {
            let response = try await network.send(request, deadline: deadline)
            if let tag = response.header("X-Linked-Etag") {
                let text = tag.trimmingCharacters(in: CharacterSet(charactersIn: "\" ")).lowercased()
                if SHA256Text.isValid(text) { linkedHash = linkedHash ?? text }
            }
            linkedSize = linkedSize ?? response.header("X-Linked-Size").flatMap { Int64($0) }
            guard [301, 302, 303, 307, 308].contains(response.status) else {
                return Arrival(response: response, url: request.url, linkedHash: linkedHash, linkedSize: linkedSize)
            }
            guard let location = response.header("Location"), let base = URL(string: request.url),
                let next = URL(string: location, relativeTo: base)?.absoluteURL,
                next.scheme == "https" || next.scheme == base.scheme
            else { throw ModelHubError.sourceStatus(response.status) }
            if next.host != base.host || next.port != base.port || next.scheme != base.scheme {
                request.headers.removeAll { $0.name.lowercased() == "authorization" }
            }
            request.url = next.absoluteString
        }
        throw NetworkError.tooManyRedirects(limit: Self.maxRedirects)
    }
}
