import Foundations

/// A choice of one function, for engines that know only "some tool must be called": the others aren't offered, and it is
/// called once.
enum ToolChoice {
    /// Fields that take the place of the caller's; none where the engine understands them as they are.
    static func fields(_ fields: [String: JSONValue], _ kind: EndpointConfiguration.Dialect) -> [String: JSONValue] {
        guard kind == .llama, let name = fields["tool_choice"]?["function"]?["name"], let tools = fields["tools"]?.arrayValue
        else { return [:] }
        return [
            "tools": .array(tools.filter { $0["function"]?["name"] == name }), "tool_choice": "required",
            "parallel_tool_calls": false,
        ]
    }
}
