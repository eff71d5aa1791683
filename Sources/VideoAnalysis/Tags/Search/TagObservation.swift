/// What one look at the video said about every tag.
public struct TagObservation: Sendable, Equatable, Codable {
    /// Seconds: the time stamp of the frame that was really seen.
    public var time: Double
    /// The probability, 0…1, that each tag is present, in the order of the rules. `nil` means unknown: the call failed, or its
    /// answer left the tag out.
    public var scores: [Double?]

    public init(time: Double, scores: [Double?]) {
        self.time = time
        self.scores = scores
    }

    /// A look that told nothing.
    public static func failed(at time: Double, tags: Int) -> TagObservation {
        TagObservation(time: time, scores: Array(repeating: nil, count: max(0, tags)))
    }

    /// Whether it told nothing about any tag.
    public var isFailed: Bool { scores.allSatisfy { $0 == nil } }
}
