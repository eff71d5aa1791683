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

    /// An answer of which the first has begun: whatever can be refused has been refused by then.
    private struct Begun: Sendable {
        let identity: CompletionIdentity
        let model: any ChatModel
        let request: ChatRequest
        let first: ChatStream
    }

    func response() async throws -> Response {
        let begun = try await services.bounded(context) {
            let model = try await services.dependencies.models.chatModel(id: body.model, context: context.foundation)
            context.record.update { $0.model = model.id }
            if !model.seesImages, body.messages.contains(where: \.hasImages) { throw GatewayError.imagesNotSeen }
            let media = ChatMedia(context: context, services: services)
            var request = ChatRequest(body, messages: try await media.messages(body.messages, hears: model.hearsSound))
            // Several answers are several requests, alike but for their seeds: so every engine can give them.
            if body.choices > 1, request.seed == nil { request.seed = Int(UInt32.random(in: 0...UInt32.max >> 1)) }
            return Begun(
                identity: CompletionIdentity(requestID: context.requestID, model: model.id), model: model, request: request,
                first: try await model.stream(request, context: context.foundation))
        }
        return body.streams ? stream(begun) : try await whole(begun)
    }

    private func whole(_ begun: Begun) async throws -> Response {
        let answers = try await services.bounded(context) {
            try await eachChoice(of: begun) { _, events in
                var merger = DeltaMerger()
                var logprobs = JSONValue.null
                let (finish, rest) = try await follow(events) { pieces in
                    for piece in pieces {
                        switch piece.content {
                        case .text(let text): merger.append(text: text)
                        case .delta(let delta): merger.append(delta: delta)
                        }
                        logprobs = ChoiceReader.join(logprobs, piece.logprobs)
                    }
                }
                return (
                    CompletionIdentity.Choice(
                        message: merger.value, finishReason: finish.reason,
                        logprobs: ChoiceReader.join(logprobs, rest.logprobs)), finish
                )
            }
        }
        return .json(begun.identity.completion(answers.map(\.0), usage: usage(answers.map(\.1))))
    }

    private func stream(_ begun: Begun) -> Response {
        let showsUsage = body.includesUsage
        return Self.stream(context, services) { sink in
            let finishes = try await eachChoice(of: begun) { choice, events in
                let writer = ChunkWriter(begun.identity, choice: choice, showsUsage: showsUsage)
                sink.send(writer.event(.init(.delta(["role": "assistant", "content": ""]))))
                let (finish, rest) = try await follow(events) { pieces in sink.send(pieces.map { writer.event($0) }) }
                sink.send(writer.event(rest, finishReason: finish.reason))
                return finish
            }
            let usage = usage(finishes)
            if showsUsage { sink.send(ServerSentEvent(nil, begun.identity.usageChunk(usage))) }
        }
    }

    /// Runs `work` for each answer, as many at once as a local model works on, and gives the results in the answers' order.
    private func eachChoice<T: Sendable>(
        of begun: Begun, _ work: @escaping @Sendable (Int, ChatStream) async throws -> T
    ) async throws -> [T] {
        try await withThrowingTaskGroup(of: (Int, T).self) { group in
            var results: [Int: T] = [:]
            for choice in 0..<body.choices {
                if choice >= max(1, services.configuration.models.parallel), let (done, result) = try await group.next() {
                    results[done] = result
                }
                group.addTask {
                    var request = begun.request
                    // Stays within the seeds that every engine takes.
                    request.seed = request.seed.map { choice == 0 ? $0 : ($0 &+ choice) & 0x7FFF_FFFF }
                    let events =
                        choice == 0 ? begun.first : try await begun.model.stream(request, context: context.foundation)
                    return (choice, try await work(choice, events))
                }
            }
            for try await (done, result) in group { results[done] = result }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Follows the engine's events for one answer to the last one.
    /// - Returns: how it ended, and what is left for its last chunk.
    private func follow(
        _ events: ChatStream, _ take: ([ChoiceReader.Piece]) -> Void
    ) async throws -> (ChatFinish, rest: ChoiceReader.Piece) {
        var reader = ChoiceReader(topLogprobs: body.topLogprobs)
        for try await batch in events {
            var pieces: [ChoiceReader.Piece] = []
            var end: ChatFinish?
            for event in batch {
                if case .finished(let finish) = event {
                    end = finish
                } else if let piece = reader.read(event) {
                    pieces.append(piece)
                }
            }
            if !pieces.isEmpty {
                context.record.tokenArrived()
                take(pieces)
            }
            if let end { return (end, reader.finish()) }
        }
        try Task.checkCancellation()
        throw GatewayError.answerMissing
    }

    /// The prompt counts once, however many answers it got.
    private func usage(_ finishes: [ChatFinish]) -> JSONValue {
        let prompt = finishes.first?.promptTokens
        let completion = finishes.compactMap(\.completionTokens).reduce(0, +)
        context.record.update {
            $0.promptTokens = prompt
            $0.completionTokens = completion
        }
        return OpenAIObjects.usage(prompt: prompt, completion: completion, cached: finishes.first?.cachedTokens)
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
            sink.send(ServerSentEvent(raw: Array("[DONE]".utf8)))
        }
    }
}
