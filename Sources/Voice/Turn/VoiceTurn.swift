import Engines
import Foundation
import Foundations
import Media

/// One turn of a spoken conversation: what was said or written, and what is wanted in return.
public struct VoiceTurn: Sendable {
    /// What the other side brings.
    public enum Input: Sendable {
        /// 16 kHz mono.
        case sound(AudioSamples)
        /// A file with sound in it, of any kind that FFmpeg reads.
        case file(URL)
        /// What a live transcription heard.
        case transcript(Transcript)
        case text(String)
    }

    public struct Message: Sendable, Equatable {
        public enum Role: String, Sendable, Codable { case user, assistant }
        public var role: Role
        public var text: String

        public init(_ role: Role, _ text: String) {
            self.role = role
            self.text = text
        }
    }

    public var input: Input
    /// Earlier messages of the conversation, oldest first.
    public var history: [Message]
    /// What the model is told before the conversation; `nil`: `voice.instructions`.
    public var instructions: String?
    /// The chat model; `nil`: the default.
    public var model: String?
    /// The model that hears, or that heard what the turn begins with; `nil`: the default.
    public var transcriber: String?
    public var synthesizer: String?
    public var voice: String?
    /// ISO 639-1; `nil`: as heard.
    public var language: String?
    public var speed = 1.0
    /// Whether the answer is spoken too.
    public var isSpoken = true
    public var maxTokens: Int?

    public init(_ input: Input, history: [Message] = []) {
        self.input = input
        self.history = history
    }
}

/// What happens in a turn, as it happens.
public enum VoiceTurnEvent: Sendable {
    /// A stage begins. Stages overlap.
    case began(VoiceStage)
    /// A stage has ended.
    case ended(VoiceStage)
    /// A piece of what was said.
    case heard(TranscriptSegment)
    /// All that was said.
    case transcribed(Transcript)
    /// The next piece of the model's answer, as the model writes it.
    case text(String)
    /// The next sentence, spoken. `text` is what was spoken; `samples` is mono.
    case sound(AudioSamples, text: String)
}

/// The stages of a turn, by the names that metrics and reports carry.
public enum VoiceStage: String, Sendable, CaseIterable { case decode, transcribe, think, speak }

/// What a turn gave.
public struct VoiceTurnReport: Sendable {
    /// A stage's share of the turn, in seconds from the turn's start.
    public struct Stage: Sendable, Equatable {
        public var stage: VoiceStage
        public var start: Double
        public var end: Double

        public init(stage: VoiceStage, start: Double, end: Double) {
            self.stage = stage
            self.start = start
            self.end = end
        }
    }

    /// `nil` for a turn that was written.
    public var transcript: Transcript?
    /// What the other side said or wrote.
    public var question: String
    /// As the model wrote it.
    public var answer: String
    /// What was said of it.
    public var spoken: String
    public var model: String
    public var transcriber: String?
    public var synthesizer: String?
    public var stages: [Stage]
    /// Seconds from the turn's start to the model's first word and to the first sound; `nil`: there was none.
    public var firstText: Double?
    public var firstSound: Double?
    /// Seconds of the whole turn.
    public var total: Double
    /// Seconds of sound in the answer.
    public var soundSeconds: Double
}
