import Engines
import Foundation
import Foundations
import SpeechProtocol

/// The calls' messages as the body of a chat, which is checked in one place for all surfaces.
enum LanguageRequest {
    /// - Throws: `invalidFields`.
    static func object(_ asked: June_Llm_GenerationRequest) throws -> [String: JSONValue] {
        try object([["role": "user", "content": .string(asked.prompt)]], asked.params, asked.context, model: asked.model)
    }

    /// - Throws: `invalidFields`.
    static func object(_ asked: June_Llm_ChatRequest) throws -> [String: JSONValue] {
        var calls = OpenCalls()
        return try object(asked.messages.map { message($0, &calls) }, asked.params, asked.context, model: asked.model)
    }

    private static func object(
        _ messages: [JSONValue], _ parameters: June_Llm_GenerationParameters, _ context: June_Llm_Context, model: String
    ) throws -> [String: JSONValue] {
        guard context.ragDocumentIds.isEmpty else {
            throw CallFault.field("context.rag_document_ids", "unsupported", "Documents aren't looked up here. Send their text in a message.")
        }
        var object: [String: JSONValue] = ["messages": .array(messages)]
        if !model.isEmpty { object["model"] = .string(model) }
        if parameters.maxTokens > 0 { object["max_tokens"] = .integer(Int(parameters.maxTokens)) }
        if parameters.hasTemperature { object["temperature"] = decimal(parameters.temperature) }
        if parameters.topP > 0 { object["top_p"] = decimal(parameters.topP) }
        if parameters.topK > 0 { object["top_k"] = .integer(Int(min(parameters.topK, 1e6))) }
        // llama.cpp's name, and vLLM's.
        if parameters.repetitionPenalty > 0 {
            object["repeat_penalty"] = decimal(parameters.repetitionPenalty)
            object["repetition_penalty"] = decimal(parameters.repetitionPenalty)
        }
        if !parameters.stopSequences.isEmpty { object["stop"] = .array(parameters.stopSequences.map(JSONValue.string)) }
        if parameters.seed != 0 { object["seed"] = .integer(Int(parameters.seed)) }
        if context.enableTools, !context.availableTools.isEmpty {
            object["tools"] = .array(try context.availableTools.enumerated().map { try tool($1, "context.available_tools[\($0)]") })
        }
        return object
    }

    /// The shortest decimal that reads back as the same 32-bit number: 0.7, not 0.699999988.
    private static func decimal(_ number: Float) -> JSONValue { .number(Double(number.description) ?? Double(number)) }

    private static func tool(_ tool: June_Llm_ToolDefinition, _ path: String) throws -> JSONValue {
        var function: [String: JSONValue] = ["name": .string(tool.name), "description": .string(tool.description_p)]
        if !tool.parametersSchema.isEmpty {
            guard let schema = try? JSONValue(parsing: Data(tool.parametersSchema.utf8)), schema.objectValue != nil else {
                throw CallFault.field(path + ".parameters_schema", "wrong_type", "A tool's parameters are a JSON schema, as text.")
            }
            function["parameters"] = schema
        }
        return ["type": "function", "function": .object(function)]
    }

    /// The calls of earlier answers that no tool has answered yet.
    private struct OpenCalls {
        var ids: [String] = []
        private var made = 0

        mutating func add(_ id: String) -> String {
            made += 1
            let id = id.isEmpty ? "call_\(made)" : id
            ids.append(id)
            return id
        }

        /// - Parameter id: empty: the earliest that waits.
        mutating func answer(_ id: String) -> String? {
            guard let place = id.isEmpty ? ids.indices.first : ids.firstIndex(of: id) else { return id.isEmpty ? nil : id }
            return ids.remove(at: place)
        }
    }

    private static func message(_ message: June_Llm_ChatMessage, _ calls: inout OpenCalls) -> JSONValue {
        var object: [String: JSONValue] = ["role": .string(message.role), "content": .string(message.content)]
        if !message.name.isEmpty { object["name"] = .string(message.name) }
        var made = message.toolCalls
        if made.isEmpty, message.hasFunctionCall { made = [.with { $0.function = message.functionCall }] }
        if !made.isEmpty {
            object["tool_calls"] = .array(
                made.map { call in
                    [
                        "id": .string(calls.add(call.id)), "type": "function",
                        "function": ["name": .string(call.function.name), "arguments": .string(call.function.arguments)],
                    ]
                })
        }
        if message.role == ChatMessage.Role.tool.rawValue, let id = calls.answer(message.toolCallID) { object["tool_call_id"] = .string(id) }
        return .object(object)
    }
}
