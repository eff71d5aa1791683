/// Cuts a text into sentences while it streams, so that the first one can be spoken while the others are still being written.
///
///     var chunker = SentenceChunker()
///     chunker.feed("It's 3.14. Dr. No sa")   // ["It's 3.14."]
///     chunker.feed("ys so.\nGood")           // ["Dr. No says so."]
///     chunker.finish()                       // ["Good"]
///
/// However the text is cut into pieces, the same sentences come out, and together they hold every word in order. A sentence is
/// given as soon as the word behind it shows that it has ended; a line break ends one at once. What has no letter and no digit
/// is never a chunk of its own: it goes with the words after it, and is dropped at the end.
public struct SentenceChunker: Sendable {
    /// The first chunk is cut at a comma from here on, so that sound begins early.
    private static let firstShortest = 40
    private static let firstShortestWide = 16

    private let firstLongest: Int
    private let longest: Int
    private var isFirst = true
    /// What belongs to no chunk yet, without blanks in front and with single ones inside.
    private var text: [Unicode.Scalar] = []
    private var hasWord = false
    /// Where the sentence ends if the next word agrees: in front of a blank.
    private var candidate: Int?
    /// Beyond this length the text is tried to be cut.
    private var nextCut: Int

    /// - Parameters:
    ///   - firstLongest: scalars of the first chunk. With fewer than `longest`, the first chunk may end at a comma.
    ///   - longest: scalars of any other chunk; longer sentences are cut at a comma, else at a blank, else anywhere between characters.
    public init(firstLongest: Int = 120, longest: Int = 300) {
        self.longest = max(20, longest)
        self.firstLongest = min(max(20, firstLongest), self.longest)
        nextCut = self.firstLongest
    }

    /// Takes the next piece, cut anywhere, and gives the sentences that are complete now.
    public mutating func feed(_ piece: String) -> [String] {
        var chunks: [String] = []
        for scalar in piece.unicodeScalars { take(scalar, &chunks) }
        return chunks
    }

    /// Gives what is left. Another text may follow then.
    public mutating func finish() -> [String] {
        var chunks: [String] = []
        cut(at: text.count, &chunks)
        self = SentenceChunker(firstLongest: firstLongest, longest: longest)
        return chunks
    }

    private var limit: Int { isFirst ? firstLongest : longest }

    private mutating func take(_ scalar: Unicode.Scalar, _ chunks: inout [String]) {
        if SentenceBorder.isLineBreak(scalar) {
            if text.last == " " { text.removeLast() }
            cut(at: text.count, &chunks)
            if !text.isEmpty { text.append(" ") }
            return
        }
        if SentenceBorder.isBlank(scalar) {
            if text.isEmpty || text.last == " " { return }
            confirm(before: " ", &chunks)
            endWithoutBlank(before: " ", &chunks)
            if text.isEmpty { return }
            if SentenceBorder.mayEnd(text) { candidate = text.count }
            if isFirst, firstLongest < longest, text.count >= Self.firstShortest, SentenceBorder.isClauseEnd(text) { cut(at: text.count, &chunks) }
            if !text.isEmpty { text.append(" ") }
        } else {
            confirm(before: scalar, &chunks)
            endWithoutBlank(before: scalar, &chunks)
            text.append(scalar)
            hasWord = hasWord || SentenceBorder.isWordPart(scalar)
        }
        while text.count > nextCut { cutLong(&chunks) }
    }

    /// Ends the sentence at the candidate, once what has come behind it decides.
    private mutating func confirm(before scalar: Unicode.Scalar, _ chunks: inout [String]) {
        guard let end = candidate else { return }
        switch SentenceBorder.decide(text, end: end, next: scalar) {
        case .undecided: return
        case .no: candidate = nil
        case .yes: cut(at: end, &chunks)
        }
    }

    /// Ends sentences of scripts that put no blank behind their full stops.
    private mutating func endWithoutBlank(before scalar: Unicode.Scalar, _ chunks: inout [String]) {
        guard let last = text.last, SentenceBorder.isWideCloser(last) || SentenceBorder.isWideStop(last) || SentenceBorder.isWideComma(last) else {
            return
        }
        if SentenceBorder.isWideCloser(scalar) || SentenceBorder.isWideStop(scalar) { return }
        let isEarly = isFirst && firstLongest < longest && text.count >= Self.firstShortestWide && SentenceBorder.isWideComma(last)
        if SentenceBorder.endsWide(text) || isEarly { cut(at: text.count, &chunks) }
    }

    /// Makes a chunk of the text up to a place, unless there is nothing to say in it.
    private mutating func cut(at end: Int, _ chunks: inout [String]) {
        candidate = nil
        let hasMore = end < text.count
        guard hasWord, !hasMore || text[..<end].contains(where: SentenceBorder.isWordPart) else { return }
        var chunk = text[..<end]
        if chunk.last == " " { chunk.removeLast() }
        chunks.append(String(String.UnicodeScalarView(chunk)))
        var rest = text[end...]
        if rest.first == " " { rest = rest.dropFirst() }
        text = Array(rest)
        hasWord = hasMore && text.contains(where: SentenceBorder.isWordPart)
        isFirst = false
        nextCut = limit
    }

    private mutating func cutLong(_ chunks: inout [String]) {
        let limit = limit
        let count = text.count
        let pending = candidate
        guard let end = SentenceBorder.cut(text, limit: limit) else {
            // One character that never ends, or nothing to say: it is looked at again when there is much more of it.
            nextCut = text.count * 2
            return
        }
        cut(at: end, &chunks)
        if text.count == count {
            nextCut = count * 2
            return
        }
        // A sentence's end behind the cut stays one to be decided.
        if let pending, pending > end { candidate = pending - (count - text.count) }
    }
}
