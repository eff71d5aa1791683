import Foundations
import Media

/// What answering a question gives, in order: progress and evidence first, then tokens, then `done`.
public enum AnswerEvent: Sendable {
    case progress(ProgressUpdate)
    /// One plain sentence that the user should know, for example that no vision model is at hand.
    case notice(String)
    /// The sampling plan, once known.
    case plan(VideoSamplingPlan)
    case evidence(EvidenceSummary)
    case token(String)
    case done(AnswerResult)
}

/// The whole answer and how it came about.
public struct AnswerResult: Sendable {
    public var text: String
    public var model: String
    /// The engine's name: `llama`, `openai`, `vllm`.
    public var backend: String
    public var usedFrames: Int
    public var frameSize: PixelSize?
    public var usedEvidence: Bool
    /// Where in the video the evidence lies that the answer speaks of, in order of time.
    public var citations: [AnswerCitation]
    public var finishReason: String
    public var promptTokens: Int?
    public var completionTokens: Int?
    public var cachedTokens: Int?
    /// Seconds per stage: `open`, `decode`, `evidence`, `first_token`, `answer`, `total`.
    public var timings: [String: Double]

    public init(
        text: String, model: String, backend: String, usedFrames: Int, frameSize: PixelSize?, usedEvidence: Bool,
        citations: [AnswerCitation] = [], finishReason: String, promptTokens: Int?, completionTokens: Int?, cachedTokens: Int?, timings: [String: Double]
    ) {
        self.text = text
        self.model = model
        self.backend = backend
        self.usedFrames = usedFrames
        self.frameSize = frameSize
        self.usedEvidence = usedEvidence
        self.citations = citations
        self.finishReason = finishReason
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
        self.timings = timings
    }
}
