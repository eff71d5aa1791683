import Foundations

/// What happens in a run, as it happens.
public enum AgentEvent: Sendable, Equatable {
    /// More of what the model thinks before it answers.
    case thought(String)
    /// More of what it says.
    case text(String)
    case call(ToolCall)
    case result(ToolResult)
    case spent(AgentSpending)
    case finished(AgentResult)

    /// One object with a `type`, as surfaces send it.
    public var json: JSONValue {
        switch self {
        case .thought(let text): ["type": "thought", "text": .string(text)]
        case .text(let text): ["type": "text", "text": .string(text)]
        case .call(let call): ["type": "tool_call", "id": .string(call.id), "name": .string(call.name), "arguments": .string(call.arguments)]
        case .result(let result):
            [
                "type": "tool_result", "id": .string(result.call.id), "name": .string(result.call.name), "content": result.content,
                "is_error": .bool(result.isError), "diff": result.diff.map { .string($0.text) } ?? .null,
            ]
        case .spent(let spending): ["type": "spent", "spent": spending.json]
        case .finished(let result): ["type": "finished", "result": result.json]
        }
    }
}

/// How a run ended.
public struct AgentResult: Sendable, Equatable {
    /// What was used up first; `nil`: the model itself said that it has finished.
    public var limit: AgentLimit?
    /// The model's last word.
    public var answer: String
    public var spent: AgentSpending
    /// What changed in the workspace, one diff a file, from its state at the beginning.
    public var diffs: [FileDiff]

    public var json: JSONValue {
        [
            "ending": .string(limit?.rawValue ?? "finished"), "success": .bool(limit == nil), "answer": .string(answer), "spent": spent.json,
            "diffs": .array(diffs.map(\.json)),
        ]
    }
}

extension AgentSpending {
    public var json: JSONValue {
        [
            "iterations": .integer(iterations), "prompt_tokens": .integer(promptTokens), "tokens": .integer(tokens),
            "seconds": .number((seconds * 1000).rounded() / 1000), "tool_calls": .integer(toolCalls),
        ]
    }
}

extension FileDiff {
    public var json: JSONValue {
        [
            "file_path": .string(path), "is_new": .bool(isNew), "is_deleted": .bool(isDeleted), "lines_added": .integer(added), "lines_removed": .integer(removed),
            "diff": .string(text),
        ]
    }
}
