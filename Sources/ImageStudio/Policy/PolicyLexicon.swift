/// The terms of every language, ready to match. Built once.
struct PolicyLexicon: Sendable {
    struct Phrase: Sendable {
        var signal: PolicySignal
        var elements: [Element]
    }

    struct Element: Sendable {
        var parts: [Int32]
        var gap: Int
    }

    static let shared = PolicyLexicon(sources)

    private(set) var trie: LexiconTrie
    /// What a part says by itself.
    private(set) var signals: [[PolicySignal]] = []
    /// Phrases by a part that begins them.
    private(set) var phrases: [[Phrase]] = []
    private var joinable: [Bool] = []
    private var maskable: [Bool] = []

    private init(_ sources: [(PolicySignal, String)]) {
        var numbers: [LexiconNotation.Word: Int32] = [:]
        var spellings: [(scalars: [UInt32], isStem: Bool)] = []
        var signals: [[PolicySignal]] = []
        var phrases: [[Phrase]] = []
        var joinable: [Bool] = []

        func part(_ word: LexiconNotation.Word) -> Int32 {
            // Terms are folded as texts are, so that they meet.
            let scalars = FoldedText.fold(word.spelling).map(\.value)
            var key = word
            key.isJoinable = false
            key.spelling = String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
            if let number = numbers[key] {
                if word.isJoinable { joinable[Int(number)] = true }
                return number
            }
            let number = Int32(spellings.count)
            numbers[key] = number
            spellings.append((scalars, word.isStem))
            signals.append([])
            phrases.append([])
            joinable.append(word.isJoinable)
            return number
        }

        for (signal, source) in sources {
            for term in LexiconNotation.terms(source) {
                let elements = term.map { Element(parts: $0.words.map(part), gap: $0.gap) }
                guard let first = elements.first else { continue }
                for part in first.parts {
                    if elements.count == 1 {
                        if !signals[Int(part)].contains(signal) { signals[Int(part)].append(signal) }
                    } else {
                        phrases[Int(part)].append(Phrase(signal: signal, elements: elements))
                    }
                }
            }
        }
        trie = LexiconTrie(spellings)
        self.signals = signals
        self.phrases = phrases
        self.joinable = joinable
        maskable = signals.map { $0.contains(where: \.isMaskable) }
    }

    func isJoinable(_ part: Int32) -> Bool { joinable[Int(part)] }

    /// Whether its letters may be starred out.
    func isMaskable(_ part: Int32) -> Bool { maskable[Int(part)] }

    /// Whether it may stand beside a joinable word inside one word.
    func isCompanion(_ part: Int32) -> Bool {
        isJoinable(part) || signals[Int(part)].contains { [.companion, .minor, .youth, .adult, .act].contains($0) }
    }
}
