import Foundations

/// The schemas of OpenAI's routes.
extension Schemas {
    static func openAI(_ configuration: Configuration) -> [String: JSONValue] {
        [
            "ChatCompletionRequest": chatRequest(configuration),
            "ChatMessage": chatMessage,
            "ChatPart": chatPart,
            "ChatTool": object([
                "type": choice(["function"]),
                "function": object(
                    ["name": ["type": "string", "minLength": 1], "description": string, "parameters": anyObject],
                    optional: ["description", "parameters"]),
            ]),
            "ChatCompletion": object([
                "id": string, "object": choice(["chat.completion"]), "created": integer, "model": string,
                "choices": list(
                    object([
                        "index": integer, "message": reference("ChatAnswer"), "finish_reason": string,
                        "logprobs": orNull(reference("ChatLogprobs")),
                    ])), "usage": reference("Usage"),
            ]),
            "ChatAnswer": object(
                [
                    "role": choice(["assistant"]), "content": orNull(string), "refusal": orNull(string),
                    "reasoning_content": string, "tool_calls": list(reference("ChatToolCall")),
                ], optional: ["reasoning_content", "tool_calls"]),
            "ChatToolCall": object([
                "id": string, "type": choice(["function"]), "function": object(["name": string, "arguments": string]),
            ]),
            "ChatLogprobs": object(["content": orNull(list(anyObject)), "refusal": orNull(list(anyObject))]),
            "ChatCompletionChunk": object(
                [
                    "id": string, "object": choice(["chat.completion.chunk"]), "created": integer, "model": string,
                    "choices": list(
                        object([
                            "index": integer, "delta": anyObject, "finish_reason": orNull(string),
                            "logprobs": orNull(reference("ChatLogprobs")),
                        ])), "usage": orNull(reference("Usage")),
                ], optional: ["usage"]),
            "EmbeddingRequest": embeddingRequest(configuration.embeddings),
            "EmbeddingList": object([
                "object": choice(["list"]), "model": string,
                "data": list(
                    object([
                        "object": choice(["embedding"]), "index": integer,
                        "embedding": ["anyOf": [list(["type": "number"]), string]],
                    ])),
                "usage": object(["prompt_tokens": integer, "total_tokens": integer]),
            ]),
        ]
    }

    private static func chatRequest(_ configuration: Configuration) -> JSONValue {
        var own = properties(ChatFields(configuration).all)
        own["model"] = orNull(string)
        own["messages"] = [
            "type": "array", "minItems": 1, "maxItems": .integer(ChatBody.maxMessages), "items": reference("ChatMessage"),
        ]
        own["stream"] = orNull(boolean)
        own["stream_options"] = orNull(["type": "object", "properties": ["include_usage": boolean]])
        own["stop"] = ["anyOf": [string, ["type": "array", "items": string, "maxItems": 16], ["type": "null"]]]
        own["logprobs"] = orNull(boolean)
        own["tools"] = orNull(["type": "array", "maxItems": 128, "items": reference("ChatTool")])
        own["tool_choice"] = [
            "anyOf": [
                choice(["none", "auto", "required"]),
                object(["type": choice(["function"]), "function": object(["name": string])]), ["type": "null"],
            ]
        ]
        own["parallel_tool_calls"] = orNull(boolean)
        own["response_format"] = [
            "anyOf": [
                object(["type": choice(["text", "json_object"])]),
                object([
                    "type": choice(["json_schema"]),
                    "json_schema": object(
                        ["name": string, "strict": orNull(boolean), "schema": anyObject], optional: ["name", "strict"]),
                ]), ["type": "null"],
            ]
        ]
        return [
            "type": "object", "properties": .object(own), "required": ["messages"],
            "description": "Further fields are handed on to the engine as they are.",
        ]
    }

    private static var chatMessage: JSONValue {
        [
            "type": "object",
            "properties": [
                "role": choice(["system", "developer", "user", "assistant", "tool"]),
                "content": ["anyOf": [string, list(reference("ChatPart")), ["type": "null"]]],
                "tool_calls": list(reference("ChatToolCall")), "tool_call_id": string, "name": string,
            ], "required": ["role"],
            "description": "Only an assistant's content may be null. A tool's message names its call in `tool_call_id`.",
        ]
    }

    private static var chatPart: JSONValue {
        func part(_ type: String, _ content: [String: JSONValue], optional: Set<String> = []) -> JSONValue {
            object(content.merging(["type": choice([type])]) { first, _ in first }, optional: optional)
        }
        let url = object(["url": string])
        return [
            "anyOf": [
                part("text", ["text": string]), part("image_url", ["image_url": url]), part("video_url", ["video_url": url]),
                part("input_audio", ["input_audio": ["anyOf": [object(["data": string, "format": string]), url]]]),
            ],
            "description": "URLs begin with http://, https:// or data:.",
        ]
    }

    private static func embeddingRequest(_ limits: EmbeddingsConfiguration) -> JSONValue {
        let text: JSONValue = ["type": "string", "minLength": 1]
        let tokens: JSONValue = [
            "type": "array", "items": ["type": "integer", "minimum": 0], "minItems": 1, "maxItems": .integer(limits.maxTokens),
        ]
        func several(_ items: JSONValue) -> JSONValue {
            ["type": "array", "items": items, "minItems": 1, "maxItems": .integer(limits.maxInputs)]
        }
        return [
            "type": "object",
            "properties": [
                "input": ["anyOf": [text, several(text), tokens, several(tokens)]], "model": orNull(string),
                "dimensions": EmbeddingsBody.dimensions.schema,
                "encoding_format": ["anyOf": [choice(["float", "base64"]), ["type": "null"]]],
            ], "required": ["input"],
        ]
    }
}
