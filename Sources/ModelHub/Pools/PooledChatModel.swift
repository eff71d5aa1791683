import Engines
import Foundations

/// A chat model with a line in front of it and one or more endpoints behind it.
///
/// A request waits for its turn, gets an endpoint, and is given to another one when that fails before the first byte of an answer,
/// all inside its one deadline. However it ends, its place is freed and its engine stopped.
public struct PooledChatModel: ChatModel {
    public let id: String
    public let backend: String
    public let seesImages: Bool
    public let hearsSound: Bool
    public let contextTokens: Int?
    public let patchSize: Int?
    let pool: EndpointPool<any ChatModel>

    /// - Parameter models: those of the pool's endpoints. All of them must see or hear for the pool to, and a request must fit the
    ///   shortest context.
    package init(pool: EndpointPool<any ChatModel>, models: [any ChatModel]) {
        id = pool.id
        self.pool = pool
        seesImages = !models.isEmpty && models.allSatisfy(\.seesImages)
        hearsSound = !models.isEmpty && models.allSatisfy(\.hearsSound)
        contextTokens = models.compactMap(\.contextTokens).min()
        let patches = Set(models.map(\.patchSize))
        patchSize = patches.count == 1 ? patches.first ?? nil : nil
        let backends = Set(models.map(\.backend))
        backend = backends.count == 1 ? backends.first ?? "pool" : "pool"
    }

    /// - Throws: `LaneError`, `PoolError`, and what the endpoints throw.
    public func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        try await pool.admit()
        let place = try await pool.lane.enter(context)
        var visit = PoolVisit(pool: pool, request: request, context: context)
        do {
            try await visit.begin()
        } catch {
            await pool.lane.leave(place, served: nil)
            throw error
        }
        let begun = visit
        return ChatStream { continuation in
            // Ends with the stream: when its consumer goes, it is cancelled, and with it the engine's work.
            let relay = Task {
                var visit = begun
                do {
                    let took = try await visit.follow { continuation.yield($0) }
                    await pool.lane.leave(place, served: took)
                    continuation.finish()
                } catch {
                    await pool.lane.leave(place, served: nil)
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in relay.cancel() }
        }
    }
}

/// One request's way through a pool: the endpoint it is at, and those it was at.
struct PoolVisit: Sendable {
    let pool: EndpointPool<any ChatModel>
    let request: ChatRequest
    let context: RequestContext
    private var tried: Set<String> = []
    private var stay: (lease: EndpointPool<any ChatModel>.Lease, events: ChatStream, span: Span?)?

    init(pool: EndpointPool<any ChatModel>, request: ChatRequest, context: RequestContext) {
        self.pool = pool
        self.request = request
        self.context = context
    }

    /// Asks one endpoint after another until one begins to answer.
    /// - Throws: what the last one threw, or `PoolError.noEndpoint`.
    mutating func begin() async throws {
        var last: (any Error)?
        while true {
            guard let lease = await pool.take(excluding: tried) else {
                throw last ?? PoolError.noEndpoint(pool: pool.id, retryAfter: .seconds(1))
            }
            tried.insert(lease.member.id)
            let (span, context) = context.span(
                "endpoint call", .client,
                ["martlet.endpoint": .text(lease.member.id), "martlet.pool": .text(pool.id), "gen_ai.operation.name": "chat"])
            do {
                stay = (lease, try await lease.member.model.stream(request, context: context), span)
                return
            } catch {
                span?.end(error)
                await pool.give(lease, error)
                guard await mayRetry(after: error) else { throw error }
                last = error
            }
        }
    }

    /// Hands on the events to the last one. As long as no piece of an answer was seen, a broken connection leads to the next endpoint.
    /// - Returns: how long the work took; `nil` when that says nothing about how long work takes.
    mutating func follow(_ yield: ([ChatEvent]) -> Void) async throws -> Duration? {
        var hasAnswered = false
        while let (lease, events, span) = stay {
            do {
                for try await piece in events {
                    if !piece.allSatisfy(\.isProgress) { hasAnswered = true }
                    yield(piece)
                }
                // A cancelled iteration ends like a complete one.
                try Task.checkCancellation()
                span?.end()
                await pool.give(lease, nil)
                return lease.isWarm ? ContinuousClock.now - lease.started : nil
            } catch {
                span?.end(error)
                await pool.give(lease, error)
                guard !hasAnswered, await mayRetry(after: error) else { throw error }
                do {
                    try await begin()
                } catch is PoolError {
                    // No other endpoint: what happened at this one says more.
                    throw error
                }
            }
        }
        return nil
    }

    private func mayRetry(after error: any Error) async -> Bool {
        guard !Task.isCancelled, EndpointFault.isRetryable(error), !context.deadline.isPast else { return false }
        return await pool.spendRetry(excluding: tried)
    }
}
