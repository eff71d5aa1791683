import Engines
import Foundation
import Foundations
import ModelHub

/// The objects of OpenAI's API, as its clients expect them.
package enum OpenAIObjects {
    package static func usage(prompt: Int?, completion: Int?, cached: Int?) -> JSONValue {
        [
            "prompt_tokens": .integer(prompt ?? 0), "completion_tokens": .integer(completion ?? 0),
            "total_tokens": .integer((prompt ?? 0) + (completion ?? 0)),
            "prompt_tokens_details": ["cached_tokens": .integer(cached ?? 0)],
        ]
    }

    package static func model(_ summary: ModelSummary, created: Date) -> JSONValue {
        [
            "id": .string(summary.id), "object": "model", "created": .integer(Int(created.timeIntervalSince1970)),
            "owned_by": "martlet", "engine": .string(summary.engine),
            "capabilities": .array(summary.capabilities.map(JSONValue.string)), "state": .string(summary.state.rawValue),
            "bytes": .integer(Int(summary.bytes)), "licence": .string(summary.licence),
            "parameters": summary.parameters.map { .integer(Int($0)) } ?? .null,
            "context_length": summary.contextLength.map(JSONValue.integer) ?? .null,
            "reason": summary.reason.map(JSONValue.string) ?? .null,
            "memory_bytes": summary.memoryBytes.map(JSONValue.integer) ?? .null,
            "users": summary.users.map(JSONValue.integer) ?? .null, "pinned": summary.isPinned.map(JSONValue.bool) ?? .null,
            "description": summary.notes.map(JSONValue.string) ?? .null,
            "needs": [
                "memory_bytes": summary.neededBytes.map(JSONValue.integer) ?? .null,
                "gpu": .bool((summary.parameters ?? 0) >= GPUGuard.threshold),
            ],
            "obstacle": summary.obstacle.map(JSONValue.string) ?? .null, "default": summary.isDefault.map(JSONValue.bool) ?? .null,
        ]
    }
}

/// What all objects of one completion share.
package struct CompletionIdentity: Sendable {
    package var id: String
    package var created: Int
    package var model: String

    package init(requestID: String, model: String) {
        id = "chatcmpl-" + requestID
        created = Int(Date().timeIntervalSince1970)
        self.model = model
    }

    /// One answer of a whole completion.
    package struct Choice: Sendable {
        package var message: JSONValue
        package var finishReason: String
        package var logprobs: JSONValue = .null

        package init(message: JSONValue, finishReason: String, logprobs: JSONValue = .null) {
            self.message = message
            self.finishReason = finishReason
            self.logprobs = logprobs
        }
    }

    package func completion(_ choices: [Choice], usage: JSONValue) -> JSONValue {
        [
            "id": .string(id), "object": "chat.completion", "created": .integer(created), "model": .string(model),
            "choices": .array(
                choices.enumerated().map { index, choice in
                    [
                        "index": .integer(index), "message": choice.message, "finish_reason": .string(choice.finishReason),
                        "logprobs": choice.logprobs,
                    ]
                }),
            "usage": usage,
        ]
    }

    /// A piece of a streamed completion.
    /// - Parameter showsUsage: whether the stream ends with usage; its other pieces then carry null.
    package func chunk(
        choice: Int = 0, delta: JSONValue, logprobs: JSONValue = .null, finishReason: String? = nil, showsUsage: Bool
    ) -> JSONValue {
        object(
            choices: [
                [
                    "index": .integer(choice), "delta": delta,
                    "finish_reason": finishReason.map(JSONValue.string) ?? .null, "logprobs": logprobs,
                ]
            ], usage: showsUsage ? .null : nil)
    }

    package func usageChunk(_ usage: JSONValue) -> JSONValue { object(choices: [], usage: usage) }

    private func object(choices: JSONValue, usage: JSONValue?) -> JSONValue {
        var object: [String: JSONValue] = [
            "id": .string(id), "object": "chat.completion.chunk", "created": .integer(created), "model": .string(model),
            "choices": choices,
        ]
        if let usage { object["usage"] = usage }
        return .object(object)
    }
}
