/// A part of the lexicon found over a range of tokens.
struct TermMatch: Sendable {
    var part: Int32
    var start: Int
    var end: Int
}

/// Finds the words of the lexicon in a text, in every spelling that still reads as the word.
///
/// Each token costs a bounded number of steps: a walk through the lexicon ends where no term goes on.
struct TermReader {
    private let text: PolicyTokens
    private let lexicon: PolicyLexicon
    private(set) var matches: [TermMatch] = []

    init(_ text: PolicyTokens, lexicon: PolicyLexicon) {
        self.text = text
        self.lexicon = lexicon
    }

    mutating func read() {
        for token in text.tokens.indices {
            switch text.tokens[token].kind {
            case .word:
                readWord(token)
                var joined = JoinedWordReader(text, lexicon: lexicon, from: token)
                joined.read()
                matches += joined.matches
            case .ideograph: readIdeographs(from: token)
            case .pictograph:
                guard let node = lexicon.trie.child(of: LexiconTrie.root, text.value(text.tokens[token].start)) else { continue }
                add(lexicon.trie.words(at: node), token, token + 1)
            }
        }
    }

    private mutating func add(_ parts: [Int32], _ start: Int, _ end: Int) {
        for part in parts { matches.append(TermMatch(part: part, start: start, end: end)) }
    }

    // MARK: - One word

    private mutating func readWord(_ token: Int) {
        let range = text.tokens[token].start..<text.tokens[token].end
        let letters = text.scalars[range].map(\.value)
        let count = matches.count
        walk(letters, token)
        // A word of the lexicon as it stands isn't a disguise of another.
        guard matches.count == count else { return }
        let digits = letters.reduce(0) { $0 + (PolicyTokens.digit($1) == nil ? 0 : 1) }
        if digits > 0, digits < letters.count { readDigits(letters, digits: digits, token) }
        walkStretched(letters, token)
        readLookalike(range, token)
        if let first = letters.first, (0x621...0x64A).contains(first) { readArabicPrefixes(letters, token) }
        if letters.count > 3, letters.last == 0x7A { walk(letters.dropLast() + [0x73], token) }
    }

    private mutating func readDigits(_ letters: [UInt32], digits: Int, _ token: Int) {
        let isDigit = { (value: UInt32) in PolicyTokens.digit(value) != nil }
        let trimmed = Array(letters.drop(while: isDigit).reversed().drop(while: isDigit).reversed())
        if trimmed.count < letters.count {
            walk(trimmed, token)
            walkStretched(trimmed, token)
        }
        guard digits * 2 <= letters.count else { return }
        for spelling in [letters, trimmed] where spelling.contains(where: isDigit) {
            let read = spelling.map { isDigit($0) ? Homoglyphs.letter(for: $0) ?? $0 : $0 }
            walk(read, token)
            walkStretched(read, token)
            if spelling.contains(0x31) { walk(zip(spelling, read).map { $0 == 0x31 ? 0x6C : $1 }, token) }
        }
    }

    /// A word with letters of other scripts among Latin ones, or of nothing but perfect lookalikes.
    private mutating func readLookalike(_ range: Range<Int>, _ token: Int) {
        let scalars = text.scalars[range]
        guard scalars.contains(where: { $0.latin != 0 }) else { return }
        let isMixed = scalars.contains { $0.latin == 0 && $0.value < 0x80 && PolicyTokens.digit($0.value) == nil }
        guard isMixed || scalars.allSatisfy({ Homoglyphs.perfect.contains($0.value) }) else { return }
        let latin = scalars.map { $0.latin == 0 ? $0.value : $0.latin }
        walk(latin, token)
        walkStretched(latin, token)
    }

    private mutating func readArabicPrefixes(_ letters: [UInt32], _ token: Int) {
        for prefix in ["ال", "وال", "بال", "لل", "و", "ب", "ل", "ف"] {
            let prefix = prefix.unicodeScalars.map(\.value)
            guard letters.count >= prefix.count + 3, letters.starts(with: prefix) else { continue }
            walk(Array(letters.dropFirst(prefix.count)), token)
        }
    }

