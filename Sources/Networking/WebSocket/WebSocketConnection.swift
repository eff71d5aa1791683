import NIOCore
import NIOWebSocket

/// An open WebSocket. Pings are answered by themselves, fragments are put together.
public struct WebSocketConnection: Sendable {
    private let channel: any Channel
    private let farewell: WebSocketHandler.Farewell
    /// What comes in; to be read by one loop, once. It ends when the connection does; `closing` says then why.
    public let messages: WebSocketMessages

    init(channel: any Channel, inbound: NIOAsyncChannelInboundStream<WebSocketMessage>, farewell: WebSocketHandler.Farewell) {
        self.channel = channel
        self.farewell = farewell
        messages = WebSocketMessages(base: inbound)
    }

    /// What the peer said when it closed; `nil`: it hasn't, or the connection just broke.
    public var closing: WebSocketClosing? { farewell.closing.withLock { $0 } }

    /// Returns when the text has been handed to the system. Cancellation in the middle closes the connection: half a message can't be left
    /// behind.
    /// - Throws: `WebSocketError.closed`, `NetworkError`, `CancellationError`.
    public func send(_ text: String) async throws { try await send(.text, channel.allocator.buffer(string: text)) }

    public func send(_ bytes: [UInt8]) async throws { try await send(.binary, channel.allocator.buffer(bytes: bytes)) }

    private func send(_ opcode: WebSocketOpcode, _ data: ByteBuffer) async throws {
        try Task.checkCancellation()
        do {
            let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
            try await withTaskCancellationHandler {
                try await channel.writeAndFlush(frame).get()
            } onCancel: {
                channel.close(promise: nil)
            }
        } catch {
            throw Task.isCancelled ? CancellationError() : WebSocketConnector.translated(error)
        }
    }

    /// Begins to close; `messages` ends when the peer has answered, or after two seconds.
    /// - Parameter code: https://www.rfc-editor.org/rfc/rfc6455#section-7.4.
    public func close(code: UInt16 = 1000, reason: String = "") async {
        // Fails only where the connection is gone already.
        try? await channel.triggerUserOutboundEvent(WebSocketHandler.Close(code: code, reason: reason)).get()
    }
}

/// The messages of a WebSocket. Reading honours cancellation, and holds the peer back when the reader is slow.
public struct WebSocketMessages: AsyncSequence, Sendable {
    public typealias Element = WebSocketMessage
    let base: NIOAsyncChannelInboundStream<WebSocketMessage>

    public struct AsyncIterator: AsyncIteratorProtocol {
        var base: NIOAsyncChannelInboundStream<WebSocketMessage>.AsyncIterator

        /// - Throws: `WebSocketError`, `NetworkError`, `CancellationError`.
        public mutating func next() async throws -> WebSocketMessage? {
            do {
                if let message = try await base.next() { return message }
                // An iteration that ends because of cancellation isn't the connection's end.
                try Task.checkCancellation()
                return nil
            } catch {
                throw WebSocketConnector.translated(error)
            }
        }
    }

    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(base: base.makeAsyncIterator()) }
}
