import Engines

/// A place in the video that an answer speaks of. Times are seconds.
public struct AnswerCitation: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable { case object, text, speech }

    public var kind: Kind
    /// The object's name, the text on screen, or what is said.
    public var text: String
    public var start: Double
    public var end: Double

    public init(kind: Kind, text: String, start: Double, end: Double) {
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end
    }
}

/// Finds the evidence that an answer's words rest on, so that every answer can name its times, also where the model left them
/// out. It compares words; what an answer merely implies isn't found.
public struct AnswerCitations {
    /// More places than these help nobody.
    public static let most = 12
    /// Letters that a word needs to tell one sentence from another.
    private static let tellingLetters = 4
    /// The share of a sentence's telling words that an answer must have.
    private static let leastShare = 0.6

    /// - Returns: in order of time, each once.
    public static func find(in answer: String, evidence: EvidenceSummary) -> [AnswerCitation] {
        let words = Self.words(answer)
        let phrase = " " + words.joined(separator: " ") + " "
        let vocabulary = Set(words)
        var found: [AnswerCitation] = []
        for sighting in EvidenceFacts.sightings(in: evidence) {
            let names = [sighting.label, EvidenceFacts.plural(sighting.label)] + (sighting.label == "person" ? ["persons"] : [])
            if names.contains(where: { phrase.contains(" \(Self.words($0).joined(separator: " ")) ") }) {
                found.append(.init(kind: .object, text: sighting.label, start: sighting.start, end: sighting.end))
            }
        }
        for text in evidence.texts {
            let line = Self.words(text.text)
            if !line.isEmpty, phrase.contains(" \(line.joined(separator: " ")) ") {
                found.append(.init(kind: .text, text: text.text, start: text.start, end: text.end))
            }
        }
        for segment in evidence.speech where Self.speaks(of: segment, phrase, vocabulary) {
            found.append(.init(kind: .speech, text: segment.text, start: segment.start, end: segment.end))
        }
        var seen = Set<String>()
        return found.filter { seen.insert("\($0.kind) \($0.text) \($0.start)").inserted }.prefix(most).enumerated()
            .sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }

    /// Whether an answer repeats a sentence: four of its words in a row, or most of its telling ones.
    private static func speaks(of segment: TranscriptSegment, _ phrase: String, _ vocabulary: Set<String>) -> Bool {
        let spoken = words(segment.text)
        if spoken.count >= 4 {
            for start in 0...(spoken.count - 4) where phrase.contains(" \(spoken[start..<start + 4].joined(separator: " ")) ") { return true }
        } else if !spoken.isEmpty, phrase.contains(" \(spoken.joined(separator: " ")) ") {
            return true
        }
        let telling = Set(spoken.filter { $0.count >= tellingLetters })
        return telling.count >= 2 && Double(telling.intersection(vocabulary).count) >= leastShare * Double(telling.count)
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber && $0 != "'" && $0 != "’" }
            .map { $0.filter { $0 != "'" && $0 != "’" } }.filter { !$0.isEmpty }
    }
}

extension [AnswerCitation] {
    /// One line for people: `cat 0 s to 4.1 s; "OPEN DAILY" 4.1 s to 8 s; speech 1 s to 4.6 s`.
    public var line: String {
        map { citation in
            let name =
                switch citation.kind {
                case .object: citation.text
                case .text: "\"\(citation.text)\""
                case .speech: "speech"
                }
            return "\(name) \(EvidenceFacts.span(citation.start, citation.end))"
        }.joined(separator: "; ")
    }
}
