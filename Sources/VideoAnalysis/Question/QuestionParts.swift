import Foundation

/// A question taken apart: what it asks for, and into which questions it falls.
public struct QuestionParts: Sendable, Equatable {
    public enum Topic: String, Sendable, CaseIterable { case objects, text, speech, order, count, colour, motion, scenes, everything }

    /// The single questions in order; one when the question can't be divided.
    public let questions: [String]

    private static let questionWords = "what|who|whose|where|when|which|how|why|is|are|was|were|does|do|did|can"

    /// - Parameter limit: the most parts; a question with more stays whole.
    public init(_ question: String, limit: Int = 5) {
        let whole = question.trimmedText
        guard whole.count <= 600,
            let separator = try? NSRegularExpression(
                pattern: "(?:[,;]\\s*(?:and\\s+)?|\\s+and\\s+|[?.!]\\s+(?:and\\s+)?)(?=(?:\(Self.questionWords))\\b)",
                options: .caseInsensitive)
        else {
            questions = [whole]
            return
        }
        var pieces: [String] = []
        var from = whole.startIndex
        for match in separator.matches(in: whole, range: NSRange(whole.startIndex..., in: whole)) {
            guard let range = Range(match.range, in: whole) else { continue }
            pieces.append(String(whole[from..<range.lowerBound]))
            from = range.upperBound
        }
        pieces.append(String(whole[from...]))
        let parts = pieces.map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " ?.,;!")) }.filter { !$0.isEmpty }
        // A part that leans on another one ("what after it?") or has no body of its own means nothing alone.
        let isDivisible =
            parts.count > 1 && parts.count <= limit
            && parts.allSatisfy { $0.split(separator: " ").count >= 2 && !Self.contains($0, Self.leaning) }
            && Self.contains(parts[0], "^(?:\(Self.questionWords))\\b")
        questions = isDivisible ? parts.map { $0.prefix(1).uppercased() + $0.dropFirst() + "?" } : [whole]
    }

    private static let leaning = "\\b(?:it|its|they|them|their|that|those|then|this one|after|afterwards|before|he|she|his|her)\\b"

    private static let patterns: [(Topic, String)] = [
        (.text, "\\b(?:signs?|texts?|written|writing|words? (?:on|in|at|is|are|can)|letters?|captions?|titles?|subtitles?|numbers?|telephone|phone|prices?|costs?|labels?|reads?|inscription|displayed|slides?|poster|banner|logo|screen)\\b"),
        (.speech, "\\b(?:said|spoken|speaks?|speaking|speakers?|speech|voices?|hear|heard|talks?|talking|told|tells?|mention(?:s|ed)?|announce[sd]?|announcement|audio|sound|sentences?|narrator|languages?)\\b"),
        (.count, "\\b(?:how many|number of|count)\\b"),
        (.order, "\\b(?:first|last|order|sequence|after|before|then|begin|beginning|start|end|ending|finally|next)\\b"),
        (.colour, "\\b(?:colou?rs?|dark|bright)\\b"),
        (.motion, "\\b(?:moves?|moving|motion|movement|directions?|camera|pans?|panning|zooms?|zooming|tilts?|tilting|drives?|runs?)\\b"),
        (.scenes, "\\b(?:scenes?|shots?|cuts?)\\b"),
        (.everything, "\\b(?:describe|description|happen(?:s|ing|ed)?|summar\\w+|about|going on|tell me)\\b"),
        (.objects, "\\b(?:animals?|objects?|things?|persons?|people|man|woman|men|women|child|children|vehicles?|who|shown|visible|see|seen|appears?|standing|stands?|sitting|lying|there|kinds?|show|shows|picture|subject|present|faces?)\\b"),
    ]

    /// What one question asks for. A question that fits nothing asks for everything.
    public static func topics(of question: String) -> Set<Topic> {
        var topics = Set(patterns.filter { contains(question, $0.1) }.map(\.0))
        // "What does the sign say" asks for text, "what does she say" for speech.
        if !topics.contains(.text), contains(question, "\\b(?:says?|saying)\\b") { topics.insert(.speech) }
        let kinds: Set<Topic> = [.objects, .text, .speech, .colour, .motion, .scenes]
        // "What text appears" is no question about objects.
        if !topics.isDisjoint(with: [.text, .speech, .colour, .scenes]),
            !contains(question, "\\b(?:animals?|objects?|things?|persons?|people|man|woman|vehicles?|faces?)\\b")
        {
            topics.remove(.objects)
        }
        if topics.isDisjoint(with: kinds) {
            // Counting and order are about what is seen, unless something else is named; what fits nothing gets all.
            if !topics.isDisjoint(with: [.count, .order]) { topics.insert(.objects) } else { topics.insert(.everything) }
        }
        return topics
    }

    static func contains(_ text: String, _ pattern: String) -> Bool {
        text.range(of: pattern, options: [.regularExpression, .caseInsensitive]) != nil
    }
}
