import Foundations

/// Something that a model can have done, offered to it by OpenAI's tool calling.
public protocol AgentTool: Sendable {
    var definition: ToolDefinition { get }
    /// What a call would do, for whoever has to approve it.
    func effect(of arguments: JSONValue) -> ToolEffect
    /// Does it. Arguments were checked against the definition's required names.
    /// - Throws: what a model can act on, as reportable errors; `CancellationError`.
    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome
}

/// A tool as a model sees it.
public struct ToolDefinition: Sendable, Equatable {
    public var name: String
    public var description: String
    /// A JSON schema of the arguments.
    public var parameters: JSONValue

    public init(name: String, description: String, parameters: JSONValue) {
        self.name = name
        self.description = description
        self.parameters = parameters
    }

    /// - Parameter fields: name and description of each argument, all of them text.
    init(_ name: String, _ description: String, required: [(String, String)], optional: [(String, String)] = []) {
        let properties = (required + optional).map { ($0.0, JSONValue.object(["type": "string", "description": .string($0.1)])) }
        self.init(
            name: name, description: description,
            parameters: [
                "type": "object", "properties": .object(Dictionary(properties, uniquingKeysWith: { first, _ in first })),
                "required": .array(required.map { .string($0.0) }), "additionalProperties": false,
            ])
    }

    /// As `tools` of a chat request holds it.
    var json: JSONValue {
        ["type": "function", "function": ["name": .string(name), "description": .string(description), "parameters": parameters]]
    }

    /// The names of arguments that a call must have.
    var requiredNames: [String] { parameters["required"]?.arrayValue?.compactMap(\.stringValue) ?? [] }
}

/// What a call does to the world.
public enum ToolEffect: Sendable, Equatable {
    case reads
    case changes
    /// Deletes much, or reaches beyond the workspace; `reason` is for people.
    case dangerous(reason: String)
}

/// What a call gave.
public struct ToolOutcome: Sendable, Equatable {
    /// What the model is told.
    public var content: JSONValue
    /// What it changed in a file.
    public var diff: FileDiff?

    public init(_ content: JSONValue, diff: FileDiff? = nil) {
        self.content = content
        self.diff = diff
    }
}

extension JSONValue {
    /// An argument of a call; empty where it isn't there.
    func text(_ name: String) -> String { self[name]?.stringValue ?? "" }
}
