import Foundation
import Foundations
import Networking

/// Telegram's Bot API (https://core.telegram.org/bots/api), as far as bots for conversations need it.
///
/// The token is part of every address: neither addresses nor what the transport says of them get into errors or logs.
public struct TelegramAPI: Sendable {
    private let transport: any TelegramTransport
    /// The server's address and the token, without a slash at the end.
    private let server: String
    private let token: String

    /// - Throws: `TelegramError.invalidToken`, `invalidAddress`.
    public init(token: String, apiURL: String, network: NetworkClient) throws {
        try self.init(token: token, apiURL: apiURL, transport: TelegramNetwork(client: network))
    }

    package init(token: String, apiURL: String, transport: any TelegramTransport) throws {
        let token = token.trimmingCharacters(in: .whitespacesAndNewlines)
        // Nothing in it needs escaping in an address, nor can lead elsewhere.
        guard token.wholeMatch(of: #/[0-9]+:[A-Za-z0-9_-]+/#) != nil else { throw TelegramError.invalidToken }
        guard let url = try? FetchURL(apiURL), !url.target.contains("?") else { throw TelegramError.invalidAddress }
        var server = url.description
        while server.hasSuffix("/") { server.removeLast() }
        self.server = server
        self.token = token
        self.transport = transport
    }

    // MARK: Calling

    /// - Throws: `ChatPortError`, `TelegramFault`, `CancellationError`.
    func call(_ method: String, _ parameters: [String: JSONValue] = [:], deadline: Deadline) async throws -> JSONValue {
        try await post(method, JSONValue.object(parameters).encoded(), type: "application/json", deadline)
    }

    /// - Throws: as `call`.
    func call(_ method: String, _ form: FormBody, deadline: Deadline) async throws -> JSONValue {
        try await post(method, form.finished, type: form.contentType, deadline)
    }

    private func post(_ method: String, _ body: Data, type: String, _ deadline: Deadline) async throws -> JSONValue {
        let request = NetworkRequest("POST", "\(server)/bot\(token)/\(method)", headers: [("Content-Type", type)], body: body)
        let answer: TelegramAnswer
        do {
            let (status, body) = try await transport.exchange(request, deadline: deadline)
            answer = TelegramAnswer(status: status, body: body)
        } catch {
            throw Self.failure(error)
        }
        switch answer {
        case .result(let value): return value
        case .fault(let fault): throw fault
        case .failure(let error): throw error
        }
    }

    /// Fetches a file that `file(_:deadline:)` told the place of.
    /// - Throws: `ChatPortError`; `NetworkError` where the disk is at fault; `CancellationError`.
    func download(_ path: String, into file: URL, maxBytes: Int, deadline: Deadline) async throws {
        guard let path = Self.escaped(path) else { throw ChatPortError.unexpectedAnswer }
        do {
            try await transport.download("\(server)/file/bot\(token)/\(path)", into: file, maxBytes: maxBytes, deadline: deadline)
        } catch NetworkError.tooLarge {
            throw ChatPortError.fileTooLarge(limit: maxBytes)
        } catch {
            throw Self.failure(error)
        }
    }

    /// A path from Telegram, fit for an address; `nil` where it would lead elsewhere.
    private static func escaped(_ path: String) -> String? {
        let pieces = path.split(separator: "/", omittingEmptySubsequences: false)
        guard !path.isEmpty, !pieces.contains(where: { $0 == "." || $0 == ".." }) else { return nil }
        return path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed)
    }

    /// What went wrong between us and Telegram, in a port's terms.
    private static func failure(_ error: any Error) -> any Error {
        switch error {
        case is DeadlineExceeded: return ChatPortError.unanswered
        case let error as NetworkError:
            switch error {
            case .hostNotFound, .connectionFailed, .clientClosed, .addressRefused: return ChatPortError.unavailable
            case .timeout, .truncated: return ChatPortError.unanswered
            case .insufficientStorage, .storageFailed: return error
            // Of a download: the address of a file is good for an hour.
            case .status(401), .status(403), .status(404), .status(410): return ChatPortError.refused(code: 404)
            case .status(429): return ChatPortError.slowDown(after: .seconds(5))
            case .status(500...): return ChatPortError.unavailable
            default: return ChatPortError.unexpectedAnswer
            }
        default: return error
        }
    }
}

/// Whoever prints it, or something that holds it, prints no token.
extension TelegramAPI: CustomReflectable {
    public var customMirror: Mirror { Mirror(self, children: []) }
}
