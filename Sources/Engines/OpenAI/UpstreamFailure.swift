import Foundation
import Foundations

/// An endpoint's refusal, read from its status and error body, in the words of OpenAI, vLLM and llama-server.
struct UpstreamFailure {
    let status: Int
    let body: JSONValue?
    let retryAfter: Duration?

    /// - Parameter apiKey: never repeated, should the endpoint have put it into its message.
    func error(name: String, apiKey: String?) -> EndpointError {
        let inner = body?["error"]?.objectValue != nil ? body?["error"] : body
        let message = inner?["message"]?.stringValue ?? body?["error"]?.stringValue ?? ""
        switch status {
        case 401, 403:
            return .keyRefused(name: name)
        case 404 where message.lowercased().contains("model"):
            return .modelNotFound(name: name)
        case 429:
            return .busy(name: name, retryAfter: retryAfter)
        case 502, 503, 504:
            return .unavailable(name: name, retryAfter: retryAfter)
        case 400, 413, 422:
            if Self.isContextTooLong(inner, message) {
                return .contextTooLong(
                    promptTokens: inner?["n_prompt_tokens"]?.intValue, contextTokens: inner?["n_ctx"]?.intValue)
            }
            return .requestRefused(name: name, detail: Self.harmless(message, apiKey))
        case 500 where Self.isContextTooLong(inner, message):
            return .contextTooLong(promptTokens: nil, contextTokens: nil)
        case 500...599:
            return .failed(name: name)
        default:
            return .protocolViolation(name: name)
        }
    }

    private static func isContextTooLong(_ error: JSONValue?, _ message: String) -> Bool {
        if error?["type"]?.stringValue == "exceed_context_size_error" { return true }
        if error?["code"]?.stringValue == "context_length_exceeded" { return true }
        let message = message.lowercased()
        return [
            "maximum context length", "exceeds the available context size", "larger than the max context size",
            "context size has been exceeded", "maximum model length",
        ].contains { message.contains($0) }
    }

    /// The endpoint's own words, unless they look like they hold a path, an address or a key.
    private static func harmless(_ message: String, _ apiKey: String?) -> String? {
        let line = message.split(separator: "\n").first.map(String.init) ?? ""
        guard !line.isEmpty, line.count <= 300, apiKey.map({ $0.isEmpty || !line.contains($0) }) ?? true else { return nil }
        let suspicious = ["://", "/", "sk-", "Bearer", "127.0.0.1", "localhost"]
        return suspicious.contains { line.contains($0) } ? nil : line
    }
}
