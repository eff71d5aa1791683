import Foundations

/// A call that a model asks for.
public struct ToolCall: Sendable, Equatable, Codable {
    public var id: String
    public var name: String
    /// As the model wrote it: JSON, or what it took for that.
    public var arguments: String

    public init(id: String, name: String, arguments: String) {
        self.id = id
        self.name = name
        self.arguments = arguments
    }

    /// As `tool_calls` of a message holds it.
    var json: JSONValue {
        ["id": .string(id), "type": "function", "function": ["name": .string(name), "arguments": .string(arguments)]]
    }
}

/// Puts the calls of an answer together from the pieces that it comes in (`tool_calls` with an `index` each).
struct ToolCallAssembler {
    private var pieces: [Int: ToolCall] = [:]

    mutating func add(_ delta: JSONValue) {
        for (place, piece) in (delta["tool_calls"]?.arrayValue ?? []).enumerated() {
            let index = piece["index"]?.intValue ?? place
            var call = pieces[index] ?? ToolCall(id: "", name: "", arguments: "")
            if let id = piece["id"]?.stringValue, !id.isEmpty { call.id = id }
            call.name += piece["function"]?["name"]?.stringValue ?? ""
            switch piece["function"]?["arguments"] {
            case .string(let text)?: call.arguments += text
            // Some engines send them as an object.
            case .object(let object)?: call.arguments = String(decoding: JSONValue.object(object).encoded(), as: UTF8.self)
            default: break
            }
            pieces[index] = call
        }
    }

    /// The calls in the model's order; each has an id of its own.
    func calls(round: Int) -> [ToolCall] {
        var seen: Set<String> = []
        return pieces.sorted { $0.key < $1.key }.map { index, call in
            var call = call
            if call.id.isEmpty || !seen.insert(call.id).inserted { call.id = "call-\(round)-\(index)" }
            return call
        }
    }
}
