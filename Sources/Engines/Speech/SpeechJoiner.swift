/// Joins neighbouring stretches of speech into pieces that are long enough to be understood.
///
/// A recogniser hears short phrases badly when it gets them one by one: the words around them are what tells "fail" from
/// "fair". Stretches come in order of time; a piece is given out as soon as the next stretch can't join it.
package struct SpeechJoiner {
    /// Longest piece made by joining, in samples.
    package let longest: Int
    /// Longest pause inside a piece, in samples.
    package let longestPause: Int

    private var open: Range<Int>?

    /// Where the piece begins that isn't given out yet; `nil`: there is none.
    package var start: Int? { open?.lowerBound }
    package var isOpen: Bool { open != nil }

    package init(longest: Int, longestPause: Int) {
        self.longest = longest
        self.longestPause = longestPause
    }

    /// - Returns: the piece that `stretch` ends, if it does.
    package mutating func add(_ stretch: Range<Int>) -> Range<Int>? {
        guard let piece = open else {
            open = stretch
            return nil
        }
        let joined = piece.lowerBound..<max(piece.upperBound, stretch.upperBound)
        if stretch.lowerBound - piece.upperBound <= longestPause, joined.count <= longest {
            open = joined
            return nil
        }
        open = stretch
        return piece
    }

    /// - Returns: the last piece, if there is one.
    package mutating func finish() -> Range<Int>? {
        defer { open = nil }
        return open
    }
}
