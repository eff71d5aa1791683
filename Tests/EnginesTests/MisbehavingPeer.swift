import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// A server that takes one request on each connection and then does what the script says, right or wrong.
final class MisbehavingPeer: Sendable {
    enum Step: Sendable {
        case send(String)
        case close
        /// Closes with a TCP reset.
        case reset
    }

    private struct Record {
        var requests: [String] = []
        var closedByClient = 0
    }

    private let record = Mutex(Record())
    private let listener: Mutex<(any Channel)?> = Mutex(nil)

    /// The raw requests, heads and bodies.
    var requests: [String] { record.withLock { $0.requests } }
    var closedByClient: Int { record.withLock { $0.closedByClient } }
    var port: Int { listener.withLock { $0?.localAddress?.port } ?? 0 }
    var url: String { "http://127.0.0.1:\(port)/v1" }

    static func start(_ steps: [Step]) async throws -> MisbehavingPeer {
        let peer = MisbehavingPeer()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(peer: peer, steps: steps))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        peer.listener.withLock { $0 = channel }
        return peer
    }

    func stop() { listener.withLock { $0?.close(promise: nil) } }

    /// The head of a good streamed answer.
    static let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

    static func chunk(_ text: String) -> String { String(text.utf8.count, radix: 16) + "\r\n" + text + "\r\n" }
    static func event(_ json: String) -> String { chunk("data: \(json)\n\n") }
    static func text(_ text: String) -> String { event(#"{"choices":[{"index":0,"delta":{"content":"\#(text)"}}]}"#) }
    static func response(_ status: String, _ headers: String = "", _ body: String) -> String {
        "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\n\(headers)content-length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let peer: MisbehavingPeer
        private let steps: [Step]
        private var received = ""
        private var isDone = false

        init(peer: MisbehavingPeer, steps: [Step]) {
            self.peer = peer
            self.steps = steps
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            guard !isDone, let end = received.range(of: "\r\n\r\n") else { return }
            let head = received[..<end.lowerBound].lowercased()
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                .flatMap { Int($0.dropFirst(16)) } ?? 0
            guard received[end.upperBound...].utf8.count >= length else { return }
            isDone = true
            let request = received
            peer.record.withLock { $0.requests.append(request) }
            for step in steps {
                switch step {
                case .send(let text):
                    context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
                case .close:
                    context.close(promise: nil)
                case .reset:
                    _ = (context.channel as? any SocketOptionProvider)?
                        .setSoLinger(.init(l_onoff: 1, l_linger: 0))
                    context.close(promise: nil)
                }
            }
        }

        func channelInactive(context: ChannelHandlerContext) {
            peer.record.withLock { $0.closedByClient += 1 }
        }
    }
}
