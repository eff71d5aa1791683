import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// Judges tags by a vision model: one call for all tags, the answer bound to a JSON schema with a yes or no for each. Where the
/// engine tells the probabilities of its tokens, the scores come from those.
package struct VisionTagAnswerer: TagAnswerer {
    private let model: any ChatModel

    package var name: String { model.id }
    package var longSide: Int { 768 }

    package init(model: any ChatModel) { self.model = model }

    /// Beside the tag's own words: quotes, a yes or no, and the white space that some models like.
    private static let tokensPerTag = 32
    private static let alternatives = 5

    package func unsupported(_ tags: [String]) -> [String] { [] }

    package func scores(of image: RGBImage, tags: [String], context: RequestContext) async throws -> [Double?] {
        let jpeg = try await ImageCodec.jpeg(image, quality: 85)
        var answer = TaggedAnswer()
        for try await event in try await model.stream(Self.request(jpeg, tags), context: context).events {
            switch event {
            case .text(let text): answer.add(text)
            case .delta(let delta): answer.add(delta)
            case .promptProgress, .finished: break
            }
        }
        try Task.checkCancellation()
        return try answer.scores(of: tags)
    }

    private static func request(_ jpeg: Data, _ tags: [String]) -> ChatRequest {
        let list = tags.map { "\"\($0)\"" }.joined(separator: ", ")
        // The picture first: what follows is the same for every frame.
        var request = ChatRequest(messages: [
            ChatMessage(
                .user,
                [
                    .image(jpeg, type: "image/jpeg"),
                    .text(
                        """
                        For each of these tags say whether this frame of a video shows it: \(list).
                        Answer with one JSON object that has every tag as a key, and true or false as its value. Say true only for what can be \
                        seen in the picture itself; several tags may be true at once, or none.
                        """),
                ])
        ])
        request.temperature = 0
        // A character may take a token.
        request.maxTokens = 2 * tokensPerTag + tags.reduce(0) { $0 + $1.utf8.count + tokensPerTag }
        request.isFollowed = false
        request.extra = [
            "response_format": [
                "type": "json_schema",
                "json_schema": [
                    "name": "tags", "strict": true,
                    "schema": [
                        "type": "object", "properties": .object(Dictionary(tags.map { ($0, ["type": "boolean"]) }, uniquingKeysWith: { $1 })),
                        "required": .array(tags.map(JSONValue.string)), "additionalProperties": false,
                    ],
                ],
            ],
            "logprobs": true, "top_logprobs": .integer(alternatives),
        ]
        return request
    }
}

/// An answer with its tokens, as it comes.
struct TaggedAnswer {
    private struct Token {
        var text: String
        var alternatives: [(text: String, logarithm: Double)]
    }

    private var text = ""
    private var tokens: [Token] = []

    mutating func add(_ text: String) { self.text += text }

    /// Takes token probabilities as OpenAI's API sends them.
    mutating func add(_ delta: JSONValue) {
        for entry in delta["logprobs"]?["content"]?.arrayValue ?? [] {
            guard let text = entry["token"]?.stringValue else { continue }
            var alternatives: [(String, Double)] = (entry["top_logprobs"]?.arrayValue ?? []).compactMap { other in
                other["token"]?.stringValue.flatMap { text in other["logprob"]?.doubleValue.map { (text, $0) } }
            }
            if alternatives.isEmpty, let own = entry["logprob"]?.doubleValue { alternatives = [(text, own)] }
            tokens.append(Token(text: text, alternatives: alternatives))
        }
    }

    /// - Throws: `TagAnswerError.unreadable` when it isn't the object that was asked for.
    func scores(of tags: [String]) throws -> [Double?] {
        guard let start = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), start < end,
            case .object(let values)? = try? JSONValue(parsing: Data(text[start...end].utf8))
        else { throw TagAnswerError.unreadable }
        let known = Dictionary(values.map { (Self.plain($0.key), ($0.key, $0.value)) }, uniquingKeysWith: { first, _ in first })
        let scores: [Double?] = tags.map { tag in
            guard let (key, value) = known[Self.plain(tag)] else { return nil }
            switch value {
            case .bool(let isThere): return probability(after: key) ?? (isThere ? 1 : 0)
            // Engines that don't bind answers to the schema.
            case .string(let word) where ["true", "yes"].contains(word.lowercased()): return 1
            case .string(let word) where ["false", "no"].contains(word.lowercased()): return 0
            case .integer(let number) where number == 0 || number == 1: return Double(number)
            default: return nil
            }
        }
        guard scores.contains(where: { $0 != nil }) else { throw TagAnswerError.unreadable }
        return scores
    }

    /// The probability of `true` against `false` where the key's value was written; `nil` where the engine didn't tell.
    private func probability(after key: String) -> Double? {
        let whole = tokens.map(\.text).joined()
        let written = String(decoding: JSONValue.string(key).encoded(), as: UTF8.self)
        guard let place = whole.range(of: written), let colon = whole[place.upperBound...].firstIndex(of: ":") else { return nil }
        let target = whole.distance(from: whole.startIndex, to: colon)
        var position = 0
        for token in tokens {
            let end = position + token.text.count
            defer { position = end }
            // The first token with a letter of the value: "true", " true", or ":true".
            guard end > target + 1 else { continue }
            let word = token.text.dropFirst(max(0, target + 1 - position)).trimmingCharacters(in: .whitespaces)
            guard let first = word.first, "tf".contains(first) else { continue }
            var sums = (yes: 0.0, no: 0.0)
            for other in token.alternatives {
                switch other.text.trimmingCharacters(in: CharacterSet(charactersIn: ": \n\t")).lowercased().first {
                case "t": sums.yes += exp(other.logarithm)
                case "f": sums.no += exp(other.logarithm)
                default: break
                }
            }
            let total = sums.yes + sums.no
            return total > 0 ? sums.yes / total : nil
        }
        return nil
    }

    /// Case, underscores and spaces don't tell tags apart.
    private static func plain(_ text: String) -> String {
        text.lowercased().split(whereSeparator: { $0 == "_" || $0 == "-" || $0.isWhitespace }).joined(separator: " ")
    }
}

enum TagAnswerError: ReportableError, Equatable {
    case unreadable

    var report: ErrorReport {
        ErrorReport(.upstream, code: "unreadable_answer", "The model's answer wasn't the list of tags it was asked for.")
    }
}
