import Foundation
import Foundations
import Logging

/// Sends ended spans to a collector by OTLP over HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp).
///
/// A collector that can't be reached costs nothing but spans: they wait in the tracer as long as it has room.
public actor TraceExporter {
    public nonisolated let tracer: Tracer
    private let url: String
    private let headers: [(name: String, value: String)]
    private let service: String
    private let network: NetworkClient
    private let metrics: MetricsRegistry
    private let logger: Logger
    private var isFailing = false

    private static let interval: Duration = .seconds(1)
    private static let batch = 512
    private static let timeout: Duration = .seconds(10)
    private static let maxBackOff: Duration = .seconds(60)

    /// - Returns: `nil` where the configuration names no collector.
    public init?(configuration: TelemetryConfiguration, network: NetworkClient, metrics: MetricsRegistry, logger: Logger) {
        guard let endpoint = configuration.otlpEndpoint else { return nil }
        tracer = Tracer(share: configuration.traceShare)
        url = (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + "/v1/traces"
        headers = configuration.otlpHeaders.map { ($0.key, $0.value) } + [("Content-Type", "application/x-protobuf")]
        service = configuration.serviceName
        self.network = network
        self.metrics = metrics
        self.logger = logger
    }

    /// Exports until the task is cancelled.
    public func run() async {
        var pause = Self.interval
        while !Task.isCancelled {
            try? await Task.sleep(for: pause)
            pause = await exportAll() ? Self.interval : min(pause * 2, Self.maxBackOff)
        }
    }

    /// Sends what is left, once, at the end.
    public func flush() async { _ = await exportAll() }

    /// - Returns: whether the collector took everything, or refused it for good.
    private func exportAll() async -> Bool {
        while true {
            let (spans, dropped) = tracer.take(upTo: Self.batch)
            await count(dropped, "dropped")
            if spans.isEmpty { return true }
            guard let result = await export(spans) else {
                tracer.putBack(spans)
                return false
            }
            await count(spans.count, result)
        }
    }

    /// - Returns: what became of the spans; `nil` when they should be sent again later.
    private func export(_ spans: [SpanRecord]) async -> String? {
        var request = NetworkRequest("POST", url, headers: headers, body: OTLPTraces.request(spans, service: service))
        request.headers.append(("Accept", "application/x-protobuf"))
        do {
            let deadline = Deadline.after(Self.timeout)
            let response = try await network.send(request, deadline: deadline)
            // The answer's body would only say how many spans were refused; it is read so that the connection can be kept.
            _ = try await withDeadline(deadline, waitingFor: "the collector") { try await response.body.collect(upTo: 64 << 10) }
            switch response.status {
            case 200..<300:
                if isFailing { logger.notice("traces are exported again") }
                isFailing = false
                return "exported"
            case 429, 502, 503, 504:
                fail("status \(response.status)")
                return nil
            default:
                fail("status \(response.status)")
                return "refused"
            }
        } catch {
            fail(ErrorReport(error).message)
            return nil
        }
    }

    /// Says so once per outage.
    private func fail(_ reason: String) {
        if !isFailing { logger.warning("traces can't be exported", metadata: ["reason": .string(reason)]) }
        isFailing = true
    }

    private func count(_ spans: Int, _ result: String) async {
        guard spans > 0 else { return }
        await metrics.increment(
            "martlet_trace_spans_total", "Spans of traces by what became of them.", [("result", result)], by: Double(spans))
    }
}
