import Foundation
import Foundations
import Jobs

/// A turn of a bot conversation, as a job: somebody's message, and who answers to whom.
public struct ChatTurn: Sendable, Equatable {
    public static let kind = "chat.turn"

    /// What the job is to do.
    public enum Task: String, Sendable, Codable {
        /// Answers the message.
        case answer
        /// Speaks the newest answer of the conversation once more.
        case speakAgain
    }

    public var message: BotMessage
    public var task: Task
    /// The question's id in the history.
    public var question: Int64

    public init(_ message: BotMessage, task: Task = .answer, question: Int64) {
        self.message = message
        self.task = task
        self.question = question
    }

    public init?(json: JSONValue) {
        guard let task = json["task"]?.stringValue.flatMap(Task.init), let question = json["question"]?.intValue,
            let text = json["message"], let message = try? JSONDecoder().decode(BotMessage.self, from: text.encoded())
        else { return nil }
        self.init(message, task: task, question: Int64(question))
    }

    public var json: JSONValue {
        let encoded = (try? JSONEncoder().encode(message)).flatMap { try? JSONValue(parsing: $0) }
        return ["message": encoded ?? .null, "task": .string(task.rawValue), "question": .integer(Int(question))]
    }

    /// Turns of one chat are serial; people wait for them, so they go before jobs that nobody watches.
    func request(maxAttempts: Int) -> JobRequest {
        JobRequest(
            kind: Self.kind, payload: json, subject: Self.subject(message.platform, message.chat), isSerial: true,
            owner: Self.owner(message.platform, message.user), priority: Self.priority, maxAttempts: maxAttempts, idempotencyKey: message.update)
    }

    private static let priority = 10

    static func subject(_ platform: ChatPlatform, _ chat: String) -> String { "\(platform.rawValue):\(chat)" }
    static func owner(_ platform: ChatPlatform, _ user: String) -> String { "\(platform.rawValue):\(user)" }
}

extension ChatPlatform {
    public var messagePlatform: MessagePlatform {
        switch self {
        case .telegram: .telegram
        case .discord: .discord
        }
    }
}

extension BotMessage {
    public var conversation: Conversation { Conversation(platform.messagePlatform, user: user, chat: chat) }
}
