import Engines
import Foundation
import Foundations

/// What was said in a run.
public struct AgentConversation: Sendable, Equatable {
    /// Its JSON is what transcripts hold.
    public struct Message: Sendable, Equatable, Codable {
        public var role: ChatMessage.Role
        public var text: String
        /// What the model thought before it answered, where it tells.
        public var reasoning: String?
        public var calls: [ToolCall]
        /// Of a tool's result: the call that it answers.
        public var callID: String?

        public init(_ role: ChatMessage.Role, _ text: String, reasoning: String? = nil, calls: [ToolCall] = [], callID: String? = nil) {
            self.role = role
            self.text = text
            self.reasoning = reasoning
            self.calls = calls
            self.callID = callID
        }
    }

    public var messages: [Message] = []

    public init() {}

    /// Forgets everything but the instructions.
    public mutating func reset() { messages.removeAll { $0.role != .system } }

    /// As a chat request holds it. Where a model's context is bounded, the oldest results of tools are left out: what came later tells more.
    /// - Parameter tokens: what the conversation may take, `nil` where nobody knows.
    func chatMessages(within tokens: Int?) -> [ChatMessage] {
        var texts = messages.map(\.text)
        if let tokens {
            // Three characters a token at the least; code has fewer than prose.
            var over = texts.reduce(0) { $0 + $1.utf8.count } + messages.reduce(0) { $0 + $1.calls.reduce(0) { $0 + $1.arguments.utf8.count } } - tokens * 3
            for (place, message) in messages.enumerated().dropLast(2) where over > 0 && message.role == .tool && message.text.utf8.count > 200 {
                texts[place] = Self.leftOut
                over -= message.text.utf8.count
            }
        }
        return zip(messages, texts).map { message, text in
            var chat = ChatMessage(message.role, message.calls.isEmpty || !text.isEmpty ? [.text(text)] : [])
            if !message.calls.isEmpty { chat.extra["tool_calls"] = .array(message.calls.map(\.json)) }
            if let id = message.callID { chat.extra["tool_call_id"] = .string(id) }
            return chat
        }
    }

    private static let leftOut = #"{"note":"left out, as it is long ago; call the tool again if it matters"}"#
}

extension ChatMessage.Role: Codable {}
