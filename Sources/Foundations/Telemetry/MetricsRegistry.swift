import Foundation

/// The server's figures, printed in Prometheus text format (https://prometheus.io/docs/instrumenting/exposition_formats/).
///
/// A family keeps at most `maxSeries` label combinations; further ones fall into one whose values read `other`, so that
/// no caller can grow memory by inventing labels.
public actor MetricsRegistry {
    public enum Kind: String, Sendable { case counter, gauge, histogram }

    /// A gauge that is read when the figures are asked for, with all its label combinations.
    public struct Gauge: Sendable {
        public var name: String
        public var help: String
        public var values: [(labels: [(String, String)], value: Double)]

        public init(_ name: String, _ help: String, _ values: [(labels: [(String, String)], value: Double)]) {
            self.name = name
            self.help = help
            self.values = values
        }
    }

    public typealias Collector = @Sendable () async -> [Gauge]

    public static let durationBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300]

    private struct Series {
        var labels: [(String, String)]
        var value = 0.0
        var buckets: [Int] = []
        var count = 0
    }

    private struct Family {
        var kind: Kind
        var help: String
        var bounds: [Double]
        var series: [String: Series] = [:]

        /// Changes the series with these labels; that of all others where there are `most` already.
        mutating func update(_ labels: [(String, String)], most: Int, _ change: (inout Series) -> Void) {
            var labels = labels
            var key = MetricsRegistry.braces(labels)
            if series[key] == nil, series.count >= most {
                labels = labels.map { ($0.0, "other") }
                key = MetricsRegistry.braces(labels)
            }
            change(&series[key, default: Series(labels: labels, buckets: Array(repeating: 0, count: bounds.count))])
        }
    }

    private let maxSeries: Int
    private var families: [String: Family] = [:]
    private var collectors: [Collector] = []
    private var collected: Set<String> = []

    public init(maxSeries: Int = 200) { self.maxSeries = maxSeries }

    /// Adds to a counter.
    public func increment(_ name: String, _ help: String, _ labels: [(String, String)] = [], by amount: Double = 1) {
        update(name, .counter, help, [], labels) { $0.value += amount }
    }

    /// Sets a gauge.
    public func set(_ name: String, _ help: String, _ labels: [(String, String)] = [], to value: Double) {
        update(name, .gauge, help, [], labels) { $0.value = value }
    }

    /// Records a duration in seconds, or another quantity, in a histogram.
    public func observe(
        _ name: String, _ help: String, _ labels: [(String, String)] = [], _ value: Double,
        bounds: [Double] = durationBuckets
    ) {
        update(name, .histogram, help, bounds, labels) { series in
            series.value += value
            series.count += 1
            for (index, bound) in bounds.enumerated() where value <= bound { series.buckets[index] += 1 }
        }
    }

    /// Asks for gauges whenever the figures are read: what is gone by then is gone from the figures.
    public func collect(_ collector: @escaping Collector) { collectors.append(collector) }

    /// The whole registry as Prometheus text, families and series in a stable order.
    public func text() async -> String {
        var gauges: [Gauge] = []
        for collector in collectors { gauges += await collector() }
        for name in collected { families[name]?.series = [:] }
        collected = Set(gauges.map(\.name))
        for gauge in gauges {
            for (labels, value) in gauge.values { set(gauge.name, gauge.help, labels, to: value) }
        }
        return written
    }

    private var written: String {
        var out = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) where !family.series.isEmpty {
            out += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
            for (_, series) in family.series.sorted(by: { $0.key < $1.key }) {
                if family.kind == .histogram {
                    for (index, bound) in family.bounds.enumerated() {
                        out += "\(name)_bucket\(Self.braces(series.labels + [("le", Self.number(bound))])) \(series.buckets[index])\n"
                    }
                    out += "\(name)_bucket\(Self.braces(series.labels + [("le", "+Inf")])) \(series.count)\n"
                    out += "\(name)_sum\(Self.braces(series.labels)) \(Self.number(series.value))\n"
                    out += "\(name)_count\(Self.braces(series.labels)) \(series.count)\n"
                } else {
                    out += "\(name)\(Self.braces(series.labels)) \(Self.number(series.value))\n"
                }
            }
        }
        return out
    }

    private func update(
        _ name: String, _ kind: Kind, _ help: String, _ bounds: [Double], _ labels: [(String, String)],
        _ change: (inout Series) -> Void
    ) {
        // In place: a copy of the family would copy all its series.
        families[name, default: Family(kind: kind, help: help, bounds: bounds)].update(labels, most: maxSeries, change)
    }

    private static func braces(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            "\(name)=\"\(escaped(value))\""
        }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        guard value.utf8.contains(where: { $0 == UInt8(ascii: "\\") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n") })
        else { return value }
        return value.replacingOccurrences(of: "\\", with: "\\\\")
            .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "\n", with: "\\n")
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
