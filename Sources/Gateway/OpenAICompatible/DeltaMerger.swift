import Foundations

/// Puts the pieces of a streamed message together: text is joined, indexed lists (tool calls) are filled by index.
package struct DeltaMerger: Sendable {
    private var message: [String: JSONValue] = ["role": "assistant"]
    private var text: String?

    /// Strings that arrive in pieces; all others arrive whole.
    private static let joined: Set = ["content", "arguments", "reasoning_content", "reasoning", "refusal"]

    package init() {}

    package mutating func append(text piece: String) {
        if text == nil { text = piece } else { text?.append(piece) }
    }

    package mutating func append(delta: JSONValue) {
        guard var delta = delta.objectValue else { return }
        if let content = delta.removeValue(forKey: "content")?.stringValue { append(text: content) }
        Self.merge(&message, delta)
    }

    /// The whole message; content is null when there was none, as with tool calls.
    package var value: JSONValue {
        var message = message.mapValues(Self.withoutIndex)
        if message["refusal"] == nil { message["refusal"] = .null }
        message["content"] = text.map(JSONValue.string) ?? (message["tool_calls"] == nil ? "" : .null)
        return .object(message)
    }

    /// What was there is taken out before it is changed, so that it grows in place instead of being copied for each piece.
    private static func merge(_ merged: inout [String: JSONValue], _ new: [String: JSONValue]) {
        for (key, value) in new where value != .null {
            switch (merged.removeValue(forKey: key), value) {
            case (.string(var text), .string(let piece)) where joined.contains(key):
                text.append(piece)
                merged[key] = .string(text)
            // Some engines repeat a call's name or id as an empty text.
            case (.string(let text), ""): merged[key] = .string(text)
            case (.object(var object), .object(let piece)):
                merge(&object, piece)
                merged[key] = .object(object)
            case (let before, .array(let items)):
                var list = before?.arrayValue ?? []
                merge(&list, items)
                merged[key] = .array(list)
            default: merged[key] = value
            }
        }
    }

    private static func merge(_ merged: inout [JSONValue], _ new: [JSONValue]) {
        for item in new {
            guard let piece = item.objectValue, let index = item["index"],
                let place = merged.firstIndex(where: { $0["index"] == index }), case .object(var object) = merged[place]
            else {
                merged.append(item)
                continue
            }
            merged[place] = .null
            merge(&object, piece)
            merged[place] = .object(object)
        }
    }

    private static func withoutIndex(_ value: JSONValue) -> JSONValue {
        guard case .array(let items) = value else { return value }
        return .array(
            items.map { item in
                guard var object = item.objectValue else { return item }
                object["index"] = nil
                return .object(object)
            })
    }
}
