import Foundation
import Foundations

/// Reads calls that a small model wrote into its text, in the form that its template taught it, where the engine didn't take them for calls:
/// `{"name": …, "arguments": {…}}`, alone, in a code block or between `<tool_call>` marks.
enum WrittenCall {
    /// - Returns: the first object that names a tool; several in one answer are mostly the same thought again.
    static func calls(in text: String, names: Set<String>, round: Int) -> [ToolCall] {
        for start in text.indices where text[start] == "{" {
            guard let end = end(of: text[start...]), case .object(let fields)? = try? JSONValue(parsing: Data(text[start...end].utf8)),
                let name = fields["name"]?.stringValue, names.contains(name), case .object(let arguments)? = fields["arguments"] ?? fields["parameters"]
            else { continue }
            return [ToolCall(id: "call-\(round)-0", name: name, arguments: String(decoding: JSONValue.object(arguments).encoded(), as: UTF8.self))]
        }
        return []
    }

    /// Where the object that begins here ends.
    private static func end(of text: Substring) -> String.Index? {
        var (depth, isQuoted, isEscaped) = (0, false, false)
        for index in text.indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case "\\" where isQuoted: isEscaped = true
            case "\"": isQuoted.toggle()
            case "{" where !isQuoted: depth += 1
            case "}" where !isQuoted:
                depth -= 1
                if depth == 0 { return index }
            default: break
            }
        }
        return nil
    }
}
