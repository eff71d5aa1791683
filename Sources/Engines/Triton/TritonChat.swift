import Foundation
import Foundations

/// A chat with a model behind Triton's generate extension: TensorRT-LLM's ensemble or BLS model, or the vLLM backend.
public struct TritonChat: Sendable {
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
        let fields = try fields(of: chat, inputs: try await inputs.value())
        let pieces = try await triton.generateStream(model, fields, context: context)
        let stops = chat.stop + template.stop
        return ChatStream { continuation in
            // Ends with the stream: when its consumer goes, it is cancelled, and with it the server's work.
            let relay = Task {
                do {
                    var ending = StopWords(stops)
                    for try await piece in pieces {
                        let text = ending.take(piece.compactMap { $0["text_output"]?.stringValue }.joined())
                        if !text.isEmpty { continuation.yield([.text(text)]) }
                        if ending.hasStopped { break }
                    }
                    try Task.checkCancellation()
                    let rest = ending.rest
                    // The protocol says neither why it ended nor how many tokens there were.
                    continuation.yield((rest.isEmpty ? [] : [.text(rest)]) + [.finished(ChatFinish(reason: "stop"))])
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }

    /// Fields that the model has no input for travel as parameters, which is where the vLLM backend looks for them.
    private func fields(of chat: ChatRequest, inputs: Set<String>) throws -> JSONValue {
        if let tools = chat.extra["tools"]?.arrayValue, !tools.isEmpty { throw TritonError.notGenerated(what: "tools") }
        if let format = chat.extra["response_format"]?["type"]?.stringValue, format != "text" {
            throw TritonError.notGenerated(what: "response formats")
        }
        if chat.extra["logprobs"] == true { throw TritonError.notGenerated(what: "log-probabilities") }
        var fields: [String: JSONValue] = [
            "text_input": .string(try template.text(chat.messages)),
            // TensorRT-LLM's models have to be told a length.
            "max_tokens": .integer(chat.maxTokens ?? 1024), "stream": true,
        ]
        fields["temperature"] = chat.temperature.map(JSONValue.number)
        fields["top_p"] = chat.topP.map(JSONValue.number)
        fields["top_k"] = chat.topK.map(JSONValue.integer)
        fields[inputs.contains("random_seed") ? "random_seed" : "seed"] = chat.seed.map(JSONValue.integer)
        // Parameters can't be lists: without such an input the answer is only cut here.
        let stops = chat.stop + template.stop
        if !stops.isEmpty, inputs.contains("stop_words") { fields["stop_words"] = .array(stops.map(JSONValue.string)) }
        return .object(fields)
    }
}
