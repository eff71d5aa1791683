import Foundation
import Foundations

/// What the Bot API answered to a call, taken out of its envelope (https://core.telegram.org/bots/api#making-requests).
package enum TelegramAnswer: Sendable, Equatable {
    case result(JSONValue)
    case fault(TelegramFault)
    case failure(ChatPortError)

    /// Bytes that bots may fetch and send.
    static let largestDownload = 20 << 20
    static let largestUpload = 50 << 20

    /// - Parameter status: of HTTP. The envelope's own code counts where there is one: proxies answer without.
    package init(status: Int, body: Data) {
        guard let envelope = try? JSONValue(parsing: body), let isDone = envelope["ok"]?.boolValue else {
            self = .failure(Self.failure(ofProxy: status))
            return
        }
        if isDone {
            self = envelope["result"].map(Self.result) ?? .failure(.unexpectedAnswer)
            return
        }
        let code = envelope["error_code"]?.intValue ?? status
        // The texts are the only thing that tells these apart.
        let text = (envelope["description"]?.stringValue ?? "").lowercased()
        switch code {
        case 400 where text.contains("message is not modified"): self = .fault(.notModified)
        case 400 where text.contains("message to delete not found"): self = .fault(.nothingToDelete)
        case 400 where text.contains("can't parse entities"): self = .fault(.unreadableMarkup)
        case 400 where text.contains("file is too big"): self = .failure(.fileTooLarge(limit: Self.largestDownload))
        // A token that isn't known is "Unauthorized" or, when it doesn't even look like one, "Not Found".
        case 401, 404: self = .failure(.notAuthorised)
        case 409: self = .failure(.conflict)
        case 413: self = .failure(.fileTooLarge(limit: Self.largestUpload))
        case 429:
            let seconds = envelope["parameters"]?["retry_after"]?.doubleValue ?? 0
            self = .failure(.slowDown(after: .seconds(min(86_400, max(1, seconds)))))
        case 500...: self = .failure(.unavailable)
        default: self = .failure(.refused(code: code))
        }
    }

    /// What a status means that doesn't come from the Bot API itself.
    private static func failure(ofProxy status: Int) -> ChatPortError {
        switch status {
        case 429: .slowDown(after: .seconds(5))
        case 500, 503: .unavailable
        // Whatever stands in between lost the answer, not the call.
        case 502, 504...: .unanswered
        default: .unexpectedAnswer
        }
    }
}

/// Refusals that callers can do something about.
package enum TelegramFault: Error, Equatable {
    /// The message reads so already.
    case notModified
    case nothingToDelete
    /// The text breaks the rules of its markup.
    case unreadableMarkup
}
