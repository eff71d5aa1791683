import Foundations

/// Checks the fields about tools and answer formats before an engine sees them, so that a fault is told with its place and in
/// the same words for every engine. They are handed on as they came.
enum ChatTools {
    private static let maxTools = 128

    static func check(_ fields: FieldReader) {
        let names = checkTools(fields)
        checkChoice(fields, names)
        _ = fields.bool("parallel_tool_calls")
        checkFormat(fields)
    }

    /// - Returns: the tools' names.
    private static func checkTools(_ fields: FieldReader) -> [String] {
        guard let value = fields.value("tools") else { return [] }
        guard let tools = value.arrayValue, tools.count <= maxTools else {
            fields.fault("tools", "wrong_type", "'tools' must be a list of \(maxTools) tools at most.")
            return []
        }
        return tools.enumerated().compactMap { index, tool in
            guard tool["type"] == "function", let name = tool["function"]?["name"]?.stringValue, !name.isEmpty else {
                fields.fault(
                    "tools[\(index)]", "wrong_type", "A tool has the type 'function' and a 'function' with a 'name'.")
                return nil
            }
            if let parameters = tool["function"]?["parameters"], parameters != .null, parameters.objectValue == nil {
                fields.fault("tools[\(index)].function.parameters", "wrong_type", "A function's parameters are a JSON schema.")
            }
            return name
        }
    }

    private static func checkChoice(_ fields: FieldReader, _ names: [String]) {
        guard let choice = fields.value("tool_choice") else { return }
        switch choice {
        case "none": break
        case "auto", "required":
            if choice == "required", names.isEmpty {
                fields.fault("tool_choice", "conflict", "'tool_choice' is 'required', but there are no tools.")
            }
        case .object:
            guard let name = choice["function"]?["name"]?.stringValue else {
                fields.fault("tool_choice", "wrong_type", "A chosen tool is {\"type\": \"function\", \"function\": {\"name\": …}}.")
                return
            }
            if !names.contains(name) {
                fields.fault("tool_choice", "unknown_value", "'tool_choice' names a function that isn't among the tools.")
            }
        default: fields.fault("tool_choice", "unknown_value", "'tool_choice' is none, auto, required or one function.")
        }
    }

    private static func checkFormat(_ fields: FieldReader) {
        guard let format = fields.value("response_format") else { return }
        switch format["type"]?.stringValue {
        case "text", "json_object": break
        case "json_schema":
            if format["json_schema"]?["schema"]?.objectValue == nil {
                fields.fault("response_format.json_schema.schema", "missing", "A 'json_schema' format needs a 'schema'.")
            }
        default:
            fields.fault("response_format.type", "unknown_value", "A response format is text, json_object or json_schema.")
        }
    }

    /// Checks the calls that an earlier answer made. Some clients send an empty list along with plain text, which engines
    /// take ill: it goes.
    static func checkCalls(_ message: inout [String: JSONValue], _ path: String, _ fields: FieldReader) {
        guard let value = message["tool_calls"] else { return }
        guard let calls = value.arrayValue else {
            return fields.fault(path + ".tool_calls", "wrong_type", "'tool_calls' must be a list.")
        }
        if calls.isEmpty { message["tool_calls"] = nil }
        for (index, call) in calls.enumerated()
        where call["function"]?["name"]?.stringValue == nil || call["function"]?["arguments"]?.stringValue == nil {
            fields.fault(
                "\(path).tool_calls[\(index)]", "wrong_type", "A call has a 'function' with the strings 'name' and 'arguments'.")
        }
    }
}
