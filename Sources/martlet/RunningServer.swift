import ArgumentParser
import Foundation
import Foundations
import Networking

/// Where commands that talk to a running server find it.
struct ServerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The server to talk to. Default: http://127.0.0.1 and server.port. $MARTLET_TOKEN is the token, where it wants one.",
            valueName: "url"))
    var server: String?

    /// Calls a route of the server and gives the answer's JSON.
    /// - Throws: the report that the server sent, `NetworkError`.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil, _ configuration: Configuration, within timeout: Duration = .seconds(60)
    ) async throws -> JSONValue {
        let base = server ?? "http://127.0.0.1:\(configuration.server.port)"
        var request = NetworkRequest(method, (base.hasSuffix("/") ? String(base.dropLast()) : base) + path)
        if let token = ProcessInfo.processInfo.environment["MARTLET_TOKEN"], !token.isEmpty {
            request.headers.append(("Authorization", "Bearer \(token)"))
        }
        if let body {
            request.headers.append(("Content-Type", "application/json"))
            request.body = body.encoded()
        }
        let network = NetworkClient()
        do {
            let answer = try await Self.exchange(request, network, timeout)
            await network.shutdown()
            return answer
        } catch {
            await network.shutdown()
            throw error
        }
    }

    private static let maxAnswerBytes = 16 << 20

    private static func exchange(_ request: NetworkRequest, _ network: NetworkClient, _ timeout: Duration) async throws -> JSONValue {
        let deadline = Deadline.after(timeout)
        let response = try await network.send(request, deadline: deadline)
        let data = try await withDeadline(deadline, waitingFor: "the server") {
            try await response.body.collect(upTo: maxAnswerBytes)
        }
        let json = (try? JSONValue(parsing: data)) ?? .null
        if response.status == 200 { return json }
        // Under /v2 the error is its text, and the other fields stand beside it.
        let error = json["error"]?.objectValue == nil ? json : json["error"]
        throw ErrorReport(
            ErrorKind(rawValue: error?["type"]?.stringValue ?? "") ?? .upstream,
            code: error?["code"]?.stringValue ?? "server_status",
            error?["message"]?.stringValue ?? json["error"]?.stringValue
                ?? "The server answered with status \(response.status). Check that it is a Martlet.",
            retryAfter: error?["retry_after_ms"]?.intValue.map { .milliseconds($0) })
    }
}
