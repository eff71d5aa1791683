import Foundation
import Foundations

/// The message most like what somebody expected, and how the two differ.
public struct HistoryComparison: Sendable, Equatable {
    public struct Difference: Sendable, Equatable {
        public enum Kind: String, Sendable, CaseIterable {
            case rawText = "raw_text_mismatch"
            case content = "content_mismatch"
            case truncated
            case split
        }

        public var kind: Kind
        /// Where the texts part, in characters; `nil` for what isn't about texts.
        public var place: Int?
        public var expected: String?
        public var actual: String?
    }

    public var expected: String
    public var message: HistoryMessage
    /// 0 to 1, of the text that fits best: raw, sent or formatted.
    public var similarity: Double
    public var differences: [Difference]

    /// Characters of a text shown around a difference.
    private static let excerpt = 40

    /// - Returns: `nil` where there is nothing to compare with. Of equally fitting messages, the first.
    public init?(_ expected: String, _ messages: [HistoryMessage]) {
        let length = expected.count
        var best: (message: HistoryMessage, similarity: Double)?
        for message in messages {
            for text in [message.rawText, message.content, message.formattedText].compactMap({ $0 }) {
                if let best, SequenceSimilarity.most(length, text.count) <= best.similarity { continue }
                let similarity = SequenceSimilarity.of(expected, text)
                if similarity > best?.similarity ?? -1 { best = (message, similarity) }
            }
        }
        guard let best else { return nil }
        self.expected = expected
        message = best.message
        similarity = best.similarity
        differences = Self.differences(expected, best.message)
    }

    private static func differences(_ expected: String, _ message: HistoryMessage) -> [Difference] {
        var differences: [Difference] = []
        if let raw = message.rawText, raw != expected { differences.append(parting(.rawText, expected, raw)) }
        if message.content != expected { differences.append(parting(.content, expected, message.content)) }
        let sent = SentText(message)
        if sent.isTruncated { differences.append(Difference(kind: .truncated)) }
        if sent.isSplit { differences.append(Difference(kind: .split)) }
        return differences
    }

    private static func parting(_ kind: Difference.Kind, _ expected: String, _ actual: String) -> Difference {
        let place = zip(expected, actual).prefix { $0 == $1 }.reduce(0) { count, _ in count + 1 }
        let from = max(0, place - excerpt / 4)
        func around(_ text: String) -> String { String(text.dropFirst(from).prefix(excerpt)) }
        return Difference(kind: kind, place: place, expected: around(expected), actual: around(actual))
    }

    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        func length(_ value: String?) -> JSONValue { value.map { .integer($0.count) } ?? .null }
        return [
            "expected_text": .string(expected), "expected_length": length(expected), "actual_text": .string(message.content),
            "actual_length": length(message.content), "raw_text": text(message.rawText), "raw_length": length(message.rawText),
            "formatted_text": text(message.formattedText), "formatted_length": length(message.formattedText),
            "similarity": .number((similarity * 10_000).rounded() / 10_000), "timestamp": .string(message.at.formatted(.iso8601)),
            "id": .integer(Int(message.id)), "message_id": text(message.message), "rendering_metadata": .object(message.metadata),
            "differences": .array(
                differences.map { difference in
                    [
                        "type": .string(difference.kind.rawValue), "at": difference.place.map(JSONValue.integer) ?? .null,
                        "expected": text(difference.expected), "actual": text(difference.actual),
                    ]
                }),
        ]
    }
}

/// Whether a platform would take a text as it is.
public struct MessageValidation: Sendable, Equatable {
    public var isValid: Bool
    public var isWithinLimit: Bool
    public var length: Int
    public var limit: Int?
    public var warnings: [String]
    public var errors: [String]

    /// - Parameters:
    ///   - text: in the platform's markup.
    ///   - mode: as for `MessagePlatform.markup`.
    public init(_ text: String, platform: MessagePlatform, mode: String? = nil) {
        let report = ChatMarkupCheck.check(text, as: platform.markup(mode: mode))
        length = report.length
        limit = platform.limit
        isWithinLimit = platform.limit.map { report.length <= $0 } ?? true
        warnings = report.warnings
        errors = platform.limit == nil ? report.markupErrors : report.errors
        isValid = errors.isEmpty && isWithinLimit
    }

    public var json: JSONValue {
        [
            "valid": .bool(isValid), "within_length_limit": .bool(isWithinLimit), "length": .integer(length),
            "max_length": limit.map(JSONValue.integer) ?? .null, "warnings": .array(warnings.map(JSONValue.string)),
            "errors": .array(errors.map(JSONValue.string)),
        ]
    }
}

extension MessageHistory {
    /// Messages that are looked at for an analysis, the newest ones.
    private static let looked = 10_000
    private static let page = 1000

    public func analysis(_ filter: MessageFilter = MessageFilter(), hours: Double = 24) async throws -> HistoryAnalysis {
        HistoryAnalysis(try await newest(filter.within(hours: hours)))
    }

    /// - Returns: `nil` when no message was sent in that time.
    public func comparison(_ expected: String, _ filter: MessageFilter = MessageFilter(), hours: Double = 24) async throws -> HistoryComparison? {
        var filter = filter.within(hours: hours)
        filter.direction = filter.direction ?? .outgoing
        let messages = try await newest(filter)
        return try await Self.threads.run { HistoryComparison(expected, messages) }
    }

    /// Comparing many texts takes a while.
    private static let threads = WorkerThreads(name: "history", width: 1)

    private func newest(_ filter: MessageFilter) async throws -> [HistoryMessage] {
        var messages: [HistoryMessage] = []
        var before: Int64?
        repeat {
            let page = try await self.messages(filter, before: before, limit: Self.page)
            messages += page.messages
            before = page.next
        } while before != nil && messages.count < Self.looked
        return messages
    }
}
