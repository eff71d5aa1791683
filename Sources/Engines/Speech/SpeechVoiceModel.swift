import Foundation

/// A model that speaks, by its files.
public struct SpeechVoiceModel: Sendable, Equatable {
    public enum Family: String, Sendable, Codable, CaseIterable {
        /// A voice of Piper (VITS, arXiv:2106.06103): a model, and a JSON that describes it.
        case piper
        /// Kokoro (StyleTTS 2, arXiv:2306.07691): one model, a file of voices.
        case kokoro
    }

    /// The model as people know it; goes into messages.
    public var name: String
    public var family: Family
    public var model: URL
    /// The phonemes and their numbers: Kokoro's list of tokens, Piper's JSON.
    public var tokens: URL
    /// Kokoro's file of voices.
    public var styles: URL?
    /// The names of its speakers, in the model's order.
    public var voices: [String]
    /// ISO 639-1.
    public var languages: [String]
    /// espeak-ng's name of the language, such as `en-us`.
    public var espeakVoice: String

    public init(
        name: String, family: Family, model: URL, tokens: URL, styles: URL? = nil, voices: [String], languages: [String], espeakVoice: String
    ) {
        self.name = name
        self.family = family
        self.model = model
        self.tokens = tokens
        self.styles = styles
        self.voices = voices
        self.languages = languages
        self.espeakVoice = espeakVoice
    }
}
