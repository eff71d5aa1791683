/// Text to be spoken.
public struct SpeechRequest: Sendable, Equatable {
    /// Plain text: one sentence or several.
    public var text: String
    /// A voice of the model, by name; `nil`: its default.
    public var voice: String?
    /// ISO 639-1; models of one language pass over it.
    public var language: String?
    /// 1: as the model speaks; 2: twice as fast. 0.25 to 4.
    public var speed: Double

    public init(text: String, voice: String? = nil, language: String? = nil, speed: Double = 1) {
        self.text = text
        self.voice = voice
        self.language = language
        self.speed = speed
    }
}
