import Foundation

/// Ends a text at the first of some words, which the text may bring in pieces.
package struct StopWords: Sendable {
    private let stops: [String]
    /// What may be the beginning of a stop.
    private var held = ""
    package private(set) var hasStopped = false

    package init(_ stops: [String]) { self.stops = stops.filter { !$0.isEmpty } }

    /// - Returns: the text that is certainly part of the answer.
    package mutating func take(_ text: String) -> String {
        guard !hasStopped else { return "" }
        held += text
        let first = stops.compactMap { held.range(of: $0)?.lowerBound }.min()
        if let first {
            hasStopped = true
            defer { held = "" }
            return String(held[..<first])
        }
        let kept = stops.map { stop in
            (1...max(1, stop.count)).reversed().first { $0 < stop.count && held.hasSuffix(stop.prefix($0)) } ?? 0
        }.max() ?? 0
        defer { held = String(held.suffix(kept)) }
        return String(held.dropLast(kept))
    }

    /// What was held back when the text ended.
    package var rest: String { held }
}
