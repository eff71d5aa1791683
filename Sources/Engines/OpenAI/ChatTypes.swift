import Foundation
import Foundations

/// A conversation to continue, in the terms of OpenAI's chat completions.
public struct ChatRequest: Sendable {
    public var messages: [ChatMessage]
    public var maxTokens: Int?
    /// Whether the caller named the bound `max_completion_tokens`: some remote models take no other name.
    public var boundsCompletion = false
    public var temperature: Double?
    public var topP: Double?
    public var topK: Int?
    public var seed: Int?
    public var stop: [String] = []
    /// Fields handed on to the engine as they came (`tools`, `response_format`, `logprobs`, …).
    public var extra: [String: JSONValue] = [:]
    /// Whether somebody reads the answer while it is written. Else an endpoint may be asked for it as a whole, which costs less.
    public var isFollowed = true

    public init(messages: [ChatMessage]) { self.messages = messages }
}

public struct ChatMessage: Sendable {
    public enum Role: String, Sendable { case system, user, assistant, tool, developer }

    public enum Part: Sendable {
        case text(String)
        /// An encoded picture and its media type.
        case image(Data, type: String)
        /// Sampled frames of one video, each an encoded JPEG, with their times in seconds.
        case video(frames: [Data], times: [Double])
        /// Encoded sound; format as OpenAI names it (`wav`, `mp3`).
        case audio(Data, format: String)
    }

    public var role: Role
    public var parts: [Part]
    /// Fields handed on as they came (`tool_calls`, `tool_call_id`, `name`).
    public var extra: [String: JSONValue] = [:]

    public init(_ role: Role, _ parts: [Part]) {
        self.role = role
        self.parts = parts
    }

    public init(_ role: Role, _ text: String) { self.init(role, [.text(text)]) }
}

/// An answer as it comes; events that came together stay together.
public typealias ChatStream = AsyncThrowingStream<[ChatEvent], any Error>

/// What a streaming chat gives.
public enum ChatEvent: Sendable {
    /// The engine is reading the prompt: tokens done of total (where it tells).
    case promptProgress(done: Int, total: Int)
    /// More of the answer's text.
    case text(String)
    /// A raw delta object with anything that isn't plain text (tool calls, reasoning). `logprobs` stand here too, before the
    /// text they belong to.
    case delta(JSONValue)
    /// The last event.
    case finished(ChatFinish)

    /// Whether it says nothing of the answer yet.
    package var isProgress: Bool {
        if case .promptProgress = self { true } else { false }
    }
}

public struct ChatFinish: Sendable, Equatable {
    /// `stop`, `length`, `tool_calls` or what the engine says.
    public var reason: String
    public var promptTokens: Int?
    public var completionTokens: Int?
    /// Prompt tokens that came out of the engine's cache.
    public var cachedTokens: Int?

    public init(reason: String, promptTokens: Int? = nil, completionTokens: Int? = nil, cachedTokens: Int? = nil) {
        self.reason = reason
        self.promptTokens = promptTokens
        self.completionTokens = completionTokens
        self.cachedTokens = cachedTokens
    }
}
