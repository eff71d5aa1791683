/// What one text says, before subjects and profile are looked at.
struct PolicyReading: Sendable {
    /// Sexual signals that nothing negates.
    private(set) var soft: Set<PolicySignal> = []
    /// What is refused whoever is in the picture.
    private(set) var hard: Set<PolicyCategory> = []
    /// Sexual violence spoken against; hard as soon as the request has anything sexual.
    private(set) var isProtective = false
    private(set) var hasNegated = false
    private(set) var isRevealing = false
    private(set) var isDeepfake = false
    private(set) var hasMinor = false
    private(set) var hasYouth = false
    private(set) var hasAdult = false
    private(set) var hasRealPerson = false

    init(_ source: String, lexicon: PolicyLexicon) {
        let text = PolicyTokens(source)
        guard !text.tokens.isEmpty else { return }
        var terms = TermReader(text, lexicon: lexicon)
        terms.read()
        var phrases = PhraseReader(text, lexicon: lexicon, matches: terms.matches)
        phrases.read()
        let hits = Self.uncovered(phrases.hits + AgeReader(text).hits(), tokens: text.tokens.count)
        var groups: [PolicySignal: [PolicyHit]] = [:]
        for hit in hits { groups[hit.signal, default: []].append(hit) }
        read(groups, text, softHits: hits.filter(\.signal.isSoft))
    }

    private mutating func read(_ groups: [PolicySignal: [PolicyHit]], _ text: PolicyTokens, softHits: [PolicyHit]) {
        let group = { (signal: PolicySignal) in groups[signal] ?? [] }
        hasMinor = !group(.minor).isEmpty
        hasAdult = !group(.adult).isEmpty || !group(.grown).isEmpty
        hasYouth = group(.youth).contains { !Self.isGrown($0, group(.grown), text) }
        hasRealPerson = !group(.realPerson).isEmpty
        isRevealing = !group(.revealing).isEmpty
        isDeepfake = !group(.deepfake).isEmpty

        var negations = NegationReader(text, groups: groups)
        // Beside a minor, a list behind a negation doesn't inherit it.
        negations.inheritsInLists = !hasMinor && !hasYouth
        var standing: [PolicyHit] = []
        for hit in softHits {
            if negations.negates(hit) { hasNegated = true } else { standing.append(hit) }
        }

        for (signal, category) in Self.directCategories where !group(signal).isEmpty {
            let hits = group(signal)
            guard signal == .sexualViolence, hits.allSatisfy({ !$0.neighbours(in: group(.protective), within: 0).isEmpty }) else {
                hard.insert(category)
                continue
            }
            isProtective = true
            standing.removeAll { hit in !hit.neighbours(in: hits, within: 0).filter { $0.holds(hit) }.isEmpty }
        }
        soft = Set(standing.map(\.signal))

        let acts = standing.filter { $0.signal == .act }
        let sexual = standing.filter { $0.signal == .sexual }
        let intimate = standing.filter { $0.signal == .act || $0.signal == .sexual }
        let serious = standing.filter { $0.signal != .suggestive }
        if group(.force).isNear(serious, within: 10) { hard.insert(.nonConsent) }
        if group(.helpless).isNear(intimate, within: 8) { hard.insert(.nonConsent) }
        if group(.violence).isNear(serious, within: 8) { hard.insert(.sexualViolence) }
        if group(.animal).isNear(acts, within: 4) || group(.animal).isNear(sexual, within: 0) { hard.insert(.animals) }
    }

    private static let directCategories: [(PolicySignal, PolicyCategory)] = [
        (.minorAbuse, .minors), (.sexualViolence, .sexualViolence), (.nonConsent, .nonConsent), (.bestiality, .animals),
    ]

    /// The hits in order, without those that are part of an everyday phrase.
    private static func uncovered(_ hits: [PolicyHit], tokens: Int) -> [PolicyHit] {
        var covers = [Int](repeating: 0, count: tokens)
        for hit in hits where hit.signal == .everyday {
            for token in hit.start..<hit.end { covers[token] = max(covers[token], hit.end) }
        }
        return hits.filter { $0.signal != .everyday && $0.end > covers[$0.start] }.sorted { $0.start < $1.start }
    }

    /// Whether words beside a youth word say that it means an adult: "a 25 year old girl", "college girl".
    private static func isGrown(_ youth: PolicyHit, _ grown: [PolicyHit], _ text: PolicyTokens) -> Bool {
        youth.neighbours(in: grown, within: 3).contains { grown in
            let between = grown.end <= youth.start ? grown.end..<youth.start : youth.end..<max(grown.start, youth.end)
            return !between.contains { text.tokens[$0].gap == .sentence || joining.contains(text.spelling($0)) }
        }
    }

    private static let joining: Set<String> = ["and", "with", "y", "e", "et", "und", "en", "i", "и", "ve", "plus", "next", "beside"]
}
