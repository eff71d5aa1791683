import Foundation
import Foundations

/// A chat with a model behind Triton's generate extension: TensorRT-LLM's ensemble or BLS model, or the vLLM backend.
public struct TritonChat: Sendable {
    /// TensorRT-LLM's models have to be told a length.
    private static let defaultMaxTokens = 1024

    private let triton: TritonClient
    private let model: String
    private let template: ChatTemplate
    /// What the model takes, asked once.
    private let inputs: SharedLoad<Set<String>>

    /// - Parameter model: the name the server knows it by.
    public init(_ triton: TritonClient, model: String, template: EndpointConfiguration.Template, timeout: Duration) {
        self.triton = triton
        self.model = model
        self.template = ChatTemplate(template)
        inputs = SharedLoad {
            let metadata = try await triton.inference.metadata(of: model, context: RequestContext(deadline: .after(timeout)))
            return Set(metadata.inputs.map(\.name))
        }
    }

    /// - Throws: `TritonError.notGenerated`, `EndpointError`, `DeadlineExceeded`, `CancellationError`; the stream throws the same.
    public func stream(_ chat: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let stops = chat.stop + template.stop
        let fields = try fields(of: chat, stops: stops, inputs: try await inputs.value())
        if chat.isFollowed { return try await triton.generateStream(model, fields, stops: stops, context: context) }
        var words = StopWords(stops)
        let text = words.take(try await triton.generate(model, fields, context: context)) + words.rest
        return ChatStream { continuation in
            continuation.yield([.text(text), GenerateEventParser.end])
            continuation.finish()
        }
    }

    /// Fields that the model has no input for travel as parameters, which is where the vLLM backend looks for them.
    private func fields(of chat: ChatRequest, stops: [String], inputs: Set<String>) throws -> JSONValue {
        if let tools = chat.extra["tools"]?.arrayValue, !tools.isEmpty { throw TritonError.notGenerated(what: "tools") }
        if let format = chat.extra["response_format"]?["type"]?.stringValue, format != "text" {
            throw TritonError.notGenerated(what: "response formats")
        }
        if chat.extra["logprobs"] == true { throw TritonError.notGenerated(what: "log-probabilities") }
        var fields: [String: JSONValue] = [
            "text_input": .string(try template.text(chat.messages)),
            "max_tokens": .integer(chat.maxTokens ?? Self.defaultMaxTokens), "stream": .bool(chat.isFollowed),
        ]
        fields["temperature"] = chat.temperature.map(JSONValue.number)
        fields["top_p"] = chat.topP.map(JSONValue.number)
        fields["top_k"] = chat.topK.map(JSONValue.integer)
        fields[inputs.contains("random_seed") ? "random_seed" : "seed"] = chat.seed.map(JSONValue.integer)
        // Parameters can't be lists: without such an input the answer is only cut here.
        if !stops.isEmpty, inputs.contains("stop_words") { fields["stop_words"] = .array(stops.map(JSONValue.string)) }
        return .object(fields)
    }
}
