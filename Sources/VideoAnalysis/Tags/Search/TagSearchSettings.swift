/// How closely a video is looked at, and what is believed of the answers. All times are seconds.
public struct TagSearchSettings: Sendable, Equatable, Codable {
    /// The distance of the coarse scan's looks. Shorter spans can lie between two of them unseen.
    public var frameInterval: Double
    /// Changes are narrowed down to about this width.
    public var tolerance: Double
    /// How often an answer is taken to be wrong, 0…0.5.
    public var answerError: Double
    /// How long a tag is taken to last, on average.
    public var meanPresence: Double
    /// How long a tag is taken to be away, on average.
    public var meanAbsence: Double
    /// An answer that contradicts its surroundings is checked when it is right with at least this probability, 0…1.
    public var doubt: Double

    public init(
        frameInterval: Double = 2, tolerance: Double = 0.25, answerError: Double = 0.02, meanPresence: Double = 15,
        meanAbsence: Double = 120, doubt: Double = 0.05
    ) {
        self.frameInterval = frameInterval
        self.tolerance = tolerance
        self.answerError = answerError
        self.meanPresence = meanPresence
        self.meanAbsence = meanAbsence
        self.doubt = doubt
    }

    /// The same with every value where the search ends: lengths of a millisecond at least, shares inside their ranges.
    package var bounded: TagSearchSettings {
        func length(_ value: Double, _ least: Double) -> Double { value.isFinite ? max(least, value) : least }
        func share(_ value: Double, _ range: ClosedRange<Double>) -> Double {
            value.isNaN ? range.lowerBound : min(max(value, range.lowerBound), range.upperBound)
        }
        var copy = self
        copy.frameInterval = length(frameInterval, 0.001)
        copy.tolerance = length(tolerance, 0.001)
        copy.answerError = share(answerError, 1e-6...0.49)
        copy.meanPresence = length(meanPresence, 0.001)
        copy.meanAbsence = length(meanAbsence, 0.001)
        copy.doubt = share(doubt, 0...1)
        return copy
    }
}
