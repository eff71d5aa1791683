/// Cuts sound into pieces that a recogniser takes.
enum SpeechSegmentation {
    /// Pieces of `range` no longer than `longest` samples, cut where the sound is quietest in the last third of each.
    ///
    /// Without a cut where somebody pauses, words at the edges are lost.
    static func split(_ samples: [Float], range: Range<Int>, longest: Int) -> [Range<Int>] {
        let longest = max(longest, 3)
        var pieces: [Range<Int>] = []
        var start = range.lowerBound
        while range.upperBound - start > longest {
            let cut = quietest(samples, in: start + longest * 2 / 3..<start + longest)
            pieces.append(start..<cut)
            start = cut
        }
        if start < range.upperBound { pieces.append(start..<range.upperBound) }
        return pieces
    }

    /// Whether a piece holds nothing loud enough to be speech.
    static func isSilent(_ samples: ArraySlice<Float>, floor: Float = 0.003) -> Bool {
        !samples.contains { abs($0) > floor }
    }

    /// The middle of the quietest stretch of 20 ms at 16 kHz.
    private static func quietest(_ samples: [Float], in range: Range<Int>) -> Int {
        let stretch = 320
        var best = range.upperBound
        var least = Float.infinity
        for start in stride(from: range.lowerBound, to: range.upperBound - stretch, by: stretch / 2) {
            let energy = samples[start..<start + stretch].reduce(0) { $0 + $1 * $1 }
            if energy < least {
                least = energy
                best = start + stretch / 2
            }
        }
        return best
    }
}
