import Foundation

/// Evidence as notes that a text model reads: the same block for every question about a video, so that an engine's
/// prompt cache holds it, then what matters most for one question.
public struct EvidencePrompt: Sendable {
    public static let system = """
        You answer questions about a video from notes about it. Use only the notes. If the notes do not hold the answer, \
        say that it was not found in the video. Keep words and numbers as the notes have them. Answer in one or two short sentences and name times, like "at 4.5 s".
        """

    /// Tokens that the block may take, and what matters for one question.
    public static let blockTokens = 1800
    public static let factTokens = 450

    private let summary: EvidenceSummary
    private let facts: EvidenceFacts
    /// The notes. Depends on the evidence alone.
    public let block: String

    public init(_ summary: EvidenceSummary, blockTokens: Int = EvidencePrompt.blockTokens) {
        self.summary = summary
        facts = EvidenceFacts(summary)
        block = Self.block(summary, budget: blockTokens)
    }

    /// The user message for one question that can't be divided further.
    /// - Parameter history: earlier questions and answers about the video.
    public func message(for question: String, history: [VideoQuestion.Exchange] = []) -> String {
        let topics = QuestionParts.topics(of: question)
        var text = "Notes about the video:\n\(block)\n\n"
        let earlier = history.suffix(4)
        if !earlier.isEmpty {
            text += "Earlier questions about the video:\n"
            text += earlier.map { "Q: \($0.question.shortened(300))\nA: \($0.answer.shortened(500))\n" }.joined()
            text += "\n"
        }
        let important = Self.fitting(facts.lines(for: question, topics: topics), budget: Self.factTokens)
        text += "Notes for this question:\n" + important.map { "- \($0)\n" }.joined() + "\n"
        text += "Question: \(question)"
        if let hint = facts.hint(for: topics) { text += " (\(hint))" }
        return text
    }

    /// A careful estimate, rather too many: tokenisers of this age need a token for three to four Latin letters, and at least
    /// one for every other sign.
    public static func tokens(in text: String) -> Int {
        var (letters, others) = (0, 0)
        for scalar in text.unicodeScalars {
            if scalar.isASCII && scalar.properties.isAlphabetic { letters += 1 } else if scalar != " " { others += scalar.isASCII ? 1 : 2 }
        }
        return (letters + 2) / 3 + others
    }

    // MARK: The block

    private static func block(_ summary: EvidenceSummary, budget: Int) -> String {
        var sections = [
            Section(
                title: "Seen:", lines: EvidenceFacts.sightings(in: summary).map { "- \($0.inNotes)" },
                empty: absent(summary, .objects, "- no known object"), share: 0.25),
            Section(
                title: "Text on screen:", lines: summary.texts.map { "- \"\($0.text)\", \(EvidenceFacts.from($0.start, $0.end))" },
                empty: absent(summary, .text, "- no text and no sign"), share: 0.25),
            Section(
                title: "Speech:", lines: summary.speech.map { "- \"\($0.text)\", \(EvidenceFacts.from($0.start, $0.end))" },
                empty: absent(summary, .speech, "- nobody speaks"), share: 0.35),
            Section(
                title: "Scenes: \(summary.scenes.count)",
                lines: summary.scenes.enumerated().map { index, scene in
                    let colours = scene.colours.isEmpty ? "" : "; colours \(scene.colours.joined(separator: ", "))"
                    return "- scene \(index + 1), \(EvidenceFacts.from(scene.start, scene.end)): camera \(scene.camera)\(colours)"
                },
                empty: "- one", share: 0.15),
        ]
        let frame = "Length: \(EvidenceFacts.seconds(summary.duration)) seconds.\n"
        let faces = summary.missing[EvidenceKind.faces.rawValue] == nil ? "Faces at once: \(summary.faces)" : "Faces: not examined"
        var left = budget - tokens(in: frame + faces) - sections.map { tokens(in: $0.title) + 12 }.reduce(0, +)

        // Each section gets what it needs up to its share; what is left over goes to those that need more, in turn.
        var grants = sections.map { min($0.need, max(0, Int(Double(left) * $0.share))) }
        left -= grants.reduce(0, +)
        for index in [2, 1, 0, 3] {
            let more = min(left, sections[index].need - grants[index])
            if more > 0 {
                grants[index] += more
                left -= more
            }
        }
        for index in sections.indices { sections[index].cut(to: grants[index]) }
        return frame + sections.map(\.text).joined() + faces
    }

    private static func absent(_ summary: EvidenceSummary, _ kind: EvidenceKind, _ none: String) -> String {
        guard let reason = summary.missing[kind.rawValue] else { return none }
        return reason == EvidenceKind.noSound ? "- nobody speaks: the video has no sound" : "- not examined"
    }

    private struct Section {
        var title: String
        var lines: [String]
        var empty: String
        var share: Double
        private var omitted = 0

        init(title: String, lines: [String], empty: String, share: Double) {
            self.title = title
            self.lines = lines.map { $0.shortened(400) }
            self.empty = empty
            self.share = share
        }

        var need: Int { lines.map { EvidencePrompt.tokens(in: $0) + 1 }.reduce(0, +) }

        /// Leaves out lines spread over the whole, never the first and the last, until the rest fits.
        mutating func cut(to budget: Int) {
            guard need > budget else { return }
            var kept = lines.count
            var chosen = lines
            while kept > 2 {
                kept -= max(1, kept / 20)
                chosen = (0..<kept).map { lines[$0 * (lines.count - 1) / max(1, kept - 1)] }
                if chosen.map({ EvidencePrompt.tokens(in: $0) + 1 }).reduce(0, +) <= budget { break }
            }
            omitted = lines.count - chosen.count
            lines = chosen
        }

        var text: String {
            let body = lines.isEmpty ? [empty] : lines
            let note = omitted > 0 ? ["- (\(omitted) more between these)"] : []
            return ([title] + body + note).joined(separator: "\n") + "\n"
        }
    }

    private static func fitting(_ lines: [String], budget: Int) -> [String] {
        var left = budget
        return lines.map { $0.shortened(900) }.filter { line in
            left -= tokens(in: line) + 1
            return left >= 0
        }
    }
}

extension String {
    /// At most `limit` characters, the last one an ellipsis when something was cut.
    func shortened(_ limit: Int) -> String { count <= limit ? self : prefix(limit - 1) + "…" }
}
