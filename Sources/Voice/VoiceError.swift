import Foundations

/// What can go wrong with a turn of a spoken conversation, besides its engines.
public enum VoiceError: ReportableError, Equatable {
    /// The file has no sound in it.
    case noSound
    case tooShort
    /// Seconds, and the key that limits them.
    case tooLong(seconds: Double, limit: Double, key: String = "voice.max_seconds")
    /// Nobody spoke, or nothing could be understood.
    case nothingHeard
    /// The model had nothing to say.
    case nothingAnswered

    public var report: ErrorReport {
        switch self {
        case .noSound: ErrorReport(.unprocessable, code: "no_audio_stream", "The file has no sound in it.", param: "file")
        case .tooShort: ErrorReport(.unprocessable, code: "audio_too_short", "The recording is shorter than a tenth of a second.", param: "file")
        case .tooLong(let seconds, let limit, let key):
            ErrorReport(
                .unprocessable, code: "audio_too_long",
                "The recording takes \(Int(seconds.rounded(.up))) seconds; \(Int(limit)) are allowed (\(key)).", param: "file",
                details: ["seconds": .number(seconds), "limit_seconds": .number(limit)])
        case .nothingHeard:
            ErrorReport(
                .unprocessable, code: "nothing_heard",
                "Nothing could be understood. Speak a little louder or nearer to the microphone, in a language that the model knows.", param: "file")
        case .nothingAnswered: ErrorReport(.upstream, code: "nothing_answered", "The model gave no answer. Try again, or ask in other words.")
        }
    }
}
