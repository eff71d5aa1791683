import Engines
import Foundation
import Foundations

/// The body of `/v1/chat/completions`, checked but with its media still where the caller put it.
package struct ChatBody: Sendable {
    package enum Part: Sendable, Equatable {
        case text(String)
        case image(url: String)
        case video(url: String)
        /// Base64; the format as OpenAI names it (`wav`, `mp3`).
        case audio(data: String, format: String)
        /// Sound behind a URL, a form of our own; its content says the format.
        case audioURL(String)
    }

    package struct Message: Sendable {
        package var role: ChatMessage.Role
        package var parts: [Part]
        package var extra: [String: JSONValue]
        /// Where it stands in the request, for messages about it.
        package var path: String

        package var text: String {
            parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined(separator: "\n")
        }
        package var videos: [String] { parts.compactMap { if case .video(let url) = $0 { url } else { nil } } }
        package var hasImages: Bool { parts.contains { if case .image = $0 { true } else { false } } }
        package var hasSound: Bool {
            parts.contains {
                switch $0 {
                case .audio, .audioURL: true
                default: false
                }
            }
        }
    }

    package var model: String?
    package var messages: [Message] = []
    package var maxTokens: Int?
    /// Whether the bound came under its newer name, which some endpoints want.
    package var boundsCompletion = false
    package var temperature: Double?
    package var topP: Double?
    package var topK: Int?
    package var seed: Int?
    package var stop: [String] = []
    package var choices = 1
    /// Alternatives to show for each token; `nil` when no log-probabilities were asked for.
    package var topLogprobs: Int?
    package var streams = false
    package var includesUsage = false
    /// Fields handed on to the engine as they came.
    package var extra: [String: JSONValue] = [:]

    private static let known: Set = [
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "seed", "stop",
        "stream", "stream_options", "n",
    ]
    static let maxMessages = 1024

    /// - Throws: `invalidFields` (400, as OpenAI answers) naming every fault.
    package init(_ object: [String: JSONValue], _ configuration: Configuration) throws {
        let fields = FieldReader(object)
        let numbers = ChatFields(configuration)
        model = fields.string("model").flatMap { $0.isEmpty ? nil : $0 }
        maxTokens = fields.integer(numbers.maxTokens)
        if let newer = fields.integer(numbers.maxCompletionTokens) {
            maxTokens = newer
            boundsCompletion = true
        }
        temperature = fields.number(numbers.temperature)
        topP = fields.number(numbers.topP)
        topK = fields.integer(numbers.topK)
        seed = fields.integer(numbers.seed)
        choices = fields.integer(numbers.choices) ?? 1
        streams = fields.bool("stream") ?? false
        includesUsage = fields.nested("stream_options").bool("include_usage") ?? false
        switch fields.value("stop") {
        case nil: break
        case .string(let word): stop = [word]
        case .array(let words) where words.count <= 16 && words.allSatisfy({ $0.stringValue != nil }):
            stop = words.compactMap(\.stringValue)
        default: fields.fault("stop", "wrong_type", "'stop' must be a string or a list of 16 strings at most.")
        }
        let alternatives = fields.integer(numbers.topLogprobs)
        if fields.bool("logprobs") == true { topLogprobs = alternatives ?? 0 }
        if topLogprobs == nil, alternatives != nil {
            fields.fault("top_logprobs", "conflict", "'top_logprobs' needs 'logprobs' to be true.")
        }
        ChatTools.check(fields)
        messages = ChatMessages.read(fields)
        extra = object.filter { !Self.known.contains($0.key) && $0.value != .null }
        try fields.finish(.invalidRequest)
    }
}

extension ChatRequest {
    /// - Parameter messages: the body's, with their media brought.
    init(_ body: ChatBody, messages: [ChatMessage]) {
        self.init(messages: messages)
        maxTokens = body.maxTokens
        boundsCompletion = body.boundsCompletion
        temperature = body.temperature
        topP = body.topP
        topK = body.topK
        seed = body.seed
        stop = body.stop
        extra = body.extra
        isFollowed = body.streams
    }
}

/// The numbers of a chat with their ranges, for reading and for the document.
package struct ChatFields: Sendable {
    package var maxTokens: NumericField
    package var maxCompletionTokens: NumericField
    package var temperature: NumericField
    package var topP: NumericField
    package var topK: NumericField
    package var seed = NumericField.integer("seed", Int.min...Int.max, "Seed of the sampling; the same seed repeats an answer")
    package var choices: NumericField
    package var topLogprobs = NumericField.integer("top_logprobs", 0...20, "Likeliest tokens shown at each place")

    package init(_ configuration: Configuration) {
        let numbers = VideoFields(configuration)
        /// What a chat leaves out, the engine decides.
        func withoutFallback(_ field: NumericField) -> NumericField {
            var field = field
            field.fallback = nil
            return field
        }
        maxTokens = withoutFallback(numbers.maxTokens)
        temperature = withoutFallback(numbers.temperature)
        topP = withoutFallback(numbers.topP)
        topK = withoutFallback(numbers.topK)
        maxCompletionTokens = maxTokens
        maxCompletionTokens.name = "max_completion_tokens"
        choices = .integer("n", 1...configuration.generation.maxChoices, fallback: 1, "How many answers to give")
    }

    package var all: [NumericField] {
        [maxTokens, maxCompletionTokens, temperature, topP, topK, seed, choices, topLogprobs]
    }
}
