import Engines
import Foundations
import GRPCCore
import ModelHub
import SpeechProtocol

/// `june.llm.LLMInference`: prompts, conversations and embeddings.
struct LanguageCalls: June_Llm_LLMInference.ServiceProtocol {
    let services: GatewayServices

    func generateStream(
        request: ServerRequest<June_Llm_GenerationRequest>, context: ServerContext
    ) async throws -> StreamingServerResponse<June_Llm_GenerationChunk> {
        StreamingServerResponse { writer in
            let count = Counter()
            let written = try await answer(LanguageRequest.object(request.message), request.metadata) { text in
                let index = await count.next()
                try await writer.write(
                    .with {
                        $0.token = text
                        $0.index = index
                    })
            }
            let end = await count.next()
            try await writer.write(
                .with {
                    $0.isFinal = true
                    $0.index = end
                    $0.toolCalls = written.toolCalls
                    $0.finishReason = written.finishReason
                })
            return [:]
        }
    }

    func generate(
        request: ServerRequest<June_Llm_GenerationRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Llm_GenerationResponse> {
        let written = try await answer(LanguageRequest.object(request.message), request.metadata)
        return ServerResponse(
            message: .with {
                $0.text = written.text
                $0.tokensGenerated = written.usage.completionTokens
                $0.tokensPerSecond = written.tokensPerSecond
                $0.toolCalls = written.toolCalls
                $0.finishReason = written.finishReason
                $0.usage = written.usage
            })
    }

    func chatStream(
        request: ServerRequest<June_Llm_ChatRequest>, context: ServerContext
    ) async throws -> StreamingServerResponse<June_Llm_ChatChunk> {
        StreamingServerResponse { writer in
            let written = try await answer(try LanguageRequest.object(request.message), request.metadata) { text in
                try await writer.write(
                    .with {
                        $0.contentDelta = text
                        $0.role = LanguageAnswer.role
                    })
            }
            try await writer.write(
                .with {
                    $0.role = LanguageAnswer.role
                    $0.isFinal = true
                    $0.toolCalls = written.toolCalls
                    $0.finishReason = written.finishReason
                    $0.usage = written.usage
                })
            return [:]
        }
    }

    func chat(
        request: ServerRequest<June_Llm_ChatRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Llm_ChatResponse> {
        let written = try await answer(try LanguageRequest.object(request.message), request.metadata)
        return ServerResponse(
            message: .with {
                $0.message.role = LanguageAnswer.role
                $0.message.content = written.text
                $0.message.toolCalls = written.toolCalls
                $0.tokensGenerated = written.usage.completionTokens
                $0.tokensPerSecond = written.tokensPerSecond
                $0.usage = written.usage
                $0.finishReason = written.finishReason
            })
    }

    func embed(
        request: ServerRequest<June_Llm_EmbeddingRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Llm_EmbeddingResponse> {
        let asked = request.message
        let batch = try await services.bounded(request.metadata) { context in
            let object: [String: JSONValue] = ["input": .array(asked.texts.map(JSONValue.string)), "model": .string(asked.model)]
            let body = try await services.threads.run { try EmbeddingsBody(object, services.configuration.embeddings) }
            return try await EmbeddingsRoute.embed(body, context, services).batch
        }
        return ServerResponse(
            message: .with {
                $0.embeddings = batch.vectors.flatMap { $0 }
                $0.dimension = Int32(batch.vectors.first?.count ?? 0)
            })
    }

    func healthCheck(
        request: ServerRequest<June_Llm_HealthRequest>, context: ServerContext
    ) async throws -> ServerResponse<June_Llm_HealthResponse> {
        let chats = await services.dependencies.models.models().filter { $0.capabilities.contains("chat") }
        let model = chats.first { $0.isDefault == true } ?? chats.first { $0.state == .ready } ?? chats.first { $0.state == .onDisk }
        return ServerResponse(
            message: .with {
                $0.healthy = model.map { [.ready, .loading, .onDisk].contains($0.state) } ?? false
                $0.version = Version.text
                $0.modelName = model?.id ?? ""
                $0.maxContextLength = Int32(clamping: model?.contextLength ?? 0)
                $0.supportsStreaming = true
            })
    }

    /// - Parameter take: gets the answer's text as it is written; `nil`: nobody follows it.
    private func answer(
        _ object: [String: JSONValue], _ metadata: Metadata, _ take: (@Sendable (String) async throws -> Void)? = nil
    ) async throws -> LanguageAnswer {
        try await services.bounded(metadata) { context in
            let body = try await services.threads.run { try ChatBody(object, services.configuration) }
            let model = try await services.dependencies.models.chatModel(id: body.model, context: context)
            var request = ChatRequest(body, messages: body.messages.map(ChatMessage.init(textOf:)))
            request.isFollowed = take != nil
            return try await LanguageAnswer(of: model, to: request, context, take)
        }
    }

    private actor Counter {
        private var count: Int32 = 0
        func next() -> Int32 {
            defer { count += 1 }
            return count
        }
    }
}

extension ChatMessage {
    /// A message of words alone.
    fileprivate init(textOf message: ChatBody.Message) {
        self.init(message.role, message.text)
        extra = message.extra
    }
}
