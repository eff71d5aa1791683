/// The events of an answer one by one.
public struct ChatEvents: AsyncSequence, Sendable {
    let pieces: ChatStream

    public struct AsyncIterator: AsyncIteratorProtocol {
        var pieces: ChatStream.AsyncIterator
        var piece: [ChatEvent] = []
        var next = 0

        public mutating func next() async throws -> ChatEvent? {
            while next == piece.count {
                guard let more = try await pieces.next() else { return nil }
                piece = more
                next = 0
            }
            defer { next += 1 }
            return piece[next]
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pieces: pieces.makeAsyncIterator()) }
}

extension ChatStream {
    /// For readers who take what came together apart anyway.
    public var events: ChatEvents { ChatEvents(pieces: self) }
}
