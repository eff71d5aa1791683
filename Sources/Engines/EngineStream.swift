import AsyncHTTPClient
import Foundations
import Networking
import Synchronization

/// Turns the server-sent events of an answer into what they mean. A value: data in, events out.
protocol EngineEventParser: Sendable {
    associatedtype Event: Sendable
    /// Whether the last event was seen; what comes after it isn't read.
    var isFinished: Bool { get }
    /// - Parameter data: of one server-sent event.
    /// - Throws: `EndpointError`.
    mutating func take(_ data: String) throws -> [Event]
    /// The answer has ended.
    /// - Throws: `EndpointError.died` when it wasn't complete.
    mutating func end() throws -> [Event]
}

/// Bounds of an engine's answer.
public struct EngineLimits: Sendable {
    /// The longest an engine may send nothing at all, head of the answer included.
    public var idleTimeout: Duration = .seconds(180)
    /// Bytes of one event.
    public var maxEventBytes = 4 << 20
    /// Bytes of a whole answer.
    public var maxAnswerBytes = 64 << 20

    public init() {}
}

extension EngineExchange {
    /// The events of an answer as they come; those that came together stay together.
    ///
    /// Letting go of the stream closes the connection, which makes the engine stop.
    func events<Parser: EngineEventParser>(
        _ body: HTTPClientResponse.Body, _ parser: Parser, limits: EngineLimits, deadline: Deadline
    ) -> AsyncThrowingStream<[Parser.Event], any Error> {
        let (stream, continuation) = AsyncThrowingStream.makeStream(of: [Parser.Event].self)
        // The stream's life is the task's: it ends when the reader does.
        let reading = Task {
            do {
                try await read(body, parser, limits: limits, deadline: deadline) { continuation.yield($0) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }

    private func read<Parser: EngineEventParser>(
        _ body: HTTPClientResponse.Body, _ parser: Parser, limits: EngineLimits, deadline: Deadline,
        _ yield: @escaping @Sendable ([Parser.Event]) -> Void
    ) async throws {
        let lastByte = LastActivity()
        let reading = Interruption()
        reading.end(at: deadline, with: DeadlineExceeded(waitingFor: "the model's answer"))
        reading.end(
            whenPast: { Deadline(lastByte.instant + limits.idleTimeout) }, with: EndpointError.silent(name: name))
        try await reading.run { try await parse(body, parser, lastByte, limits, yield) }
    }

    private func parse<Parser: EngineEventParser>(
        _ body: HTTPClientResponse.Body, _ parser: Parser, _ lastByte: LastActivity, _ limits: EngineLimits,
        _ yield: @Sendable ([Parser.Event]) -> Void
    ) async throws {
        var parser = parser
        var events = ServerSentEventParser(maxLineBytes: limits.maxEventBytes, maxEventBytes: limits.maxEventBytes)
        var received = 0
        do {
            for try await chunk in body {
                lastByte.touch()
                received += chunk.readableBytes
                guard received <= limits.maxAnswerBytes else {
                    throw EndpointError.answerTooLarge(name: name, limit: limits.maxAnswerBytes)
                }
                var piece: [Parser.Event] = []
                for event in try events.feed(chunk.readableBytesView) where !parser.isFinished {
                    piece += try parser.take(event.data)
                }
                if !piece.isEmpty { yield(piece) }
                if parser.isFinished { return }
            }
        } catch let error as EndpointError {
            throw error
        } catch NetworkError.eventTooLarge(let limit) {
            throw EndpointError.answerTooLarge(name: name, limit: limit)
        } catch {
            try Task.checkCancellation()
            throw EndpointError.died(name: name)
        }
        try Task.checkCancellation()
        let rest = try parser.end()
        if !rest.isEmpty { yield(rest) }
    }
}

/// When the last bytes came, for the watch over silence.
private final class LastActivity: Sendable {
    private let last = Mutex(ContinuousClock.now)
    var instant: ContinuousClock.Instant { last.withLock { $0 } }
    func touch() { last.withLock { $0 = .now } }
}
