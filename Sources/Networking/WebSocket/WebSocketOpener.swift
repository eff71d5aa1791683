import NIOCore
import NIOWebSocket

/// Does on the event loop what `WebSocketHandshake` says, and then lets everything pass.
final class WebSocketOpener: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer
    typealias Opened = NIOAsyncChannel<WebSocketMessage, Never>

    private let target: String
    private let headers: [(name: String, value: String)]
    private let farewell: WebSocketHandler.Farewell
    private let opened: EventLoopPromise<Opened>
    /// `nil`: it is over.
    private var handshake: WebSocketHandshake?

    init(target: String, headers: [(name: String, value: String)], farewell: WebSocketHandler.Farewell, opened: EventLoopPromise<Opened>) {
        self.target = target
        self.headers = headers
        self.farewell = farewell
        self.opened = opened
        handshake = WebSocketHandshake(nonce: (0..<16).map { _ in UInt8.random(in: .min ... .max) })
    }

    func channelActive(context: ChannelHandlerContext) {
        if let handshake {
            let request = context.channel.allocator.buffer(bytes: handshake.request(target, headers: headers))
            context.writeAndFlush(Self.wrapOutboundOut(request), promise: nil)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard handshake != nil else {
            context.fireChannelRead(data)
            return
        }
        do {
            guard case .open(let first) = try handshake?.receive(Self.unwrapInboundIn(data).readableBytesView) else { return }
            handshake = nil
            // All in this moment: the connection's end may be the next thing that is read.
            opened.succeed(try open(context.channel))
            if !first.isEmpty { context.fireChannelRead(Self.wrapInboundOut(context.channel.allocator.buffer(bytes: first))) }
        } catch {
            handshake = nil
            opened.fail(error)
            context.close(promise: nil)
        }
    }

    private func open(_ channel: any Channel) throws -> Opened {
        // What a frame may have in it isn't more than what a message may; the decoder can't count further than 32 bits.
        let maxFrameSize = min(farewell.maxMessageBytes, Int(UInt32.max))
        try channel.pipeline.syncOperations.addHandlers([
            WebSocketFrameEncoder(), ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: maxFrameSize)), WebSocketHandler(farewell: farewell),
        ])
        return try Opened(wrappingChannelSynchronously: channel)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard handshake != nil else {
            context.fireErrorCaught(error)
            return
        }
        handshake = nil
        opened.fail(error)
        context.close(promise: nil)
    }

    // A channel that ends gives up its handlers.
    func handlerRemoved(context: ChannelHandlerContext) { if handshake != nil { opened.fail(ChannelError.eof) } }
}
