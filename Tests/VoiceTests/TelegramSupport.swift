import Foundation
import Foundations
import Logging
import Networking
import Synchronization
import Voice

/// A Bot API that answers as a test says.
final class ScriptedTelegram: TelegramTransport {
    struct Call: Sendable {
        var method: String
        /// Of JSON bodies.
        var parameters: JSONValue
        var request: NetworkRequest
        var time: ContinuousClock.Instant

        var body: String { String(decoding: request.body ?? Data(), as: UTF8.self) }
    }

    enum Reply: Sendable {
        case result(JSONValue)
        case error(Int, String, retryAfter: Int? = nil)
        case raw(Int, String)
        case fails(NetworkError)
        /// No answer until the caller has gone.
        case hangs
    }

    static let token = "123456:TEST-token_x"

    private let script: @Sendable (Call, Int) -> Reply
    private let made = Mutex<[Call]>([])

    /// - Parameter script: gets the call, and how many of its method came before.
    init(_ script: @escaping @Sendable (Call, Int) -> Reply) { self.script = script }

    var calls: [Call] { made.withLock { $0 } }
    var methods: [String] { calls.map(\.method) }

    func calls(of method: String) -> [Call] { calls.filter { $0.method == method } }

    func api(url: String = "https://api.example.org") throws -> TelegramAPI {
        try TelegramAPI(token: Self.token, apiURL: url, transport: self)
    }

    func exchange(_ request: NetworkRequest, deadline: Deadline) async throws -> (status: Int, body: Data) {
        let method = request.url.components(separatedBy: "/").last ?? ""
        let call = Call(
            method: method, parameters: (try? JSONValue(parsing: request.body ?? Data())) ?? .null, request: request, time: .now)
        let before = made.withLock { calls in
            defer { calls.append(call) }
            return calls.count { $0.method == method }
        }
        switch script(call, before) {
        case .result(let value): return (200, JSONValue.object(["ok": true, "result": value]).encoded())
        case .error(let code, let text, let retryAfter):
            var envelope: [String: JSONValue] = ["ok": false, "error_code": .integer(code), "description": .string(text)]
            if let retryAfter { envelope["parameters"] = ["retry_after": .integer(retryAfter)] }
            return (code, JSONValue.object(envelope).encoded())
        case .raw(let status, let text): return (status, Data(text.utf8))
        case .fails(let error): throw error
        case .hangs:
            try await Task.sleep(for: .seconds(60))
            throw NetworkError.timeout
        }
    }

    func download(_ url: String, into file: URL, maxBytes: Int, deadline: Deadline) async throws {
        let call = Call(method: "download", parameters: .null, request: NetworkRequest("GET", url), time: .now)
        made.withLock { $0.append(call) }
        switch script(call, 0) {
        case .raw(200, let text): try Data(text.utf8).write(to: file)
        case .raw(let status, _): throw NetworkError.status(status)
        case .fails(let error): throw error
        default: throw NetworkError.connectionFailed
        }
    }
}

/// Keeps what is handed in. Fails as often as it is told first.
final class ScriptedIntake: ChatIntake {
    struct Full: Error {}

    private let state: Mutex<(messages: [BotMessage], failures: Int)>

    init(failures: Int = 0) { state = Mutex(([], failures)) }

    var messages: [BotMessage] { state.withLock { $0.messages } }

    func accept(_ message: BotMessage) async throws {
        try state.withLock { state in
            if state.failures > 0 {
                state.failures -= 1
                throw Full()
            }
            state.messages.append(message)
        }
    }
}

enum TelegramSamples {
    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func message(_ id: Int, _ more: [String: JSONValue] = ["text": "Hello"], from: [String: JSONValue] = [:]) -> JSONValue {
        let sender: [String: JSONValue] = ["id": 7, "is_bot": false, "first_name": "Ada"]
        let message: [String: JSONValue] = [
            "message_id": .integer(id), "date": 1_700_000_000, "chat": ["id": 7, "type": "private"],
            "from": .object(sender.merging(from) { $1 }),
        ]
        return .object(message.merging(more) { $1 })
    }

    static func update(_ id: Int, _ more: [String: JSONValue] = ["text": "Hello"]) -> JSONValue {
        ["update_id": .integer(id), "message": message(id, more)]
    }

    static func said(_ id: Int) -> TelegramUpdate? { TelegramUpdate(update(id), botName: nil) }
}
