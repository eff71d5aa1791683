/// A term or a phrase found in a text.
struct PolicyHit: Sendable {
    var signal: PolicySignal
    /// The first of its tokens.
    var start: Int
    /// Behind the last of its tokens.
    var end: Int
}

extension [PolicyHit] {
    /// Whether one of these, which are in the order of their starts, has one of the others, in order too, within some tokens of it.
    func isNear(_ others: [PolicyHit], within distance: Int) -> Bool {
        contains { !$0.neighbours(in: others, within: distance).isEmpty }
    }
}

extension PolicyHit {
    /// No term is longer than this, in tokens.
    private static let longest = 24

    /// Those of some hits, in the order of their starts, that overlap this one or lie within some tokens of it.
    func neighbours(in others: [PolicyHit], within distance: Int) -> [PolicyHit] {
        var low = 0
        var high = others.count
        while low < high {
            let middle = (low + high) / 2
            if others[middle].start < start - distance - Self.longest { low = middle + 1 } else { high = middle }
        }
        var found: [PolicyHit] = []
        while low < others.count, others[low].start <= end + distance {
            if others[low].end >= start - distance { found.append(others[low]) }
            low += 1
        }
        return found
    }

    func holds(_ other: PolicyHit) -> Bool { start <= other.start && other.end <= end }
}
