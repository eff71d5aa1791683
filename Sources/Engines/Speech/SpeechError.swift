import Foundations

/// What callers may get wrong when they have something transcribed or spoken.
public enum SpeechError: ReportableError, Equatable {
    case languageNotSpoken(String, model: String, languages: [String])
    case unknownVoice(String, voices: [String])
    case speedOutOfRange
    /// The program that turns words into phonemes isn't there or failed.
    case phonemesUnavailable
    case voiceMalformed

    public var report: ErrorReport {
        switch self {
        case .languageNotSpoken(let language, let model, let languages):
            ErrorReport(
                .invalidRequest, code: "language_not_supported",
                "The model \(model) doesn't know the language \"\(language.prefix(16))\". It knows: \(languages.joined(separator: ", ")).",
                param: "language")
        case .unknownVoice(let voice, let voices):
            ErrorReport(
                .invalidRequest, code: "voice_not_found",
                "There is no voice \"\(voice.prefix(64))\". There are: \(voices.prefix(50).joined(separator: ", ")).", param: "voice")
        case .speedOutOfRange:
            ErrorReport(.invalidRequest, code: "out_of_range", "The speed must be from 0.25 to 4.", param: "speed")
        case .phonemesUnavailable:
            ErrorReport(
                .unavailable, code: "engine_unavailable", "espeak-ng, which turns words into phonemes, isn't installed or failed. Run set-up again.")
        case .voiceMalformed:
            ErrorReport(.unprocessable, code: "malformed_voice", "The voice's files are damaged. Fetch it again.")
        }
    }
}
