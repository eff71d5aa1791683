import Engines
import Foundations
import ModelHub
import SpeechProtocol

/// What a model wrote, as the calls tell it.
struct LanguageAnswer: Sendable {
    static let role = ChatMessage.Role.assistant.rawValue

    private let message: JSONValue
    private let finish: ChatFinish
    private let seconds: Double

    /// Follows an answer to its end.
    /// - Parameter take: gets the text as it is written.
    /// - Throws: as the model's stream; `GatewayError.answerMissing`.
    init(
        of model: any ChatModel, to request: ChatRequest, _ context: Foundations.RequestContext,
        _ take: (@Sendable (String) async throws -> Void)?
    ) async throws {
        var merger = DeltaMerger()
        var finish: ChatFinish?
        var first: ContinuousClock.Instant?
        let begun = ContinuousClock.now
        for try await batch in try await model.stream(request, context: context) {
            var text = ""
            for event in batch {
                switch event {
                case .text(let piece): text += piece
                case .delta(let delta): merger.append(delta: delta)
                case .finished(let end): finish = end
                case .promptProgress: continue
                }
            }
            guard !text.isEmpty else { continue }
            if first == nil { first = .now }
            merger.append(text: text)
            try await take?(text)
        }
        try Task.checkCancellation()
        guard let finish else { throw GatewayError.answerMissing }
        self.finish = finish
        message = merger.value
        // An answer that comes as a whole says nothing of the time before its first word.
        seconds = (.now - (request.isFollowed ? first ?? begun : begun)) / .seconds(1)
    }

    var text: String { message["content"]?.stringValue ?? "" }

    var toolCalls: [June_Llm_ToolCall] {
        (message["tool_calls"]?.arrayValue ?? []).map { call in
            .with {
                $0.id = call["id"]?.stringValue ?? ""
                $0.type = call["type"]?.stringValue ?? "function"
                $0.function.name = call["function"]?["name"]?.stringValue ?? ""
                $0.function.arguments = call["function"]?["arguments"]?.stringValue ?? ""
            }
        }
    }

    var finishReason: June_Llm_FinishReason {
        switch finish.reason {
        case "length": .length
        case "tool_calls": .toolCalls
        default: .stop
        }
    }

    var usage: June_Llm_UsageStats {
        .with {
            $0.promptTokens = Int32(clamping: finish.promptTokens ?? 0)
            $0.completionTokens = Int32(clamping: finish.completionTokens ?? 0)
            $0.totalTokens = $0.promptTokens + $0.completionTokens
            $0.promptCacheHits = Int32(clamping: finish.cachedTokens ?? 0)
        }
    }

    var tokensPerSecond: Float { seconds > 0 ? Float(Double(finish.completionTokens ?? 0) / seconds) : 0 }
}
