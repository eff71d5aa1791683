/// Stretches of speech that are recognised together, in order of time.
package struct SpeechPiece: Sendable, Equatable {
    /// In samples; people pause between them.
    package var stretches: [Range<Int>]

    package init(_ stretches: [Range<Int>]) { self.stretches = stretches }

    package var start: Int { stretches.first?.lowerBound ?? 0 }
    package var end: Int { stretches.last?.upperBound ?? 0 }
}

/// Joins neighbouring stretches of speech into pieces that are long enough to be understood.
///
/// A recogniser hears short phrases badly when it gets them one by one: the words around them are what tells "fail" from
/// "fair". Stretches come in order of time; a piece is given out as soon as the next stretch can't join it.
package struct SpeechJoiner {
    /// Longest piece made by joining, in samples.
    package let longest: Int
    /// Longest pause inside a piece, in samples.
    package let longestPause: Int

    private var open: SpeechPiece?

    /// Where the piece begins that isn't given out yet; `nil`: there is none.
    package var start: Int? { open?.start }
    package var isOpen: Bool { open != nil }

    package init(longest: Int, longestPause: Int) {
        self.longest = longest
        self.longestPause = longestPause
    }

    /// - Returns: the piece that `stretch` ends, if it does.
    package mutating func add(_ stretch: Range<Int>) -> SpeechPiece? {
        guard let piece = open else {
            open = SpeechPiece([stretch])
            return nil
        }
        guard stretch.lowerBound - piece.end <= longestPause, max(piece.end, stretch.upperBound) - piece.start <= longest else {
            open = SpeechPiece([stretch])
            return piece
        }
        if stretch.lowerBound > piece.end {
            open?.stretches.append(stretch)
        } else if stretch.upperBound > piece.end {
            open?.stretches[piece.stretches.count - 1] = (piece.stretches.last?.lowerBound ?? piece.start)..<stretch.upperBound
        }
        return nil
    }

    /// - Returns: the last piece, if there is one.
    package mutating func finish() -> SpeechPiece? {
        defer { open = nil }
        return open
    }
}
