/// Puts spoken words together: blanks between words, line breaks between blocks, full stops where blocks need them.
struct SpokenOutput: Sendable {
    enum Block: Sendable { case none, paragraph, stopped }

    private enum Separator { case none, blank, lineBreak }

    private static let stops: Set<Unicode.Scalar> = [".", "!", "?", "…", ":", ";", ",", "。", "！", "？", "；", "：", "，", "、", "।", "؟", "۔"]
    private static let closers: Set<Unicode.Scalar> = [")", "]", "\"", "'", "”", "’", "»", "」", "』", "）"]

    private(set) var block = Block.none
    private let vocabulary: SpokenVocabulary
    private var text = String.UnicodeScalarView()
    private var separator = Separator.none
    /// The last word isn't said before the next one is known.
    private var held: SpokenToken?
    /// Of the block: the last scalar that was given, and the last one that closes nothing.
    private var last: Unicode.Scalar?
    private var lastWithin: Unicode.Scalar?
    /// The word before the one that is held, as it was written.
    private var previous: [Unicode.Scalar] = []

    init(vocabulary: SpokenVocabulary) { self.vocabulary = vocabulary }

    /// What has come together since the last time.
    mutating func collect() -> String {
        defer { text = String.UnicodeScalarView() }
        return String(text)
    }

    /// Begins a block if none is open. `stopped` ones get a full stop at their end.
    mutating func begin(_ kind: Block) {
        if block == .none { block = kind }
    }

    /// - Parameter asHeading: a paragraph that is open was a heading.
    mutating func endBlock(asHeading: Bool = false) {
        sayHeld(before: nil)
        if block == .stopped || (asHeading && block == .paragraph), let end = lastWithin, !Self.stops.contains(end) { give(CollectionOfOne(".")) }
        if last != nil { separator = .lineBreak }
        block = .none
        last = nil
        lastWithin = nil
        previous = []
    }

    /// Says, as a block of its own, that there is code.
    mutating func leaveCodeOut() {
        endBlock()
        guard let notice = vocabulary.codeNotice else { return }
        begin(.paragraph)
        add(Array(notice.unicodeScalars), isSpaced: true)
        endBlock()
    }

    mutating func take(_ token: SpokenToken) {
        if sayHeld(before: token) { held = token } else { held = nil }
    }

    /// - Returns: `false`: the next word was said along with it.
    @discardableResult
    private mutating func sayHeld(before next: SpokenToken?) -> Bool {
        guard let token = held else { return true }
        held = nil
        let spoken = SpokenWord.spoken(token, after: previous, before: next, vocabulary)
        add(spoken.text, isSpaced: token.isSpaced)
        previous = spoken.takesNext ? next?.scalars ?? [] : token.scalars
        return !spoken.takesNext
    }

    private mutating func add(_ spoken: [Unicode.Scalar], isSpaced: Bool) {
        var spoken = spoken[...]
        // Commas that stand for dashes and arrows are of no use behind other stops, nor at the beginning.
        while spoken.first == ",", last == nil || lastWithin.map(Self.stops.contains) == true {
            spoken = spoken.dropFirst().drop(while: \.isBlank)
        }
        if isSpaced, separator == .none, last != nil { separator = .blank }
        guard let first = spoken.first else { return }
        let clings = first == "," || spoken.allSatisfy { Self.stops.contains($0) }
        if clings, last != nil { separator = .none }
        switch separator {
        case .none: break
        case .blank: give(CollectionOfOne(" "))
        case .lineBreak: give(CollectionOfOne("\n"))
        }
        separator = .none
        give(spoken)
    }

    private mutating func give(_ scalars: some Collection<Unicode.Scalar>) {
        for scalar in scalars {
            text.append(scalar)
            if scalar.isBlank { continue }
            last = scalar
            if !Self.closers.contains(scalar) { lastWithin = scalar }
        }
    }
}
