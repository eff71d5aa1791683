import Engines
import Foundations
import Media

/// Turns speech into text.
public protocol Transcriber: Sendable {
    /// The id callers name the model by.
    var id: String { get }
    /// ISO 639-1 codes of the languages it understands; empty: many.
    var languages: [String] { get }
    /// - Parameters:
    ///   - audio: 16 kHz mono.
    ///   - heard: gets each segment as soon as it is there, in order of time.
    /// - Throws: `SpeechError.languageNotSpoken`, `NativeEngineError`, `EndpointError`; `CancellationError`.
    func transcribe(
        _ audio: AudioSamples, options: TranscriptionOptions, context: RequestContext,
        heard: (@Sendable (TranscriptSegment) async throws -> Void)?, progress: ProgressHandler?
    ) async throws -> Transcript
    /// Transcribes while the sound is still coming in.
    /// - Throws: as `transcribe`.
    func listen(options: TranscriptionOptions, context: RequestContext) async throws -> any ListeningSession
}

extension Transcriber {
    /// The segments alone, for callers without wishes.
    public func transcribe(_ audio: AudioSamples, progress: ProgressHandler?) async throws -> [TranscriptSegment] {
        try await transcribe(
            audio, options: TranscriptionOptions(), context: RequestContext(deadline: .after(.seconds(86_400))), heard: nil, progress: progress
        ).segments
    }
}

/// A transcription of sound that comes in pieces. Used by one task at a time.
public protocol ListeningSession: Sendable {
    /// - Parameter samples: the next 16 kHz mono samples, of any number.
    /// - Returns: the segments that are finished now, and all that was heard so far.
    func accept(_ samples: [Float]) async throws -> ListeningUpdate
    /// Ends the sound.
    /// - Returns: what was said altogether.
    func finish() async throws -> Transcript
}

/// Turns text into speech.
public protocol SpeechSynthesizer: Sendable {
    /// The id callers name the model by.
    var id: String { get }
    /// The voices it has; the first is its default.
    var voices: [String] { get }
    /// ISO 639-1 codes of the languages it speaks; empty: many.
    var languages: [String] { get }
    /// Speaks sentence after sentence, and gives each as soon as it is there. Cancelling the consuming task stops the work.
    /// - Throws: `SpeechError.unknownVoice`, `NativeEngineError`, `EndpointError`; `CancellationError`. Text without anything to say gives no sound.
    func speak(_ request: SpeechRequest, context: RequestContext) async throws -> AsyncThrowingStream<AudioSamples, any Error>
}

/// What a surface needs to hear and to speak: models by their names.
public protocol SpeechDirectory: Sendable {
    /// - Parameter id: `nil` chooses the default.
    /// - Throws: a report with code `model_not_found`, `model_not_fetched` or `model_not_suitable`.
    func transcriber(id: String?, context: RequestContext) async throws -> any Transcriber
    /// - Parameter id: as above.
    func synthesizer(id: String?, context: RequestContext) async throws -> any SpeechSynthesizer
    /// The models that are at hand, the default first.
    func speechModels() async -> SpeechModelList
}

/// Models that hear and speak, as lists show them.
public struct SpeechModelList: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public var id: String
        /// ISO 639-1; empty: many, or not known.
        public var languages: [String]
        /// The first one is the default.
        public var voices: [String]

        public init(id: String, languages: [String], voices: [String]) {
            self.id = id
            self.languages = languages
            self.voices = voices
        }
    }

    public var transcribers: [Entry] = []
    public var synthesizers: [Entry] = []

    public init() {}
}