    private mutating func walk(_ letters: [UInt32], _ token: Int) {
        var node = LexiconTrie.root
        for (index, letter) in letters.enumerated() {
            guard let next = lexicon.trie.child(of: node, letter) else { return }
            node = next
            add(lexicon.trie.stems(at: node), token, token + 1)
            let words = lexicon.trie.words(at: node)
            guard !words.isEmpty else { continue }
            if index == letters.count - 1 {
                add(words, token, token + 1)
            } else if index >= 2, letters.count - index > 3 {
                addCompound(words, letters[(index + 1)...], token)
            }
        }
    }

    /// Two words written as one, of which one may be joined and the other is its company.
    private mutating func addCompound(_ first: [Int32], _ rest: ArraySlice<UInt32>, _ token: Int) {
        var node = LexiconTrie.root
        for letter in rest {
            guard let next = lexicon.trie.child(of: node, letter) else { return }
            node = next
        }
        let second = lexicon.trie.words(at: node)
        let isCompound = (first.contains(where: lexicon.isJoinable) && second.contains(where: lexicon.isCompanion))
            || (first.contains(where: lexicon.isCompanion) && second.contains(where: lexicon.isJoinable))
        guard isCompound else { return }
        add(first, token, token + 1)
        add(second, token, token + 1)
    }

    // MARK: - Stretched words

    private mutating func walkStretched(_ letters: [UInt32], _ token: Int) {
        var runs: [(letter: UInt32, count: Int)] = []
        var isStretched = false
        for letter in letters {
            if runs.last?.letter == letter { runs[runs.count - 1].count += 1 } else { runs.append((letter, 1)) }
            if let count = runs.last?.count, count > 2 || (count == 2 && Self.rarelyDoubled.contains(letter)) { isStretched = true }
        }
        guard isStretched else { return }
        var budget = 200
        walkRuns(runs, 0, LexiconTrie.root, token, &budget)
    }

    /// a i u x y
    private static let rarelyDoubled: Set<UInt32> = [0x61, 0x69, 0x75, 0x78, 0x79]

    private mutating func walkRuns(
        _ runs: [(letter: UInt32, count: Int)], _ index: Int, _ node: Int32, _ token: Int, _ budget: inout Int
    ) {
        budget -= 1
        guard budget > 0 else { return }
        guard index < runs.count else {
            add(lexicon.trie.words(at: node), token, token + 1)
            return
        }
        let run = runs[index]
        guard let once = lexicon.trie.child(of: node, run.letter) else { return }
        add(lexicon.trie.stems(at: once), token, token + 1)
        if run.count == 1 || run.count > 2 || Self.rarelyDoubled.contains(run.letter) { walkRuns(runs, index + 1, once, token, &budget) }
        guard run.count > 1, let twice = lexicon.trie.child(of: once, run.letter) else { return }
        add(lexicon.trie.stems(at: twice), token, token + 1)
        walkRuns(runs, index + 1, twice, token, &budget)
    }

    // MARK: - Scripts without spaces

    private mutating func readIdeographs(from start: Int) {
        var node = LexiconTrie.root
        var token = start
        while token < text.tokens.count, text.tokens[token].kind == .ideograph {
            if token > start {
                switch text.tokens[token].gap {
                case .none, .joint: break
                // Between spaces, only syllables that all stand alone are one word.
                case .space: guard isAlone(token), isAlone(token - 1) else { return }
                case .comma, .sentence: return
                }
            }
            guard let next = lexicon.trie.child(of: node, text.value(text.tokens[token].start)) else { return }
            node = next
            add(lexicon.trie.words(at: node), start, token + 1)
            token += 1
        }
    }

    private func isAlone(_ token: Int) -> Bool {
        text.tokens[token].gap != .none && (token + 1 == text.tokens.count || text.tokens[token + 1].gap != .none)
    }
}
