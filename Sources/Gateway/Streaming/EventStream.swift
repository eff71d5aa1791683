import Foundation
import Foundations
import Hummingbird
import NIOCore
import ServiceLifecycle

/// One message of a `text/event-stream` (https://html.spec.whatwg.org/multipage/server-sent-events.html).
package struct ServerSentEvent: Sendable, Equatable {
    /// What its `id` says.
    package enum Number: Sendable, Equatable {
        /// Its place in the stream.
        case place
        case its(Int)
        case none
    }

    /// `nil` for OpenAI's unnamed events, which carry no id either.
    package var name: String?
    package var number = Number.place
    /// One line of UTF-8.
    package var data: [UInt8]

    package init(_ name: String? = nil, _ data: JSONValue, number: Number = .place) {
        self.name = name
        self.number = number
        self.data = []
        data.append(to: &self.data)
    }

    package init(raw data: [UInt8]) { self.data = data }

    /// - Parameter id: its place in the stream; unnamed events don't carry it.
    package func write(id: Int, to buffer: inout ByteBuffer) {
        if let name {
            switch number {
            case .place: buffer.writeString("id: \(id)\n")
            case .its(let number): buffer.writeString("id: \(number)\n")
            case .none: break
            }
            buffer.writeString("event: \(name)\n")
        }
        buffer.writeString("data: ")
        buffer.writeBytes(data)
        buffer.writeString("\n\n")
    }
}

/// Where a handler's work puts its events.
package struct EventSink: Sendable {
    fileprivate enum Item: Sendable {
        case events([ServerSentEvent])
        case heartbeat
    }

    fileprivate let continuation: AsyncStream<Item>.Continuation

    /// Sends events, in one piece.
    package func send(_ events: [ServerSentEvent]) { continuation.yield(.events(events)) }
    package func send(_ event: ServerSentEvent) { send([event]) }
    package func send(_ name: String, _ data: JSONValue) { send(ServerSentEvent(name, data)) }
}

extension GatewayServices {
    /// A response that streams the events of `work` while it runs, inside the request's bounds, with a comment whenever
    /// nothing was said for a while.
    /// - Parameters:
    ///   - after: the number of the last event that the caller has; the first one here gets the next.
    ///   - fail: sends what a caller should see of an error that ended the work.
    ///   - onStopping: sends what a caller should see when the server begins to stop.
    package func eventStream(
        _ context: GatewayContext, after seen: Int = 0, fail: @escaping @Sendable (EventSink, ErrorReport) -> Void,
        onStopping: @escaping @Sendable (EventSink) -> Void = { _ in },
        _ work: @escaping @Sendable (EventSink) async throws -> Void
    ) -> Response {
        let heartbeat = heartbeat
        let body = ResponseBody { writer in
            let (items, continuation) = AsyncStream<EventSink.Item>.makeStream()
            let sink = EventSink(continuation: continuation)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    defer { continuation.finish() }
                    do {
                        try await bounded(context, onStopping: { onStopping(sink) }) { try await work(sink) }
                    } catch {
                        let report = ErrorReport(error)
                        context.record.update { if $0.error == nil { $0.error = report } }
                        fail(sink, report)
                    }
                }
                group.addTask {
                    while true {
                        try await Task.sleep(for: heartbeat)
                        continuation.yield(.heartbeat)
                    }
                }
                var id = seen
                for await item in items {
                    do {
                        switch item {
                        case .events(let events):
                            var buffer = ByteBuffer()
                            for event in events {
                                id += 1
                                event.write(id: id, to: &buffer)
                            }
                            try await writer.write(buffer)
                        case .heartbeat: try await writer.write(ByteBuffer(string: ": keep-alive\n\n"))
                        }
                    } catch {
                        let left = GatewayError.callerLeft.report
                        context.record.update { if $0.error == nil { $0.error = left } }
                        throw error
                    }
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream; charset=utf-8", .cacheControl: "no-store"], body: body)
    }
}

extension GatewayServices {
    /// Whoever watches longer comes back.
    private static let longestWatch: Duration = .seconds(86_400)

    /// A response for those who watch: whatever `events` tells, for a day at most. It doesn't hold up a server that wants to stop.
    package func watchStream<Events: AsyncSequence & Sendable>(_ context: GatewayContext, _ events: Events) -> Response
    where Events.Element == [ServerSentEvent], Events.Failure == Never {
        var context = context
        context.deadline = .after(Self.longestWatch)
        context.record.update { $0.isWatching = true }
        let requestID = context.requestID
        return eventStream(context) { sink, report in
            sink.send("error", report.envelope(requestID: requestID))
        } _: { sink in
            try await cancelWhenGracefulShutdown {
                for await piece in events { sink.send(piece) }
                if !Task.isShuttingDownGracefully { try Task.checkCancellation() }
            }
        }
    }
}

extension Request {
    /// Whether the caller would rather have an event stream.
    package var wantsEventStream: Bool {
        headers[values: .accept].contains { $0.lowercased().contains("text/event-stream") }
    }
}
