import Engines
import Foundation
import Foundations

/// The forms that a transcript is written in for people.
public enum SubtitleFormat: String, Sendable, CaseIterable {
    case text
    /// SubRip.
    case srt
    /// WebVTT (https://www.w3.org/TR/webvtt1/).
    case vtt
}

/// Transcripts as documents.
public enum TranscriptDocument {
    /// As OpenAI's `verbose_json` (https://platform.openai.com/docs/api-reference/audio/verbose-json-object), with `confidence` beside it.
    /// What a model doesn't say is null, never a made-up number.
    public static func verbose(_ transcript: Transcript, withWords: Bool) -> JSONValue {
        var json: [String: JSONValue] = [
            "task": "transcribe", "language": transcript.language.map(JSONValue.string) ?? .null, "duration": .number(rounded(transcript.duration)),
            "text": .string(transcript.text), "confidence": number(transcript.confidence),
            "segments": .array(transcript.segments.enumerated().map { segment($1, id: $0) }),
        ]
        let words = transcript.segments.flatMap { $0.words ?? [] }
        if withWords, !words.isEmpty || transcript.segments.isEmpty {
            json["words"] = .array(
                words.map {
                    [
                        "word": .string($0.text), "start": .number(rounded($0.start)), "end": .number(rounded($0.end)),
                        "confidence": number($0.confidence),
                    ]
                })
        }
        return .object(json)
    }

    public static func segment(_ segment: TranscriptSegment, id: Int) -> JSONValue {
        [
            "id": .integer(id), "start": .number(rounded(segment.start)), "end": .number(rounded(segment.end)), "text": .string(segment.text),
            "avg_logprob": number(segment.confidence.map { log(max($0, 1e-9)) }), "confidence": number(segment.confidence),
        ]
    }

    public static func subtitles(_ transcript: Transcript, _ format: SubtitleFormat) -> String {
        switch format {
        case .text: return transcript.text + "\n"
        case .srt:
            return transcript.segments.enumerated().map { place, segment in
                "\(place + 1)\n\(time(segment.start, ",")) --> \(time(segment.end, ","))\n\(oneLine(segment.text))\n\n"
            }.joined()
        case .vtt:
            return "WEBVTT\n\n"
                + transcript.segments.map { "\(time($0.start, ".")) --> \(time($0.end, "."))\n\(escaped(oneLine($0.text)))\n\n" }.joined()
        }
    }

    /// Milliseconds are as fine as sound is heard.
    public static func rounded(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }

    private static func number(_ value: Double?) -> JSONValue { value.map { .number(($0 * 10_000).rounded() / 10_000) } ?? .null }

    /// A blank line would end the subtitle.
    private static func oneLine(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;").replacingOccurrences(of: ">", with: "&gt;")
    }

    private static func time(_ seconds: Double, _ separator: String) -> String {
        let milliseconds = Int((seconds * 1000).rounded())
        return String(
            format: "%02d:%02d:%02d%@%03d", milliseconds / 3_600_000, milliseconds / 60_000 % 60, milliseconds / 1000 % 60, separator,
            milliseconds % 1000)
    }
}
