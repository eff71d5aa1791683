import Foundation
import Foundations

/// Spans as a protobuf `ExportTraceServiceRequest`
/// (https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto).
///
/// Only fields that Martlet fills are written; the numbers beside them are those of the protocol.
enum OTLPTraces {
    static func request(_ spans: [SpanRecord], service: String) -> Data {
        var message = ProtobufWriter()
        message.message(1) { resourceSpans in
            resourceSpans.message(1) { resource in
                resource.attribute(1, "service.name", .text(service))
                resource.attribute(1, "service.version", .text(Version.text))
                resource.attribute(1, "telemetry.sdk.language", "swift")
            }
            resourceSpans.message(2) { scopeSpans in
                scopeSpans.message(1) { $0.text(1, "martlet") }
                for span in spans { scopeSpans.message(2) { write(span, to: &$0) } }
            }
        }
        return Data(message.bytes)
    }

    private static func write(_ span: SpanRecord, to message: inout ProtobufWriter) {
        message.bytes(1, bigEndian(span.context.traceID.high) + bigEndian(span.context.traceID.low))
        message.bytes(2, bigEndian(span.context.spanID))
        if let state = span.context.state { message.text(3, state) }
        if let parent = span.parentID { message.bytes(4, bigEndian(parent)) }
        message.text(5, span.name)
        message.varint(6, UInt64(span.kind.rawValue))
        message.fixed64(7, span.start)
        message.fixed64(8, span.end)
        for (key, value) in span.attributes.sorted(by: { $0.key < $1.key }) { message.attribute(9, key, value) }
        if let fault = span.fault {
            message.message(15) { status in
                status.text(2, fault)
                status.varint(3, 2)
            }
        }
    }

    private static func bigEndian(_ value: UInt64) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
}

extension ProtobufWriter {
    /// A `KeyValue`.
    fileprivate mutating func attribute(_ field: Int, _ key: String, _ value: SpanRecord.Value) {
        message(field) { pair in
            pair.text(1, key)
            pair.message(2) { any in
                switch value {
                case .text(let text): any.text(1, text)
                case .integer(let number): any.varint(3, UInt64(bitPattern: Int64(number)))
                }
            }
        }
    }
}
