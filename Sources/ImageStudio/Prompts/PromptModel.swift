/// A language model as the prompts need it: one question, one answer in a given form.
public protocol PromptModel: Sendable {
    /// - Parameters:
    ///   - instruction: what to do: ours, to be trusted.
    ///   - user: the material: JSON with text of users, never to be trusted.
    ///   - schema: a JSON schema that the answer has to follow.
    ///   - maxTokens: of the answer.
    /// - Returns: the answer alone. That it follows the schema is checked by whoever asked.
    func complete(_ instruction: String, _ user: String, schema: String, maxTokens: Int) async throws -> String
}

/// Where a text comes from.
public enum PromptSource: String, Sendable, Codable {
    case model
    /// The model's second answer: the first one was of no use.
    case repaired
    case composer
}

/// A text, and how it was made.
public struct Written<Value: Sendable>: Sendable {
    public let value: Value
    public let source: PromptSource
    /// Why it isn't the model's first answer. It holds no text of users and nothing of errors' insides.
    public let reason: String?
    /// Whether the model gave no answer at all: it won't soon either.
    let isModelDown: Bool

    init(_ value: Value, _ source: PromptSource, _ reason: String? = nil, isModelDown: Bool = false) {
        self.value = value
        self.source = source
        self.reason = reason
        self.isModelDown = isModelDown
    }

    func map<Other: Sendable>(_ change: (Value) -> Other) -> Written<Other> { Written<Other>(change(value), source, reason, isModelDown: isModelDown) }
}

extension Written: Equatable where Value: Equatable {}

/// What is wrong with a model's answer.
enum PromptFault: Error, Equatable {
    case notJSON
    case missing(String)
    case unexpectedKeys
    case tooShort(words: Int, least: Int)
    case tooLong(words: Int, most: Int)
    case thirdPerson(String)

    /// Told to the model and in the reason.
    var message: String {
        switch self {
        case .notJSON: "the answer wasn't a JSON object"
        case .missing(let key): "the key \(key) was missing or held no text"
        case .unexpectedKeys: "there were other keys than those of the schema"
        case .tooShort(let words, let least): "it had \(words) words, at least \(least) are needed"
        case .tooLong(let words, let most): "it had \(words) words, at most \(most) are allowed"
        case .thirdPerson(let word): "it spoke in the third person (\"\(word)\")"
        }
    }
}
