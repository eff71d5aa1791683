import Engines
import Foundation
import Foundations
import ModelHub

/// A chat model of the hub as the one that writes prompts and looks at selfies: one question, one answer that follows a JSON schema.
struct ChatPromptModel: PromptModel {
    let models: any ModelDirectory
    /// `nil`: the default one.
    let id: String?
    /// Bounds each answer.
    let context: RequestContext

    /// - Throws: what the hub and the engine throw; `DeadlineExceeded`, `CancellationError`.
    func complete(_ instruction: String, _ user: String, schema: String, maxTokens: Int) async throws -> String {
        try await answer(of: try await model(), instruction, [.text(user)], schema: schema, maxTokens: maxTokens)
    }

    func model() async throws -> any ChatModel {
        try await withDeadline(context.deadline, waitingFor: "the language model") { try await models.chatModel(id: id, context: context) }
    }

    func answer(
        of model: any ChatModel, _ instruction: String, _ parts: [ChatMessage.Part], schema: String, maxTokens: Int
    ) async throws -> String {
        var request = ChatRequest(messages: [ChatMessage(.system, instruction), ChatMessage(.user, parts)])
        request.temperature = 0
        request.maxTokens = maxTokens
        request.isFollowed = false
        request.extra = [
            "response_format": [
                "type": "json_schema",
                "json_schema": ["name": "answer", "strict": true, "schema": try JSONValue(parsing: Data(schema.utf8))],
            ]
        ]
        return try await withDeadline(context.deadline, waitingFor: "the language model") { [request] in
            var answer = ""
            for try await event in try await model.stream(request, context: context).events {
                if case .text(let text) = event { answer += text }
            }
            try Task.checkCancellation()
            return answer
        }
    }
}
