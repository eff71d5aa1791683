import Engines
import Foundation
import Foundations

/// A chat model that a child process of ours runs.
struct LocalChatModel: ChatModel {
    let seesImages: Bool
    let contextTokens: Int?
    let patchSize: Int?
    let backend = "llama"
    let local: LocalModel<OpenAIClient>

    /// - Parameter warmsUp: whether each load ends with a short question to the model.
    init(
        id: String, seesImages: Bool, contextTokens: Int? = nil, patchSize: Int? = nil, warmsUp: Bool, residence: LocalResidence,
        engine: LocalModel<OpenAIClient>.Engine
    ) {
        self.seesImages = seesImages
        self.contextTokens = contextTokens
        self.patchSize = patchSize
        local = LocalModel(id: id, residence: residence, engine: engine, warmUp: warmsUp ? Self.warmUp : nil)
    }

    var id: String { local.id }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let lease = try await local.take(context)
        let events: ChatStream
        do {
            events = try await lease.client.stream(request, context: context)
        } catch {
            await local.give(lease)
            throw error
        }
        // The lease ends with the stream, however it ends: completed, failed or abandoned by its consumer.
        return ChatStream { continuation in
            let relay = Task {
                do {
                    for try await piece in events { continuation.yield(piece) }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
                await local.give(lease)
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }

    /// One short question: what the model needs only when it answers is in memory then, and a model that can't answer is
    /// found out.
    private static let warmUp: @Sendable (OpenAIClient, Deadline) async throws -> Void = { client, deadline in
        var request = ChatRequest(messages: [ChatMessage(.user, "Hello")])
        request.maxTokens = 1
        for try await _ in try await client.stream(request, context: RequestContext(keyName: "warm-up", deadline: deadline)) {}
    }
}
