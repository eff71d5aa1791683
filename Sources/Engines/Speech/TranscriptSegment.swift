/// A stretch of recognised speech.
public struct TranscriptSegment: Sendable, Equatable, Codable {
    /// Seconds from the start of the sound.
    public var start: Double
    public var end: Double
    public var text: String

    public init(start: Double, end: Double, text: String) {
        self.start = start
        self.end = end
        self.text = text
    }
}
