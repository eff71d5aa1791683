import Foundation
import Synchronization

/// One step of a trace that has ended.
public struct SpanRecord: Sendable, Equatable {
    /// What a span is in the talk between two services; the raw values are those of OTLP.
    public enum Kind: Int, Sendable {
        case `internal` = 1
        case server = 2
        case client = 3
    }

    public enum Value: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case text(String)
        case integer(Int)

        public init(stringLiteral value: String) { self = .text(value) }
        public init(integerLiteral value: Int) { self = .integer(value) }
    }

    public var context: TraceContext
    /// The span above; `nil` at a trace's root.
    public var parentID: UInt64?
    public var name: String
    public var kind: Kind
    /// Nanoseconds since 1970.
    public var start: UInt64
    public var end: UInt64
    /// Names follow OpenTelemetry's semantic conventions where there is one.
    public var attributes: [String: Value]
    /// What went wrong, in words fit for callers.
    public var fault: String?
}

/// One step of a trace while it goes on. Ends once; what is said afterwards changes nothing.
public final class Span: Sendable {
    public let context: TraceContext
    private let tracer: Tracer
    private let started = ContinuousClock.now
    /// `nil` once ended.
    private let record: Mutex<SpanRecord?>

    init(_ name: String, _ kind: SpanRecord.Kind, _ context: TraceContext, below parent: UInt64?, _ attributes: [String: SpanRecord.Value], _ tracer: Tracer) {
        self.context = context
        self.tracer = tracer
        let now = Self.now
        record = Mutex(
            SpanRecord(
                context: context, parentID: parent, name: name, kind: kind, start: now, end: now, attributes: attributes))
    }

    /// Changes what is known of the span: its name, its attributes.
    public func update(_ change: (inout SpanRecord) -> Void) {
        record.withLock { record in
            if var value = record {
                change(&value)
                record = value
            }
        }
    }

    /// Ends the span.
    /// - Parameter error: why the step failed; a cancelled step is no fault.
    public func end(_ error: (any Error)? = nil) {
        let ended = record.withLock { record in
            defer { record = nil }
            return record
        }
        guard var ended else { return }
        // The clock on the wall may be set while a span goes on.
        ended.end = ended.start + UInt64(max(0, (ContinuousClock.now - started) / .nanoseconds(1)))
        if let error, !(error is CancellationError) {
            let report = ErrorReport(error)
            ended.attributes["error.type"] = .text(report.code)
            ended.fault = report.message
        }
        tracer.record(ended)
    }

    static var now: UInt64 { UInt64(max(0, Date().timeIntervalSince1970 * 1e9)) }
}
