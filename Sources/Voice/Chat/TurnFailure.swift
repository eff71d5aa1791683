import Foundation
import Foundations

/// Why a turn gave no answer, as those who asked are told. Pure.
struct TurnFailure: Sendable, Equatable {
    var phrase: ChatPhrase
    var values: [String: String] = [:]

    /// - Parameters:
    ///   - isHeard: whether what was asked is known already; before that, it is hearing that failed.
    ///   - attachment: what came with the question.
    init(_ report: ErrorReport, texts: ChatTexts, isHeard: Bool, attachment: BotMessage.Attachment?) {
        func number(_ name: String) -> Double? { report.details[name]?.doubleValue }
        func seconds(_ value: Double?) -> String { value.map { String(Int($0.rounded(.up))) } ?? "?" }
        func megabytes(_ bytes: Double?) -> String { bytes.map { ChatTexts.megabytes(Int($0)) } ?? "?" }
        switch report.code {
        case "nothing_heard": phrase = .nothingHeard
        case "audio_too_short": phrase = .tooShort
        case "audio_too_long":
            phrase = .tooLong
            values = ["seconds": seconds(number("seconds")), "limit": seconds(number("limit_seconds"))]
        case "platform_file_too_large":
            phrase = .tooLarge
            values = ["size": megabytes(attachment?.bytes.map(Double.init)), "limit": megabytes(number("limit_bytes"))]
        case "no_audio_stream", "unsupported_media", "unsupported_codec", "damaged_media", "media_limit_exceeded", "media_not_found":
            phrase = .noSound
        case "nothing_answered": phrase = .nothingAnswered
        case "language_not_supported": phrase = .languageNotSpoken
        case "platform_refused": phrase = isHeard ? .platformTrouble : .fileGone
        case "model_not_fetched", "model_not_found", "model_not_suitable", "model_missing", "engine_missing", "engine_model_not_found":
            phrase = isHeard ? .noModel : .noTranscriber
        default: (phrase, values) = Self.byKind(report, texts, isHeard: isHeard)
        }
    }

    private static func byKind(_ report: ErrorReport, _ texts: ChatTexts, isHeard: Bool) -> (ChatPhrase, [String: String]) {
        switch report.kind {
        case _ where report.code.hasPrefix("platform_"): (.platformTrouble, [:])
        case .busy: (.busy, ["wait": texts.time((report.retryAfter ?? .seconds(60)) / .seconds(1))])
        case .timeout: (.outOfTime, [:])
        case .upstream, .unavailable, .unprocessable: isHeard ? (.modelFailed, [:]) : (.failed, ["code": report.code])
        default: (.failed, ["code": report.code])
        }
    }
}

/// What is known to be too much before anything is fetched.
enum AttachmentLimits {
    static let shortest = 0.1

    /// - Returns: why the sound can't be taken; `nil`: nothing speaks against it yet.
    static func refusal(_ attachment: BotMessage.Attachment, maxBytes: Int, maxSeconds: Double) -> (any ReportableError)? {
        if let bytes = attachment.bytes, bytes > maxBytes { return ChatPortError.fileTooLarge(limit: maxBytes) }
        guard let seconds = attachment.seconds else { return nil }
        if seconds > maxSeconds { return VoiceError.tooLong(seconds: seconds, limit: maxSeconds) }
        return seconds < shortest ? VoiceError.tooShort : nil
    }
}
