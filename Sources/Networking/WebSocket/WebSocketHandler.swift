import NIOCore
import NIOWebSocket
import Synchronization

/// Does on the event loop what `WebSocketState` says. A channel that is closed, by whatever call, first says goodbye to the peer.
final class WebSocketHandler: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = WebSocketMessage
    typealias OutboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    /// Asks, as an outbound event, to close with this code.
    struct Close: Sendable {
        var code: UInt16
        var reason: String
    }

    private var state: WebSocketState
    /// Where the connection's owner finds what the peer said.
    private let farewell: Farewell
    private var forced: Scheduled<Void>?

    /// How long a peer may take to answer our close frame, or to end the connection.
    private static let patience = TimeAmount.seconds(2)

    init(farewell: Farewell) {
        state = WebSocketState(maxMessageBytes: farewell.maxMessageBytes)
        self.farewell = farewell
    }

    // MARK: In

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = Self.unwrapInboundIn(data)
        let received = WebSocketState.Frame(
            UInt8(webSocketOpcode: frame.opcode), isFinal: frame.fin, isMasked: frame.maskKey != nil,
            hasReservedBits: !frame.reservedBits.isEmpty, Array(frame.unmaskedData.readableBytesView))
        perform(state.receive(received), context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Whoever reads messages may have gone; the peer's close frame is waited for nevertheless.
        if !state.isOpen { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case NIOWebSocketError.invalidFrameLength: perform(state.fail(.messageTooLarge(limit: farewell.maxMessageBytes)), context)
        case is NIOWebSocketError: perform(state.fail(.protocolViolation), context)
        default:
            // Once goodbye has been said, it doesn't matter how the line ends.
            if state.isOpen { context.fireErrorCaught(error) }
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        forced?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { forced?.cancel() }

    // MARK: Out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state.isOpen else {
            promise?.fail(WebSocketError.closed)
            return
        }
        context.write(data, promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard let close = event as? Close else {
            context.triggerUserOutboundEvent(event, promise: promise)
            return
        }
        perform(state.close(code: close.code, reason: close.reason), context)
        promise?.succeed()
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard mode == .all, context.channel.isActive else {
            context.close(mode: mode, promise: promise)
            return
        }
        context.channel.closeFuture.cascade(to: promise)
        perform(state.close(code: 1000), context)
    }

    private func perform(_ actions: [WebSocketState.Action], _ context: ChannelHandlerContext) {
        for action in actions {
            switch action {
            case .deliver(let message): context.fireChannelRead(Self.wrapInboundOut(message))
            case .pong(let payload): write(.pong, payload, context)
            case .sendClose(let payload): write(.connectionClose, payload, context)
            case .expectEnd: expectEnd(context)
            case .fail(let error): context.fireErrorCaught(error)
            case .end: context.close(promise: nil)
            }
        }
        if let closing = state.closing { farewell.closing.withLock { $0 = closing } }
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: [UInt8], _ context: ChannelHandlerContext) {
        let data = context.channel.allocator.buffer(bytes: payload)
        let frame = WebSocketFrame(fin: true, opcode: opcode, maskKey: .random(), data: data)
        context.writeAndFlush(Self.wrapOutboundOut(frame), promise: nil)
    }

    private func expectEnd(_ context: ChannelHandlerContext) {
        context.read()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        forced = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.close(promise: nil) }
    }

    /// What the connection's owner and its handler share.
    final class Farewell: Sendable {
        let maxMessageBytes: Int
        let closing = Mutex<WebSocketClosing?>(nil)

        init(maxMessageBytes: Int) { self.maxMessageBytes = maxMessageBytes }
    }
}
