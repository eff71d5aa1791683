/// Makes hits of the matched parts: terms of one word, and phrases.
struct PhraseReader {
    private let text: PolicyTokens
    private let lexicon: PolicyLexicon
    private let matches: [TermMatch]
    /// Where the matches of each token begin.
    private var first: [Int] = []
    private(set) var hits: [PolicyHit] = []

    init(_ text: PolicyTokens, lexicon: PolicyLexicon, matches: [TermMatch]) {
        self.text = text
        self.lexicon = lexicon
        // The reader goes through the tokens in order, so these are in order already.
        self.matches = matches
        first.reserveCapacity(text.tokens.count + 1)
        var next = 0
        for token in 0...text.tokens.count {
            while next < matches.count, matches[next].start < token { next += 1 }
            first.append(next)
        }
    }

    mutating func read() {
        for match in matches {
            for signal in lexicon.signals[Int(match.part)] {
                hits.append(PolicyHit(signal: signal, start: match.start, end: match.end))
            }
            for phrase in lexicon.phrases[Int(match.part)] {
                guard let end = end(of: phrase, element: 1, at: match.end) else { continue }
                hits.append(PolicyHit(signal: phrase.signal, start: match.start, end: end))
            }
        }
    }

    /// Where a phrase ends whose elements before this one end here; `nil`: it doesn't go on.
    private func end(of phrase: PolicyLexicon.Phrase, element index: Int, at position: Int) -> Int? {
        guard index < phrase.elements.count else { return position }
        let element = phrase.elements[index]
        for token in position...(position + element.gap) {
            guard token < text.tokens.count, text.tokens[token].gap != .sentence else { return nil }
            if phrase.signal == .everyday, text.tokens[token].gap == .comma { return nil }
            for match in matches[first[token]..<first[token + 1]] where element.parts.contains(match.part) {
                if let end = end(of: phrase, element: index + 1, at: match.end) { return end }
            }
        }
        return nil
    }
}
