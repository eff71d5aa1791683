import Foundation
import Foundations

/// What was wrong with messages that were sent.
public struct HistoryAnalysis: Sendable, Equatable {
    public enum Trouble: String, Sendable, CaseIterable {
        case multipleSplits = "multiple_splits"
        case truncated
        case formatMismatch = "format_mismatch"
        case exceededLimit = "exceeded_limit"
    }

    public struct Issue: Sendable, Equatable {
        public var trouble: Trouble
        public var id: Int64
        public var message: String?
        public var at: Date
        /// In the units in which the platform counts.
        public var length: Int
        public var limit: Int?
        /// What is wrong, for people.
        public var notes: [String] = []
    }

    public var total = 0
    public var split = 0
    public var truncated = 0
    public var formatMismatches = 0
    public var exceededLimit = 0
    public var issues: [Issue] = []

    /// - Parameter messages: of any kind; only what was sent can be wrong.
    public init(_ messages: [HistoryMessage]) {
        for message in messages {
            total += 1
            guard message.direction == .outgoing else { continue }
            let sent = SentText(message)
            if sent.isSplit {
                split += 1
                note(.multipleSplits, message, sent)
            }
            if sent.isTruncated {
                truncated += 1
                note(.truncated, message, sent)
            }
            if !sent.faults.isEmpty {
                formatMismatches += 1
                note(.formatMismatch, message, sent, sent.faults)
            }
            if let limit = sent.limit, sent.length > limit {
                exceededLimit += 1
                note(.exceededLimit, message, sent)
            }
        }
    }

    private mutating func note(_ trouble: Trouble, _ message: HistoryMessage, _ sent: SentText, _ notes: [String] = []) {
        issues.append(
            Issue(
                trouble: trouble, id: message.id, message: message.message, at: message.at, length: sent.length, limit: sent.limit, notes: notes))
    }

    public var json: JSONValue {
        [
            "total_messages": .integer(total), "split_messages": .integer(split), "truncated_messages": .integer(truncated),
            "format_mismatches": .integer(formatMismatches), "exceeded_limit": .integer(exceededLimit),
            "issues": .array(
                issues.map { issue in
                    [
                        "type": .string(issue.trouble.rawValue), "id": .integer(Int(issue.id)),
                        "message_id": issue.message.map(JSONValue.string) ?? .null, "timestamp": .string(issue.at.formatted(.iso8601)),
                        "length": .integer(issue.length), "max_length": issue.limit.map(JSONValue.integer) ?? .null,
                        "notes": .array(issue.notes.map(JSONValue.string)),
                    ]
                }),
        ]
    }
}

/// A message as its platform got it.
struct SentText {
    /// What is wrong with its markup.
    let faults: [String]
    let length: Int
    /// `nil` where there is none.
    let limit: Int?
    let isSplit: Bool
    let isTruncated: Bool

    init(_ message: HistoryMessage) {
        let metadata = message.metadata
        let known = metadata["message_length"]?.intValue
        if let text = message.formattedText {
            let report = ChatMarkupCheck.check(text, as: message.platform.markup(mode: metadata["parse_mode"]?.stringValue))
            faults = report.markupErrors
            length = known ?? report.length
        } else {
            faults = []
            length = known ?? message.content.utf16.count
        }
        limit = message.platform.limit
        isSplit = (metadata["total_parts"]?.intValue ?? 1) > 1 || metadata["is_split"]?.boolValue == true
        isTruncated = metadata["was_truncated"]?.boolValue == true
    }
}

extension RenderingReport {
    /// The errors without that of a text that is too long, which comes last: some who show texts have no limit.
    var markupErrors: [String] { length > limit ? Array(errors.dropLast()) : errors }
}

extension MessagePlatform {
    /// The markup of the platform's messages.
    /// - Parameter mode: as the platform names it: `HTML`, `Markdown` or `none`; `nil`: what is sent by default.
    public func markup(mode: String? = nil) -> ChatMarkup {
        switch (self, mode?.lowercased()) {
        case (_, "none"), (_, "plain"), (_, "text"): .plain
        case (.telegram, "markdown"): .telegramMarkdown
        case (.telegram, _): .telegramHTML
        case (.discord, _): .discord
        case (.web, _), (.cli, _): .plain
        }
    }

    /// Most of a message's text, in the units in which the platform counts; `nil`: no limit.
    public var limit: Int? {
        switch self {
        case .telegram: 4096
        case .discord: 2000
        case .web, .cli: nil
        }
    }
}
