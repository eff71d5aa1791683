import Synchronization

/// Begins spans and keeps those that ended until an exporter takes them.
///
///     let (trace, span) = tracer.join(parent: header, state: nil, "GET /v1/models")
///     defer { span?.end() }
///
/// Holds at most `capacity` ended spans; further ones are dropped and counted.
public final class Tracer: Sendable {
    private struct Ended {
        var spans: [SpanRecord] = []
        var dropped = 0
    }

    private let share: Double
    private let capacity: Int
    private let ended = Mutex(Ended())

    /// - Parameter share: the share of the traces that begin here which are recorded, 0 to 1. For others their caller decides.
    public init(share: Double = 1, capacity: Int = 16_384) {
        self.share = share
        self.capacity = capacity
    }

    /// Begins the span of a request that came in: in its caller's trace, or in a new one.
    /// - Returns: what the layers below get, and the span; `nil` when the trace isn't recorded.
    public func join(parent: String?, state: String?, _ name: String) -> (trace: Trace, span: Span?) {
        let caller = parent.flatMap { TraceContext(parent: $0, state: state) }
        let context = caller?.child() ?? .fresh(isSampled: isSampled)
        guard context.isSampled else { return (Trace(context: caller ?? context, tracer: nil), nil) }
        let span = Span(name, .server, context, below: caller?.spanID, [:], self)
        return (Trace(context: context, tracer: self), span)
    }

    func begin(_ name: String, _ kind: SpanRecord.Kind, below parent: TraceContext, _ attributes: [String: SpanRecord.Value]) -> Span {
        Span(name, kind, parent.child(), below: parent.spanID, attributes, self)
    }

    func record(_ span: SpanRecord) {
        ended.withLock { ended in
            if ended.spans.count < capacity { ended.spans.append(span) } else { ended.dropped += 1 }
        }
    }

    /// Takes out what has ended, the oldest first, and how many spans were dropped since the last call.
    public func take(upTo count: Int) -> (spans: [SpanRecord], dropped: Int) {
        ended.withLock { ended in
            let spans = Array(ended.spans.prefix(count))
            ended.spans.removeFirst(spans.count)
            defer { ended.dropped = 0 }
            return (spans, ended.dropped)
        }
    }

    /// Puts spans back that couldn't be exported, in front; those without room are dropped.
    public func putBack(_ spans: [SpanRecord]) {
        ended.withLock { ended in
            let room = max(0, capacity - ended.spans.count)
            ended.spans.insert(contentsOf: spans.suffix(room), at: 0)
            ended.dropped += max(0, spans.count - room)
        }
    }

    /// By the trace's id, so that all services with one share decide alike.
    private func isSampled(_ id: TraceContext.TraceID) -> Bool {
        share >= 1 || Double(id.low >> 1) < share * 0x1p63
    }
}

/// Where a request stands in its trace, and who records it.
public struct Trace: Sendable {
    public let context: TraceContext
    /// `nil`: nothing is recorded here, but the place is handed on.
    let tracer: Tracer?

    public init(context: TraceContext, tracer: Tracer?) {
        self.context = context
        self.tracer = tracer
    }

    /// From the two headers.
    /// - Parameter tracer: records what happens below, where the trace is recorded at all.
    public init?(parent: String?, state: String?, tracer: Tracer? = nil) {
        guard let parent, let context = TraceContext(parent: parent, state: state) else { return nil }
        self.init(context: context, tracer: context.isSampled ? tracer : nil)
    }
}

extension RequestContext {
    /// Begins a span below the request's present one.
    /// - Returns: the span, and the context for what happens inside it; `nil` and this context when the trace isn't recorded.
    public func span(
        _ name: String, _ kind: SpanRecord.Kind = .internal, _ attributes: [String: SpanRecord.Value] = [:]
    ) -> (span: Span?, context: RequestContext) {
        guard let trace, let tracer = trace.tracer else { return (nil, self) }
        let span = tracer.begin(name, kind, below: trace.context, attributes)
        var context = self
        context.trace = Trace(context: span.context, tracer: tracer)
        return (span, context)
    }

    /// Runs a step as a span below the request's present one.
    /// - Parameter work: gets the context for what happens inside the step.
    /// - Throws: what `work` throws.
    public func withSpan<T>(
        _ name: String, _ kind: SpanRecord.Kind = .internal, _ attributes: [String: SpanRecord.Value] = [:],
        isolation: isolated (any Actor)? = #isolation, _ work: (RequestContext) async throws -> T
    ) async throws -> T {
        let (span, context) = span(name, kind, attributes)
        do {
            let value = try await work(context)
            span?.end()
            return value
        } catch {
            span?.end(error)
            throw error
        }
    }

    /// Notes a step that has just ended as a span.
    public func record(_ name: String, lasted duration: Duration, _ attributes: [String: SpanRecord.Value] = [:]) {
        guard let trace, let tracer = trace.tracer else { return }
        let nanoseconds = UInt64(max(0, duration / .nanoseconds(1)))
        let end = Span.now
        tracer.record(
            SpanRecord(
                context: trace.context.child(), parentID: trace.context.spanID, name: name, kind: .internal,
                start: end - min(end, nanoseconds), end: end, attributes: attributes))
    }
}
