import Foundation
import Foundations

/// Turns the events of a streamed chat completion into `ChatEvent`s.
struct ChatEventParser: EngineEventParser {
    let name: String
    private var finish = ChatFinish(reason: "")
    private(set) var isFinished = false

    init(name: String) { self.name = name }

    mutating func take(_ data: String) throws -> [ChatEvent] {
        var out: [ChatEvent] = []
        try take(data, &out)
        return out
    }

    mutating func end() throws -> [ChatEvent] {
        if isFinished { return [] }
        guard !finish.reason.isEmpty else { throw EndpointError.died(name: name) }
        isFinished = true
        return [.finished(finish)]
    }

    private mutating func take(_ data: String, _ out: inout [ChatEvent]) throws {
        // Most events are chunks, whose first sign tells them apart.
        if data.utf8.first != UInt8(ascii: "{"), data.trimmingCharacters(in: .whitespaces) == "[DONE]" {
            // Some servers say no reason when they were cut off themselves.
            if finish.reason.isEmpty { finish.reason = "stop" }
            isFinished = true
            out.append(.finished(finish))
            return
        }
        guard let value = try? JSONParser.parse(data.utf8), value.objectValue != nil else {
            throw EndpointError.protocolViolation(name: name)
        }
        if let error = value["error"], error != .null {
            let status = error["code"]?.intValue ?? 500
            throw UpstreamFailure(status: status, body: value, retryAfter: nil).error(name: name, apiKey: nil)
        }
        if let progress = value["prompt_progress"], let done = progress["processed"]?.intValue,
            let total = progress["total"]?.intValue
        {
            out.append(.promptProgress(done: done, total: total))
        }
        finish.take(usageIn: value)
        guard let choice = value["choices"]?.arrayValue?.first else { return }
        ChatAnswerReader.take(choice["delta"], logprobs: choice["logprobs"], &out)
        if let reason = choice["finish_reason"]?.stringValue { finish.reason = reason }
    }
}
