import Foundation
import Foundations
import Networking

/// What carries calls to the Bot API.
package protocol TelegramTransport: Sendable {
    /// - Throws: `NetworkError`, `DeadlineExceeded`, `CancellationError`.
    func exchange(_ request: NetworkRequest, deadline: Deadline) async throws -> (status: Int, body: Data)
    /// Fetches a file; nothing remains of one that doesn't come whole.
    /// - Throws: as `exchange`; `NetworkError.status`, and `NetworkError.tooLarge` beyond `maxBytes`.
    func download(_ url: String, into file: URL, maxBytes: Int, deadline: Deadline) async throws
}

/// The network.
struct TelegramNetwork: TelegramTransport {
    let client: NetworkClient

    private static let maxAnswerBytes = 8 << 20
    private static let pieceBytes = 256 << 10
    private static let threads = WorkerThreads(name: "telegram files", width: 2)

    func exchange(_ request: NetworkRequest, deadline: Deadline) async throws -> (status: Int, body: Data) {
        try await withDeadline(deadline, waitingFor: "Telegram") {
            let response = try await client.send(request, deadline: deadline)
            return (response.status, try await response.body.collect(upTo: Self.maxAnswerBytes))
        }
    }

    func download(_ url: String, into file: URL, maxBytes: Int, deadline: Deadline) async throws {
        do {
            try await withDeadline(deadline, waitingFor: "Telegram") {
                let response = try await client.send(NetworkRequest("GET", url), deadline: deadline)
                guard response.status == 200 else { throw NetworkError.status(response.status) }
                try await store(response, into: file, maxBytes: maxBytes)
            }
        } catch {
            unlink(file.path)
            throw error
        }
    }

    private func store(_ response: NetworkResponse, into file: URL, maxBytes: Int) async throws {
        let announced = response.contentLength
        if let announced, announced > maxBytes { throw NetworkError.tooLarge(limit: Int64(maxBytes), announced: announced) }
        let output = try await Self.threads.run { try OutputFile(file, truncating: true) }
        var pending: [UInt8] = []
        var received = 0
        for try await piece in response.body {
            received += piece.count
            guard received <= maxBytes else { throw NetworkError.tooLarge(limit: Int64(maxBytes), announced: nil) }
            pending += piece
            if pending.count >= Self.pieceBytes {
                try await Self.threads.run { [pending] in try output.append(pending) }
                pending.removeAll(keepingCapacity: true)
            }
        }
        try await Self.threads.run { [pending] in try output.append(pending) }
        if let announced, announced != received { throw NetworkError.truncated(received: Int64(received), announced: announced) }
    }
}
