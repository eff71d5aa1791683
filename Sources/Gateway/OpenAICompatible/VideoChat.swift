import Foundation
import Foundations
import Hummingbird
import VideoAnalysis

/// A chat about a video, put to the video pipeline: the last user turn asks, earlier turns since the video are history.
struct VideoChat: Sendable {
    let answering: VideoAnswering
    let body: ChatBody
    let context: GatewayContext
    let services: GatewayServices

    /// - Throws: `invalidFields` when the conversation can't be about one video.
    init(_ body: ChatBody, _ context: GatewayContext, _ services: GatewayServices) throws {
        guard let place = body.messages.lastIndex(where: { !$0.videos.isEmpty }), let url = body.messages[place].videos.last
        else { throw ChatMedia.fault("messages", "missing", "There is no video in the messages.") }
        let holder = body.messages[place]
        if Set(body.messages.flatMap(\.videos)).count > 1 {
            throw ChatMedia.fault(holder.path, "several_videos", "A conversation can be about one video.")
        }
        if body.messages.contains(where: \.hasImages) {
            throw ChatMedia.fault(holder.path, "unsupported", "Images and a video can't stand in one conversation.")
        }
        if body.messages.contains(where: \.hasSound) {
            throw ChatMedia.fault(holder.path, "unsupported", "Sound and a video can't stand in one conversation.")
        }
        if body.choices > 1 {
            throw ChatMedia.fault("n", "unsupported", "A question about a video has one answer: leave 'n' out or set it to 1.")
        }
        for name in ["tools", "response_format"] where body.extra[name] != nil {
            throw ChatMedia.fault(name, "unsupported", "'\(name)' can't be used in a conversation about a video.")
        }
        guard let last = body.messages.lastIndex(where: { $0.role == .user }), last >= place,
            !body.messages[last].text.isEmpty
        else { throw ChatMedia.fault("messages", "missing", "The last user message must ask something about the video.") }

        var request = VideoRequest.defaults(services.configuration)
        let system = body.messages.filter { $0.role == .system || $0.role == .developer }.map(\.text)
        request.prompt = (system + [body.messages[last].text]).joined(separator: "\n\n")
        request.history = Self.history(body.messages[place..<last])
        request.model = body.model
        if let maxTokens = body.maxTokens { request.generation.maxTokens = maxTokens }
        if let temperature = body.temperature { request.generation.temperature = temperature }
        if let topP = body.topP { request.generation.topP = topP }
        if let topK = body.topK { request.generation.topK = topK }
        request.generation.seed = body.seed
        answering = VideoAnswering(
            request: request, origin: try ChatMedia.video(url, holder.path),
            sourceName: DataURL.isOne(url) ? "video" : url, context: context, services: services)
        self.body = body
        self.context = context
        self.services = services
    }

    private static func history(_ messages: ArraySlice<ChatBody.Message>) -> [VideoQuestion.Exchange] {
        var history: [VideoQuestion.Exchange] = []
        var question: String?
        for message in messages {
            switch message.role {
            case .user: question = [question, message.text].compactMap { $0 }.joined(separator: "\n")
            case .assistant:
                guard let asked = question else { continue }
                history.append(.init(question: asked, answer: message.text))
                question = nil
            default: break
            }
        }
        return history
    }

    func response() async throws -> Response {
        try await services.gate.check(context.foundation)
        if body.streams { return stream }
        let result = try await services.bounded(context) { try await answering.answer(onQueued: { _ in }, onEvent: { _ in }) }
        let identity = CompletionIdentity(requestID: context.requestID, model: result.model)
        return .json(
            identity.completion(
                [
                    .init(
                        message: ["role": "assistant", "content": .string(result.text), "refusal": .null],
                        finishReason: result.finishReason)
                ], usage: VideoAnswer.usage(result)))
    }

    private var stream: Response {
        let showsUsage = body.includesUsage
        var identity = CompletionIdentity(requestID: context.requestID, model: body.model ?? "")
        if identity.model.isEmpty { identity.model = services.configuration.models.chat ?? "default" }
        let sent = identity
        return ChatCompletion.stream(context, services) { sink in
            let writer = ChunkWriter(sent, showsUsage: showsUsage)
            sink.send(writer.event(.init(.delta(["role": "assistant", "content": ""]))))
            let result = try await answering.answer(onQueued: { _ in }) { event in
                guard case .token(let text) = event else { return }
                sink.send(writer.event(.init(.text(text))))
            }
            var identity = sent
            identity.model = result.model
            sink.send(
                ServerSentEvent(nil, identity.chunk(delta: [:], finishReason: result.finishReason, showsUsage: showsUsage)))
            if showsUsage { sink.send(ServerSentEvent(nil, identity.usageChunk(VideoAnswer.usage(result)))) }
        }
    }
}
