import Engines
import Foundations

/// Turns the engine's events for one answer into the pieces that callers see. A value: events in, pieces out.
package struct ChoiceReader: Sendable {
    /// What one chunk carries.
    package struct Piece: Sendable, Equatable {
        package enum Content: Sendable, Equatable {
            case text(String)
            /// Anything that isn't plain text.
            case delta(JSONValue)
        }

        package var content: Content
        package var logprobs: JSONValue

        package init(_ content: Content, logprobs: JSONValue = .null) {
            self.content = content
            self.logprobs = logprobs
        }

        package var delta: JSONValue {
            switch content {
            case .text(let text): ["content": .string(text)]
            case .delta(let delta): delta
            }
        }
    }

    /// Alternatives to show for each token; `nil` shows no log-probabilities.
    private let topLogprobs: Int?
    /// Log-probabilities come before the text they belong to.
    private var pending: JSONValue = .null

    package init(topLogprobs: Int?) { self.topLogprobs = topLogprobs }

    /// - Returns: `nil` when the event has nothing for the caller, or nothing yet.
    package mutating func read(_ event: ChatEvent) -> Piece? {
        switch event {
        case .text(let text): return piece(.text(text))
        case .delta(let delta):
            guard var rest = delta.objectValue else { return nil }
            if let logprobs = rest.removeValue(forKey: "logprobs") { add(logprobs) }
            return rest.isEmpty ? nil : piece(.delta(.object(rest)))
        case .promptProgress, .finished: return nil
        }
    }

    /// What is left for the last chunk.
    package mutating func finish() -> Piece { piece(.delta([:])) }

    private mutating func piece(_ content: Piece.Content) -> Piece {
        defer { pending = .null }
        return Piece(content, logprobs: pending)
    }

    private mutating func add(_ logprobs: JSONValue) {
        guard let topLogprobs else { return }
        var trimmed: [String: JSONValue] = ["content": .null, "refusal": .null]
        for (list, tokens) in logprobs.objectValue ?? [:] {
            guard let tokens = tokens.arrayValue else { continue }
            trimmed[list] = .array(tokens.map { Self.trim($0, to: topLogprobs) })
        }
        pending = Self.join(pending, .object(trimmed))
    }

    /// Some engines show more alternatives than were asked for.
    private static func trim(_ token: JSONValue, to count: Int) -> JSONValue {
        guard var token = token.objectValue else { return token }
        token["top_logprobs"] = .array(Array((token["top_logprobs"]?.arrayValue ?? []).prefix(count)))
        if token["bytes"] == nil { token["bytes"] = .null }
        return .object(token)
    }

    /// The log-probabilities of two pieces, one after the other.
    package static func join(_ first: JSONValue, _ second: JSONValue) -> JSONValue {
        guard case .object(var joined) = first, let more = second.objectValue else { return first == .null ? second : first }
        for (list, tokens) in more {
            guard let tokens = tokens.arrayValue else { continue }
            let before = joined.removeValue(forKey: list)?.arrayValue ?? []
            joined[list] = .array(before + tokens)
        }
        return .object(joined)
    }
}
