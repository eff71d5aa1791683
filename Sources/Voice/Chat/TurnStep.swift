import Foundation
import Foundations

/// One message that a turn sends, as it is kept: what is to be done is written down before it is done, and again after.
enum TurnStep: Sendable, Equatable {
    /// Wasn't tried, or surely wasn't done.
    case open
    /// Was about to be sent then; whether it was isn't known.
    case begun(at: Date)
    case done(message: String)
    /// May have arrived; isn't tried again.
    case unclear

    /// What to do about it.
    enum Move: Sendable, Equatable {
        case send
        /// Again, with the same nonce: it appears once.
        case repeatSend
        case skip
        /// It may have arrived; sent again it might appear twice.
        case giveUp
    }

    /// - Parameter nonceLifetime: how long the platform knows a nonce.
    func move(at now: Date, nonceLifetime: Duration) -> Move {
        switch self {
        case .open: .send
        case .begun(let begun): now < begun + nonceLifetime && begun <= now ? .repeatSend : .giveUp
        case .done: .skip
        case .unclear: .giveUp
        }
    }

    init(json: JSONValue?) {
        switch json?["state"]?.stringValue {
        case "begun": self = .begun(at: Date(microseconds: json?["at"]?.intValue.map(Int64.init)) ?? .distantPast)
        case "done": self = .done(message: json?["message"]?.stringValue ?? "")
        case "unclear": self = .unclear
        default: self = .open
        }
    }

    var json: JSONValue {
        switch self {
        case .open: ["state": "open"]
        case .begun(let at): ["state": "begun", "at": .integer(Int(at.microseconds))]
        case .done(let message): ["state": "done", "message": .string(message)]
        case .unclear: ["state": "unclear"]
        }
    }
}

/// What the model answered, kept before anybody sees all of it.
struct TurnAnswer: Sendable, Equatable {
    /// As the model wrote it.
    var text: String
    var model: String?

    init(text: String, model: String? = nil) {
        self.text = text
        self.model = model
    }

    init?(json: JSONValue?) {
        guard let text = json?["text"]?.stringValue else { return nil }
        self.init(text: text, model: json?["model"]?.stringValue)
    }

    var json: JSONValue { ["text": .string(text), "model": model.map(JSONValue.string) ?? .null] }
}
