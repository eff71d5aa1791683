import Foundations
import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

/// Fires once, when the caller closes its side of a connection.
package final class InboundSignal: Sendable {
    private struct State {
        var isClosed = false
        var lastWatch = 0
        var watches: [Int: @Sendable () -> Void] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    package func fire() {
        let watches = state.withLock { state in
            state.isClosed = true
            defer { state.watches = [:] }
            return Array(state.watches.values)
        }
        for action in watches { action() }
    }

    /// Calls `action` when the caller closes its side; at once when it has.
    /// - Returns: for `stop`.
    package func watch(_ action: @escaping @Sendable () -> Void) -> Int {
        let (watch, isClosed) = state.withLock { state in
            state.lastWatch += 1
            if !state.isClosed { state.watches[state.lastWatch] = action }
            return (state.lastWatch, state.isClosed)
        }
        if isClosed { action() }
        return watch
    }

    package func stop(_ watch: Int) { state.withLock { $0.watches[watch] = nil } }
}

/// Open connections by their channel, so that a handler finds the signal of its own.
package final class ConnectionRegister: Sendable {
    private let signals = Mutex([ObjectIdentifier: InboundSignal]())

    package init() {}

    package func signal(for channel: any Channel) -> InboundSignal? {
        signals.withLock { $0[ObjectIdentifier(channel)] }
    }

    fileprivate func set(_ signal: InboundSignal?, for channel: any Channel) {
        signals.withLock { $0[ObjectIdentifier(channel)] = signal }
    }
}

/// Sits in each connection's pipeline: notices when the caller closes, and answers requests that aren't HTTP with the
/// error envelope. A connection on which no request's head comes in time is closed, however slowly its bytes drip in.
///
/// A caller that half-closes counts as gone: it can't be told apart from one that left until something is written.
package final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    package typealias InboundIn = HTTPRequestPart
    package typealias InboundOut = HTTPRequestPart
    package typealias OutboundIn = HTTPResponsePart
    package typealias OutboundOut = HTTPResponsePart

    private let register: ConnectionRegister
    private let signal = InboundSignal()
    private let headerTimeout: TimeAmount
    private var requestsInProgress = 0
    private var patience: Scheduled<Void>?

    package init(register: ConnectionRegister, headerTimeout: Duration) {
        self.register = register
        self.headerTimeout = .nanoseconds(Int64(min(headerTimeout / .nanoseconds(1), 9e18)))
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        register.set(signal, for: context.channel)
        awaitHead(context)
    }

    /// Gives the caller its time for the next request's head.
    private func awaitHead(_ context: ChannelHandlerContext) {
        let channel = context.channel
        patience = context.eventLoop.scheduleTask(in: headerTimeout) { channel.close(promise: nil) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        patience?.cancel()
        register.set(nil, for: context.channel)
        signal.fire()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        patience?.cancel()
        register.set(nil, for: context.channel)
        signal.fire()
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { signal.fire() }
        context.fireUserInboundEventTriggered(event)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head = unwrapInboundIn(data) {
            requestsInProgress += 1
            patience?.cancel()
        }
        context.fireChannelRead(data)
    }

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) {
            requestsInProgress -= 1
            if requestsInProgress == 0 { awaitHead(context) }
        }
        context.write(data, promise: promise)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard requestsInProgress == 0, error is HTTPParserError else { return context.fireErrorCaught(error) }
        let fault: GatewayError = if case HTTPParserError.headerOverflow = error { .headersTooLarge } else { .malformedRequest }
        let requestID = RequestContext.newID()
        let body = ByteBuffer(bytes: fault.report.envelope(requestID: requestID).encoded())
        let head = HTTPResponse(
            status: .init(code: fault.status ?? fault.report.kind.status),
            headerFields: [
                .contentType: "application/json", .contentLength: String(body.readableBytes), .connection: "close",
                .requestID: requestID,
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
