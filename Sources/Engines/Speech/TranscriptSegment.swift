/// A stretch of recognised speech.
public struct TranscriptSegment: Sendable, Equatable, Codable {
    /// Seconds from the start of the sound.
    public var start: Double
    public var end: Double
    public var text: String
    /// How sure the model is, 0 to 1: the geometric mean of its tokens' probabilities. `nil` where it doesn't say.
    public var confidence: Double?
    /// Words with their times; `nil` where the model gives none.
    public var words: [TranscriptWord]?

    public init(start: Double, end: Double, text: String, confidence: Double? = nil, words: [TranscriptWord]? = nil) {
        self.start = start
        self.end = end
        self.text = text
        self.confidence = confidence
        self.words = words
    }
}

/// One recognised word.
public struct TranscriptWord: Sendable, Equatable, Codable {
    public var text: String
    /// Seconds from the start of the sound.
    public var start: Double
    public var end: Double
    /// 0 to 1; `nil` where the model doesn't say.
    public var confidence: Double?

    public init(text: String, start: Double, end: Double, confidence: Double? = nil) {
        self.text = text
        self.start = start
        self.end = end
        self.confidence = confidence
    }
}

/// Recognised speech as a whole.
public struct Transcript: Sendable, Equatable {
    /// In order of time; empty when nobody speaks.
    public var segments: [TranscriptSegment]
    /// ISO 639-1; `nil` where nobody knows.
    public var language: String?
    /// Seconds of the sound.
    public var duration: Double

    public init(segments: [TranscriptSegment], language: String?, duration: Double) {
        self.segments = segments
        self.language = language
        self.duration = duration
    }

    public var text: String { segments.map(\.text).joined(separator: " ") }

    /// The mean of the segments' confidences, weighted by their lengths; `nil` where one of them has none.
    public var confidence: Double? {
        var sum = 0.0
        var weight = 0.0
        for segment in segments {
            guard let confidence = segment.confidence else { return nil }
            let length = max(0.01, segment.end - segment.start)
            sum += confidence * length
            weight += length
        }
        return weight > 0 ? sum / weight : nil
    }
}

/// What a caller wants of a transcription.
public struct TranscriptionOptions: Sendable, Equatable {
    /// ISO 639-1; `nil`: the model finds out, where it can.
    public var language: String?
    /// Words that are likely to come up; models that take no hints pass over it.
    public var prompt: String?
    /// Whether each word's time is wanted.
    public var wantsWords: Bool

    public init(language: String? = nil, prompt: String? = nil, wantsWords: Bool = false) {
        self.language = language
        self.prompt = prompt
        self.wantsWords = wantsWords
    }
}
