import Engines
import Foundation
import Foundations
import Jobs

/// What is kept of a turn under way, as the checkpoints of its job. A later attempt, here or elsewhere, finds all of it.
actor TurnRecord {
    /// The names of checkpoints.
    enum Name {
        static let heard = "heard"
        static let answer = "answer"
        /// The answer stands in the status message.
        static let shown = "shown"
        /// The language that was wished for.
        static let wish = "wish"
        static let failure = "failure"
        static let status = "status"
        /// A message in the status message's place, where that can't be edited.
        static let substitute = "substitute"
        static let voice = "voice"
        static func part(_ number: Int) -> String { "part-\(number)" }
    }

    private let run: JobRun
    private var checkpoints: [String: JSONValue]

    init(_ run: JobRun) async throws {
        self.run = run
        checkpoints = try await run.checkpoints()
    }

    subscript(name: String) -> JSONValue? { checkpoints[name] }

    /// - Throws: `JobError.leaseLost`; nothing is kept then.
    func commit(_ name: String, _ value: JSONValue, effects: @escaping @Sendable (any SQLConnection) throws -> Void = { _ in }) async throws {
        try await run.commit(name, value, effects: effects)
        checkpoints[name] = value
    }

    func step(_ name: String) -> TurnStep { TurnStep(json: checkpoints[name]) }

    var answer: TurnAnswer? { TurnAnswer(json: checkpoints[Name.answer]) }
    var wish: ChatLanguage? { checkpoints[Name.wish]?.stringValue.flatMap(ChatLanguage.with(code:)) }
    var isShown: Bool { checkpoints[Name.shown] != nil }
    var heard: Transcript? { checkpoints[Name.heard].flatMap(Transcript.init(kept:)) }

    /// The message that people see the turn in.
    var status: String? {
        for name in [Name.substitute, Name.status] { if case .done(let message) = step(name) { return message } }
        return nil
    }
}

extension Transcript {
    /// As it is kept with a turn.
    init?(kept json: JSONValue) {
        guard let segments = json["segments"]?.arrayValue, let duration = json["duration"]?.doubleValue else { return nil }
        self.init(
            segments: segments.compactMap { segment in
                guard let start = segment["start"]?.doubleValue, let end = segment["end"]?.doubleValue, let text = segment["text"]?.stringValue
                else { return nil }
                return TranscriptSegment(start: start, end: end, text: text, confidence: segment["confidence"]?.doubleValue)
            }, language: json["language"]?.stringValue, duration: duration)
    }

    var kept: JSONValue {
        [
            "language": language.map(JSONValue.string) ?? .null, "duration": .number(duration),
            "segments": .array(
                segments.map { segment in
                    [
                        "start": .number(segment.start), "end": .number(segment.end), "text": .string(segment.text),
                        "confidence": segment.confidence.map(JSONValue.number) ?? .null,
                    ]
                }),
        ]
    }
}
