/// Tells whether a text denies a sexual word: "no nudity", "not naked", "nudity is forbidden".
struct NegationReader {
    private let text: PolicyTokens
    /// Where a negation or a bridge that ends before a token begins.
    private var negationStart: [Int: Int] = [:]
    private var bridgeStart: [Int: Int] = [:]
    private var afterStarts: Set<Int> = []
    private var bridgeEnd: [Int: Int] = [:]
    private var emphasis: Set<Int> = []
    /// Ends of the hits that are denied, and whether the list they are in may go on.
    private var deniedEnds: Set<Int> = []
    /// Whether "no nudity or sex" denies both.
    var inheritsInLists = true

    init(_ text: PolicyTokens, groups: [PolicySignal: [PolicyHit]]) {
        self.text = text
        for hit in groups[.negation] ?? [] { negationStart[hit.end] = min(hit.start, negationStart[hit.end] ?? hit.start) }
        for hit in groups[.bridge] ?? [] {
            bridgeStart[hit.end] = hit.start
            bridgeEnd[hit.start] = hit.end
        }
        for hit in groups[.negationAfter] ?? [] { afterStarts.insert(hit.start) }
        for hit in groups[.emphasis] ?? [] { emphasis.insert(hit.start) }
    }

    /// Takes the hits in the order of their starts.
    mutating func negates(_ hit: PolicyHit) -> Bool {
        let isDenied = isDeniedBefore(hit) || isDeniedAfter(hit)
        if isDenied { deniedEnds.insert(hit.end) }
        return isDenied
    }

    private func isDeniedBefore(_ hit: PolicyHit) -> Bool {
        if emphasis.contains(hit.end) { return false }
        var position = hit.start
        var steps = 0
        while position > 0, steps < 5 {
            // A comma ends what a negation reaches, and so does the end of a sentence.
            if inheritsInLists, deniedEnds.contains(position), text.tokens[position].gap != .sentence,
                steps > 0 || text.tokens[position].gap == .space {
                return true
            }
            guard text.tokens[position].gap < .comma else { return false }
            if let start = negationStart[position] {
                return !(start > 0 && ["why", "if", "only"].contains(text.spelling(start - 1)))
            }
            guard let start = bridgeStart[position] else { return false }
            position = start
            steps += 1
        }
        return false
    }

    private func isDeniedAfter(_ hit: PolicyHit) -> Bool {
        var position = hit.end
        var steps = 0
        while position < text.tokens.count, steps < 4 {
            guard text.tokens[position].gap < .comma else { return false }
            if afterStarts.contains(position) { return true }
            guard let end = bridgeEnd[position] else { return false }
            position = end
            steps += 1
        }
        return false
    }
}
