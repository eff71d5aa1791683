import Engines
import Foundations

/// Reads the messages of a chat.
enum ChatMessages {
    static func read(_ fields: FieldReader) -> [ChatBody.Message] {
        guard let value = fields.value("messages") else {
            fields.fault("messages", "missing", "The field 'messages' is required.")
            return []
        }
        guard let list = value.arrayValue, !list.isEmpty, list.count <= ChatBody.maxMessages else {
            fields.fault("messages", "wrong_type", "'messages' must be a list of 1 to \(ChatBody.maxMessages) messages.")
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
            var extra = object.filter { $0.key != "role" && $0.key != "content" && $0.value != .null }
            if role == .tool, extra["tool_call_id"]?.stringValue == nil {
                fields.fault(path + ".tool_call_id", "missing", "A tool's message names the call it answers.")
            }
            ChatTools.checkCalls(&extra, path, fields)
            return ChatBody.Message(role: role, parts: parts(object["content"], role, path, fields), extra: extra, path: path)
        }
    }

    private static func parts(
        _ content: JSONValue?, _ role: ChatMessage.Role, _ path: String, _ fields: FieldReader
    ) -> [ChatBody.Part] {
        switch content {
        case .string(let text): return [.text(text)]
        case nil, .null:
            if role != .assistant { fields.fault(path + ".content", "missing", "A message needs content.") }
            return []
        case .array(let items):
            if items.isEmpty, role != .assistant { fields.fault(path + ".content", "missing", "A message needs content.") }
            return items.enumerated().compactMap { index, item in
                part(item, "\(path).content[\(index)]", fields)
            }
        default:
            fields.fault(path + ".content", "wrong_type", "A message's content is a string or a list of parts.")
            return []
        }
    }

    private static func part(_ item: JSONValue, _ path: String, _ fields: FieldReader) -> ChatBody.Part? {
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
            let audio = item["input_audio"]
            if let data = audio?["data"]?.stringValue, let format = audio?["format"]?.stringValue {
                return .audio(data: data, format: format)
            }
            if let url = audio?["url"]?.stringValue { return .audioURL(url) }
        default:
            fields.fault(
                path + ".type", "unknown_value", "A part's type is text, image_url, video_url or input_audio.")
            return nil
        }
        fields.fault(path, "wrong_type", "This '\(type)' part lacks its content.")
        return nil
    }
}
