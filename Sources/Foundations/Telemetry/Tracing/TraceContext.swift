/// A place in a distributed trace, as it travels in the headers `traceparent` and `tracestate`
/// (https://www.w3.org/TR/trace-context/).
public struct TraceContext: Sendable, Equatable {
    /// Identifies the whole trace: 16 bytes, not all of them zero.
    public struct TraceID: Sendable, Hashable {
        public let high: UInt64
        public let low: UInt64

        public init?(high: UInt64, low: UInt64) {
            guard high != 0 || low != 0 else { return nil }
            self.high = high
            self.low = low
        }

        static func random() -> TraceID { TraceID(nonZeroHigh: .random(in: 1 ... .max), low: .random(in: .min ... .max)) }

        private init(nonZeroHigh: UInt64, low: UInt64) {
            high = nonZeroHigh
            self.low = low
        }

        /// 32 hexadecimal digits.
        public var text: String { hexadecimal(high) + hexadecimal(low) }
    }

    public let traceID: TraceID
    /// The span that this is; the parent of what begins below it. Never 0.
    public let spanID: UInt64
    /// Whether the trace is recorded.
    public let isSampled: Bool
    /// What other systems keep about the trace, handed on as it came.
    public let state: String?

    public init(traceID: TraceID, spanID: UInt64, isSampled: Bool, state: String? = nil) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
        self.state = state
    }

    /// The longest `tracestate` that is handed on, as the recommendation demands it at least.
    private static let maxStateBytes = 512

    /// Reads the two headers; `nil` where the first one isn't valid. Later versions of the format are read as this one.
    public init?(parent: String, state: String?) {
        let pieces = parent.split(separator: "-", omittingEmptySubsequences: false)
        guard pieces.count >= 4, pieces[0].utf8.count == 2, let version = number(pieces[0]), version != 0xff,
            version != 0 || pieces.count == 4,
            pieces[1].utf8.count == 32, let high = number(pieces[1].prefix(16)), let low = number(pieces[1].suffix(16)),
            let traceID = TraceID(high: high, low: low),
            pieces[2].utf8.count == 16, let spanID = number(pieces[2]), spanID != 0,
            pieces[3].utf8.count == 2, let flags = number(pieces[3])
        else { return nil }
        let isPlain = state.map { $0.utf8.count <= Self.maxStateBytes && $0.utf8.allSatisfy { (32...126).contains($0) } } ?? false
        self.init(traceID: traceID, spanID: spanID, isSampled: flags & 1 == 1, state: isPlain ? state : nil)
    }

    /// The start of a new trace.
    public static func fresh(isSampled: (TraceID) -> Bool) -> TraceContext {
        let id = TraceID.random()
        return TraceContext(traceID: id, spanID: newSpanID(), isSampled: isSampled(id))
    }

    /// A place below this one.
    public func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: Self.newSpanID(), isSampled: isSampled, state: state)
    }

    /// The value of `traceparent`.
    public var parent: String { "00-\(traceID.text)-\(hexadecimal(spanID))-\(isSampled ? "01" : "00")" }

    private static func newSpanID() -> UInt64 { .random(in: 1 ... .max) }
}

/// Lower-case hexadecimal digits alone, as the recommendation wants them.
private func number(_ text: Substring) -> UInt64? {
    guard text.utf8.allSatisfy({ (48...57).contains($0) || (97...102).contains($0) }) else { return nil }
    return UInt64(text, radix: 16)
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
