import Foundation
import Media

/// A question about a video, with everything that shapes the answer.
public struct VideoQuestion: Sendable {
    /// Facts found in the video (objects, text, speech, …) given to the model beside or instead of frames.
    public enum EvidenceMode: String, Sendable, CaseIterable {
        /// For text models, and for vision models when the video is long.
        case auto
        case always
        case never
    }

    public var source: MediaSource
    /// How the source is named to people: a file name or URL.
    public var sourceName: String
    public var prompt: String
    public var sampling = VideoSamplingOptions()
    public var generation = GenerationOptions()
    public var evidence = EvidenceMode.auto
    /// `nil` chooses the default model.
    public var model: String?
    /// Earlier questions and answers about the same video, oldest first.
    public var history: [Exchange] = []

    public struct Exchange: Sendable {
        public var question: String
        public var answer: String
        public init(question: String, answer: String) {
            self.question = question
            self.answer = answer
        }
    }

    public init(source: MediaSource, sourceName: String, prompt: String) {
        self.source = source
        self.sourceName = sourceName
        self.prompt = prompt
    }
}

/// How the answer is generated. Ranges are checked by `validated()`.
public struct GenerationOptions: Sendable, Equatable {
    /// 1 to 32 768.
    public var maxTokens = 2048
    /// 0 to 2; 0 always takes the likeliest token. `nil`: the operator's default where a model looks at frames, 0 where it
    /// answers from evidence: facts are to be reported, not varied.
    public var temperature: Double?
    /// 0 to 1.
    public var topP = 0.8
    /// 0 (off) to 1000.
    public var topK = 20
    public var seed: Int?

    public init() {}
}
