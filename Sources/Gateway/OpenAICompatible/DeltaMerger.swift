import Foundations

/// Puts the pieces of a streamed message together: text is joined, indexed lists (tool calls) are filled by index.
package struct DeltaMerger: Sendable {
    private var message: [String: JSONValue] = ["role": "assistant"]
    private var text: String?

    /// Strings that arrive in pieces; all others arrive whole.
    private static let joined: Set = ["content", "arguments", "reasoning_content", "reasoning", "refusal"]

    package init() {}

    package mutating func append(text piece: String) { text = (text ?? "") + piece }

    package mutating func append(delta: JSONValue) {
        guard var delta = delta.objectValue else { return }
        if let content = delta.removeValue(forKey: "content")?.stringValue { append(text: content) }
        message = Self.merge(message, delta)
    }

    /// The whole message; content is null when there was none, as with tool calls.
    package var value: JSONValue {
        var message = message.mapValues(Self.withoutIndex)
        message["content"] = text.map(JSONValue.string) ?? (message["tool_calls"] == nil ? "" : .null)
        return .object(message)
    }

    private static func merge(_ old: [String: JSONValue], _ new: [String: JSONValue]) -> [String: JSONValue] {
        var merged = old
        for (key, value) in new where value != .null {
            switch (merged[key], value) {
            case (.string(let before), .string(let after)) where joined.contains(key): merged[key] = .string(before + after)
            case (.object(let before), .object(let after)): merged[key] = .object(merge(before, after))
            case (let before, .array(let items)): merged[key] = .array(merge(before?.arrayValue ?? [], items))
            default: merged[key] = value
            }
        }
        return merged
    }

    private static func merge(_ old: [JSONValue], _ new: [JSONValue]) -> [JSONValue] {
        var merged = old
        for item in new {
            if let index = item["index"], let place = merged.firstIndex(where: { $0["index"] == index }),
                let before = merged[place].objectValue, let after = item.objectValue
            {
                merged[place] = .object(merge(before, after))
            } else {
                merged.append(item)
            }
        }
        return merged
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
