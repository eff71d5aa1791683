/// Reads a word that is spread over several tokens: "n u d e", "n.u.d.e", "nu-de", "n*de", "d!ck", "$ex".
struct JoinedWordReader {
    private let text: PolicyTokens
    private let lexicon: PolicyLexicon
    private let start: Int
    /// How many tokens may still be looked at: signs can be read in several ways, and the ways multiply.
    private var budget = 120
    private(set) var matches: [TermMatch] = []

    /// What was read so far.
    private struct Word {
        var pieces = 0
        /// Pieces of one letter.
        var singles = 0
        var letters = 0
        /// Letters that are hidden behind signs.
        var hidden = 0
        var digits = 0
        var hasSpaces = false
        /// A piece is a letter that is a word by itself.
        var hasLetterWord = false
        /// Signs were read as letters.
        var isDisguised = false

        var length: Int { letters + hidden + digits }

        /// Whether these pieces can be meant as one word; "pen is" can't.
        func isWord(maskable: Bool) -> Bool {
            guard letters >= 2 || (letters == 1 && isDisguised && hidden == 0) else { return false }
            if hidden > 0 { return maskable && length >= 3 && hidden <= letters + 1 }
            if singles == pieces, pieces > 1 { return length >= 3 }
            // "put a" is two words.
            if hasSpaces { return length >= 4 && singles * 2 >= pieces && (pieces > 2 || !hasLetterWord) }
            return length >= (isDisguised ? 3 : 4)
        }
    }

    init(_ text: PolicyTokens, lexicon: PolicyLexicon, from start: Int) {
        self.text = text
        self.lexicon = lexicon
        self.start = start
    }

    mutating func read() {
        let token = text.tokens[start]
        let isLast = start + 1 == text.tokens.count
        // Nothing to join: the usual case.
        let signBefore = token.start > 0 ? sign(at: token.start - 1) : nil
        if isLast || !canCross(to: start + 1, from: Word(pieces: 1, singles: token.count == 1 ? 1 : 0)), signBefore == nil,
            sign(at: token.end) == nil {
            return
        }
        join(LexiconTrie.root, start, Word())
        guard let signBefore, let node = lexicon.trie.child(of: LexiconTrie.root, signBefore) else { return }
        var word = Word()
        word.isDisguised = true
        word.digits = 1
        join(node, start, word)
    }

    /// The letter that a sign at the edge of a word stands for.
    private func sign(at index: Int) -> UInt32? {
        guard index < text.scalars.count else { return nil }
        switch text.value(index) {
        case 0x24, 0x40, 0x20AC: return Homoglyphs.letter(for: text.value(index))
        default: return nil
        }
    }

    private func canCross(to next: Int, from word: Word) -> Bool {
        guard next < text.tokens.count, text.tokens[next].kind == .word else { return false }
        switch text.tokens[next].gap {
        case .none, .joint: return true
        case .space: return text.tokens[start].gap >= .space && (word.singles > 0 || text.tokens[next].count == 1)
        case .comma, .sentence: return word.singles == word.pieces && text.tokens[next].count == 1
        }
    }

    private mutating func join(_ node: Int32, _ token: Int, _ word: Word) {
        budget -= 1
        guard budget > 0 else { return }
        var node = node
        var word = word
        word.pieces += 1
        if text.tokens[token].count == 1 {
            word.singles += 1
            if Self.letterWords.contains(text.value(text.tokens[token].start)) { word.hasLetterWord = true }
        }
        for index in text.tokens[token].start..<text.tokens[token].end {
            let value = text.value(index)
            let isDigit = PolicyTokens.digit(value) != nil
            let letter = isDigit ? Homoglyphs.letter(for: value) : value
            guard let letter, let next = lexicon.trie.child(of: node, letter) else { return }
            node = next
            if isDigit { word.digits += 1 } else { word.letters += 1 }
            if word.pieces > 1 || word.isDisguised { add(lexicon.trie.stems(at: node), to: token, word) }
        }
        if word.pieces > 1 || word.isDisguised { add(lexicon.trie.words(at: node), to: token, word) }
        addWithSigns(node, token, word)
        guard canCross(to: token + 1, from: word) else { return }
        if text.tokens[token + 1].gap >= .space { word.hasSpaces = true }
        join(node, token + 1, word)
        if text.tokens[token + 1].gap == .joint { joinThroughSigns(node, token, word) }
    }

    /// The word with the signs behind it: "a$$".
    private mutating func addWithSigns(_ node: Int32, _ token: Int, _ word: Word) {
        var node = node
        var word = word
        word.isDisguised = true
        for index in text.tokens[token].end..<text.tokens[token].end + 3 {
            guard let letter = sign(at: index), let next = lexicon.trie.child(of: node, letter) else { return }
            node = next
            word.digits += 1
            add(lexicon.trie.words(at: node), to: token, word)
        }
    }

    /// The signs between two tokens as the letters they look like, and as the letters they hide.
    private mutating func joinThroughSigns(_ node: Int32, _ token: Int, _ word: Word) {
        let signs = text.scalars[text.tokens[token].end..<text.tokens[token + 1].start].map(\.value)
        var read: Int32? = node
        for sign in signs {
            guard let letter = Homoglyphs.letter(for: sign), let from = read else {
                read = nil
                break
            }
            read = lexicon.trie.child(of: from, letter)
        }
        if let read {
            var disguised = word
            disguised.isDisguised = true
            disguised.digits += signs.count
            join(read, token + 1, disguised)
        }
        guard signs.allSatisfy(Self.masks.contains) else { return }
        var nodes = [node]
        for _ in signs { nodes = nodes.flatMap { lexicon.trie.children(of: $0) } }
        var hidden = word
        hidden.hidden += signs.count
        for node in nodes.prefix(60) { join(node, token + 1, hidden) }
    }

    private static let letterWords = Set("aioyuwzвкоуяис".unicodeScalars.map(\.value))

    /// * # ? • ● ■ █ …
    private static let masks: Set<UInt32> = [0x2A, 0x23, 0x3F, 0x2022, 0x25CF, 0x25A0, 0x2588, 0x2026]

    private mutating func add(_ parts: [Int32], to token: Int, _ word: Word) {
        for part in parts where word.isWord(maskable: lexicon.isMaskable(part)) {
            matches.append(TermMatch(part: part, start: start, end: token + 1))
        }
    }
}
