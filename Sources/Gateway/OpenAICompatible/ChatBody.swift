import Engines
import Foundation
import Foundations

/// The body of `/v1/chat/completions`, checked but with its media still where the caller put it.
package struct ChatBody: Sendable {
    package enum Part: Sendable, Equatable {
        case text(String)
        case image(url: String)
        case video(url: String)
        case audio(data: String, format: String)
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
    }

    package var model: String?
    package var messages: [Message] = []
    package var maxTokens: Int?
    package var temperature: Double?
    package var topP: Double?
    package var topK: Int?
    package var seed: Int?
    package var stop: [String] = []
    package var streams = false
    package var includesUsage = false
    /// Fields handed on to the engine as they came.
    package var extra: [String: JSONValue] = [:]

    private static let known: Set = [
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "top_k", "seed", "stop",
        "stream", "stream_options", "n",
    ]
    private static let maxMessages = 1024

    /// - Throws: `invalidFields` (400, as OpenAI answers) naming every fault.
    package init(_ object: [String: JSONValue], _ configuration: Configuration) throws {
        let fields = FieldReader(object)
        let numbers = VideoFields(configuration)
        model = fields.string("model").flatMap { $0.isEmpty ? nil : $0 }
        maxTokens = fields.integer(numbers.maxTokens)
        var newer = numbers.maxTokens
        newer.name = "max_completion_tokens"
        maxTokens = fields.integer(newer) ?? maxTokens
        temperature = fields.number(numbers.temperature)
        topP = fields.number(numbers.topP)
        topK = fields.integer(numbers.topK)
        seed = fields.integer(numbers.seed)
        streams = fields.bool("stream") ?? false
        includesUsage = fields.nested("stream_options").bool("include_usage") ?? false
        if let choices = fields.integer(.integer("n", 1...128, "Choices")), choices != 1 {
            fields.fault("n", "unsupported", "One choice is given per request: leave 'n' out or set it to 1.")
        }
        switch fields.value("stop") {
        case nil: break
        case .string(let word): stop = [word]
        case .array(let words) where words.count <= 16 && words.allSatisfy({ $0.stringValue != nil }):
            stop = words.compactMap(\.stringValue)
        default: fields.fault("stop", "wrong_type", "'stop' must be a string or a list of 16 strings at most.")
        }
        messages = Self.messages(fields)
        extra = object.filter { !Self.known.contains($0.key) && $0.value != .null }
        try fields.finish(.invalidRequest)
    }

    private static func messages(_ fields: FieldReader) -> [Message] {
        guard let value = fields.value("messages") else {
            fields.fault("messages", "missing", "The field 'messages' is required.")
            return []
        }
        guard let list = value.arrayValue, !list.isEmpty, list.count <= maxMessages else {
            fields.fault("messages", "wrong_type", "'messages' must be a list of 1 to \(maxMessages) messages.")
            return []
        }
        return list.enumerated().compactMap { index, item in
            let path = "messages[\(index)]"
            guard let object = item.objectValue, let name = object["role"]?.stringValue,
                let role = ChatMessage.Role(rawValue: name)
            else {
                fields.fault(
                    path + ".role", "unknown_value", "A message's role is system, developer, user, assistant or tool.")
                return nil
            }
            let extra = object.filter { $0.key != "role" && $0.key != "content" && $0.value != .null }
            return Message(role: role, parts: parts(object["content"], role, path, fields), extra: extra, path: path)
        }
    }

    private static func parts(
        _ content: JSONValue?, _ role: ChatMessage.Role, _ path: String, _ fields: FieldReader
    ) -> [Part] {
        switch content {
        case .string(let text): return [.text(text)]
        case nil, .null:
            if role != .assistant { fields.fault(path + ".content", "missing", "A message needs content.") }
            return []
        case .array(let items):
            return items.enumerated().compactMap { index, item in
                part(item, "\(path).content[\(index)]", fields)
            }
        default:
            fields.fault(path + ".content", "wrong_type", "A message's content is a string or a list of parts.")
            return []
        }
    }

    private static func part(_ item: JSONValue, _ path: String, _ fields: FieldReader) -> Part? {
        /// `{"image_url": {"url": …}}`; some clients leave the inner object out.
        func url(_ key: String) -> String? { item[key]?["url"]?.stringValue ?? item[key]?.stringValue }
        let type = item["type"]?.stringValue ?? ""
        switch type {
        case "text", "input_text":
            if let text = item["text"]?.stringValue { return .text(text) }
        case "refusal":
            if let text = item["refusal"]?.stringValue { return .text(text) }
        case "image_url":
            if let url = url("image_url") { return .image(url: url) }
        case "video_url":
            if let url = url("video_url") { return .video(url: url) }
        case "input_audio":
            if let data = item["input_audio"]?["data"]?.stringValue, let format = item["input_audio"]?["format"]?.stringValue {
                return .audio(data: data, format: format)
            }
        default:
            fields.fault(
                path + ".type", "unknown_value", "A part's type is text, image_url, video_url or input_audio.")
            return nil
        }
        fields.fault(path, "wrong_type", "This '\(type)' part lacks its content.")
        return nil
    }
}
