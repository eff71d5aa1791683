import Engines
import Foundation
import Foundations
import Hummingbird
import ModelHub

/// A chat with a model: the request handed on, the answer whole or in chunks.
struct ChatCompletion: Sendable {
    let body: ChatBody
    let context: GatewayContext
    let services: GatewayServices

    func response() async throws -> Response {
        // Everything that can be refused is refused before the status line leaves.
        let (identity, events) = try await services.bounded(context) { () -> (CompletionIdentity, AsyncThrowingStream<ChatEvent, any Error>) in
            let model = try await services.dependencies.models.chatModel(id: body.model, context: context.foundation)
            context.record.update { $0.model = model.id }
            if !model.seesImages, body.messages.contains(where: \.hasImages) { throw GatewayError.imagesNotSeen }
            var request = ChatRequest(messages: try await ChatMedia(context: context, services: services).messages(body.messages))
            request.maxTokens = body.maxTokens
            request.temperature = body.temperature
            request.topP = body.topP
            request.topK = body.topK
            request.seed = body.seed
            request.stop = body.stop
            request.extra = body.extra
            return (
                CompletionIdentity(requestID: context.requestID, model: model.id),
                try await model.stream(request, context: context.foundation)
            )
        }
        return body.streams ? stream(identity, events) : try await whole(identity, events)
    }

    private func whole(
        _ identity: CompletionIdentity, _ events: AsyncThrowingStream<ChatEvent, any Error>
    ) async throws -> Response {
        let (message, finish) = try await services.bounded(context) {
            var merger = DeltaMerger()
            let finish = try await follow(events) { event in
                switch event {
                case .text(let text): merger.append(text: text)
                case .delta(let delta): merger.append(delta: delta)
                case .promptProgress, .finished: break
                }
            }
            return (merger.value, finish)
        }
        return .json(identity.completion(message: message, finishReason: finish.reason, usage: Self.usage(finish)))
    }

    private func stream(
        _ identity: CompletionIdentity, _ events: AsyncThrowingStream<ChatEvent, any Error>
    ) -> Response {
        let showsUsage = body.includesUsage
        return Self.stream(context, services) { sink in
            func send(_ delta: JSONValue, _ finish: String? = nil) {
                sink.send(ServerSentEvent(nil, identity.chunk(delta: delta, finishReason: finish, showsUsage: showsUsage)))
            }
            send(["role": "assistant", "content": ""])
            let finish = try await follow(events) { event in
                switch event {
                case .text(let text): send(["content": .string(text)])
                case .delta(let delta): send(delta)
                case .promptProgress, .finished: break
                }
            }
            send([:], finish.reason)
            if showsUsage { sink.send(ServerSentEvent(nil, identity.usageChunk(Self.usage(finish)))) }
        }
    }

    /// Follows the engine's events to the last one.
    private func follow(
        _ events: AsyncThrowingStream<ChatEvent, any Error>, _ take: (ChatEvent) -> Void
    ) async throws -> ChatFinish {
        for try await event in events {
            switch event {
            case .text, .delta: context.record.tokenArrived()
            case .promptProgress: break
            case .finished(let finish):
                context.record.update {
                    $0.promptTokens = finish.promptTokens
                    $0.completionTokens = finish.completionTokens
                }
                return finish
            }
            take(event)
        }
        try Task.checkCancellation()
        throw GatewayError.answerMissing
    }

    private static func usage(_ finish: ChatFinish) -> JSONValue {
        OpenAIObjects.usage(prompt: finish.promptTokens, completion: finish.completionTokens, cached: finish.cachedTokens)
    }

    /// An event stream in OpenAI's way: unnamed events, an error object in place of a chunk, `[DONE]` after the last.
    static func stream(
        _ context: GatewayContext, _ services: GatewayServices, _ work: @escaping @Sendable (EventSink) async throws -> Void
    ) -> Response {
        let requestID = context.requestID
        return services.eventStream(context) { sink, report in
            sink.send(ServerSentEvent(nil, report.envelope(requestID: requestID)))
        } _: { sink in
            try await work(sink)
            sink.send(ServerSentEvent(raw: "[DONE]"))
        }
    }
}
