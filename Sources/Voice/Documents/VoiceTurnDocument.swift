import Foundations

/// Turns as documents, as HTTP and the command line give them.
public enum VoiceTurnDocument {
    public static func json(_ report: VoiceTurnReport) -> JSONValue {
        [
            "transcript": report.transcript.map { TranscriptDocument.verbose($0, withWords: false) } ?? .null,
            "question": .string(report.question), "answer": .string(report.answer), "spoken": .string(report.spoken),
            "model": .string(report.model), "transcriber": report.transcriber.map(JSONValue.string) ?? .null,
            "synthesizer": report.synthesizer.map(JSONValue.string) ?? .null,
            "stages": .array(
                report.stages.map {
                    ["stage": .string($0.stage.rawValue), "start_ms": milliseconds($0.start), "end_ms": milliseconds($0.end)]
                }),
            "first_text_ms": milliseconds(report.firstText), "first_audio_ms": milliseconds(report.firstSound),
            "total_ms": milliseconds(report.total), "audio_seconds": .number(TranscriptDocument.rounded(report.soundSeconds)),
        ]
    }

    public static func milliseconds(_ seconds: Double?) -> JSONValue { seconds.map { .number(($0 * 10_000).rounded() / 10) } ?? .null }
}
