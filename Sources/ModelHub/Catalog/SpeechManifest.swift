/// What a manifest says of a model that hears or speaks: how it is built, and which of its files is which.
public struct SpeechManifest: Sendable, Equatable, Codable {
    /// `moonshine`, `whisper`, `transducer`, `ctc`, `senseVoice`, `streamingTransducer` hear; `piper`, `kokoro` speak.
    public var family: String
    /// The encoder, or the only model.
    public var model: String
    public var decoder: String?
    public var joiner: String?
    /// The file that numbers words or phonemes. Piper's voices have a JSON for it, which is named after the model.
    public var tokens: String
    /// Kokoro's file of voices.
    public var styles: String?
    /// ISO 639-1; empty: many.
    public var languages: [String]
    /// The names of its speakers, in the model's order.
    public var voices: [String]
    /// espeak-ng's name of the language, such as `en-us`.
    public var espeakVoice: String?

    public init(
        family: String, model: String, decoder: String? = nil, joiner: String? = nil, tokens: String? = nil, styles: String? = nil,
        languages: [String] = [], voices: [String] = [], espeakVoice: String? = nil
    ) {
        self.family = family
        self.model = model
        self.decoder = decoder
        self.joiner = joiner
        self.tokens = tokens ?? Self.usualTokens(family: family, model: model)
        self.styles = styles
        self.languages = languages
        self.voices = voices
        self.espeakVoice = espeakVoice
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        family = try container.decode(String.self, forKey: .family)
        model = try container.decode(String.self, forKey: .model)
        self.decoder = try container.decodeIfPresent(String.self, forKey: .decoder)
        joiner = try container.decodeIfPresent(String.self, forKey: .joiner)
        tokens = try container.decodeIfPresent(String.self, forKey: .tokens) ?? Self.usualTokens(family: family, model: model)
        styles = try container.decodeIfPresent(String.self, forKey: .styles)
        languages = try container.decodeIfPresent([String].self, forKey: .languages) ?? []
        voices = try container.decodeIfPresent([String].self, forKey: .voices) ?? []
        espeakVoice = try container.decodeIfPresent(String.self, forKey: .espeakVoice)
    }

    private static func usualTokens(family: String, model: String) -> String { family == "piper" ? "\(model).json" : "tokens.txt" }

    var files: [String] { [model, decoder, joiner, tokens, styles].compactMap(\.self) }
}
