import Foundations

/// Reads the parts that pieces of an answer and whole answers have in common, and whole answers.
enum ChatAnswerReader {
    /// The events of a whole completion (`chat.completion`); `nil` when it isn't one.
    static func events(of answer: JSONValue) -> [ChatEvent]? {
        guard let choice = answer["choices"]?.arrayValue?.first, choice["message"]?.objectValue != nil else { return nil }
        var events: [ChatEvent] = []
        take(choice["message"], logprobs: choice["logprobs"], &events)
        var finish = ChatFinish(reason: choice["finish_reason"]?.stringValue ?? "stop")
        finish.take(usageIn: answer)
        events.append(.finished(finish))
        return events
    }

    /// - Parameter message: a whole message, or what a piece adds to one.
    static func take(_ message: JSONValue?, logprobs: JSONValue?, _ out: inout [ChatEvent]) {
        guard let message = message?.objectValue else { return }
        var rest: [String: JSONValue] = [:]
        for (key, value) in message where key != "content" && key != "role" && value != .null { rest[key] = value }
        if let logprobs, logprobs != .null { rest["logprobs"] = logprobs }
        if !rest.isEmpty { out.append(.delta(.object(rest))) }
        if let text = message["content"]?.stringValue, !text.isEmpty { out.append(.text(text)) }
    }
}

extension ChatFinish {
    /// Takes over what an object says about tokens.
    mutating func take(usageIn value: JSONValue) {
        if let usage = value["usage"], usage.objectValue != nil {
            promptTokens = usage["prompt_tokens"]?.intValue ?? promptTokens
            completionTokens = usage["completion_tokens"]?.intValue ?? completionTokens
            cachedTokens = usage["prompt_tokens_details"]?["cached_tokens"]?.intValue ?? cachedTokens
        }
        if let cached = value["timings"]?["cache_n"]?.intValue { cachedTokens = cached }
    }
}
