/// Takes the code out of a model's answer.
///
/// Thoughts go first. Of fenced blocks the one that defines the function counts, else the first; a block that the token limit cut open
/// ends with the answer. Without fences the answer is code itself: a program from its first line that looks like one, or HumanEval's
/// function continued up to the first line that stands outside of it.
public enum AnswerCode {
    public static func extract(from answer: String, for task: EvaluationTask) -> String {
        let text = withoutThoughts(answer.replacingOccurrences(of: "\r\n", with: "\n"))
        let blocks = fenced(in: text)
        if let block = blocks.first(where: { PythonText.definition(of: task.entryPoint, in: $0) != nil }) ?? blocks.first {
            return task.dataset == .humaneval && PythonText.definition(of: task.entryPoint, in: block) == nil ? body(block) : block
        }
        if PythonText.definition(of: task.entryPoint, in: text) != nil { return fromFirstCode(text) }
        return task.dataset == .humaneval ? body(text) : fromFirstCode(text)
    }

    /// What is thought isn't answered; thoughts that never end leave no answer.
    static func withoutThoughts(_ text: String) -> String {
        var rest = text[...]
        var kept = ""
        for tag in ["think", "thinking", "thought"] {
            let (opening, closing) = ("<\(tag)>", "</\(tag)>")
            // Chat templates may write the opening tag themselves.
            if let end = rest.range(of: closing), !(rest[..<end.lowerBound].contains(opening)) { rest = rest[end.upperBound...] }
            kept = ""
            while let start = rest.range(of: opening) {
                kept += rest[..<start.lowerBound]
                guard let end = rest[start.upperBound...].range(of: closing) else {
                    rest = ""
                    break
                }
                rest = rest[end.upperBound...]
            }
            rest = (kept + rest)[...]
        }
        return String(rest)
    }

    private static func fenced(in text: String) -> [String] {
        var blocks: [String] = []
        var open: (fence: Substring, lines: [Substring])?
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.drop { $0 == " " }
            let fence = trimmed.prefix { $0 == "`" || $0 == "~" }
            if let current = open {
                if fence.count >= current.fence.count, fence.first == current.fence.first, trimmed.dropFirst(fence.count).allSatisfy(\.isWhitespace) {
                    blocks.append(current.lines.joined(separator: "\n") + "\n")
                    open = nil
                } else {
                    open?.lines.append(line)
                }
            } else if fence.count >= 3 {
                open = (fence, [])
            }
        }
        if let open { blocks.append(open.lines.joined(separator: "\n") + "\n") }
        return blocks.filter { !$0.allSatisfy(\.isWhitespace) }
    }

    /// Without the sentences before the program.
    private static func fromFirstCode(_ text: String) -> String {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let starts = ["def ", "async def ", "class ", "import ", "from ", "@"]
        guard let first = lines.firstIndex(where: { line in starts.contains { line.hasPrefix($0) } }) else {
            return text.allSatisfy(\.isWhitespace) ? "" : text
        }
        return lines[first...].joined(separator: "\n")
    }

    /// The rest of a function: a model may leave its first line's or every line's indentation out.
    private static func body(_ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        while let first = lines.first, first.allSatisfy(\.isWhitespace) { lines.removeFirst() }
        guard let first = lines.first else { return "" }
        if first.first?.isWhitespace == false {
            let rest = lines.dropFirst().filter { !$0.allSatisfy(\.isWhitespace) }
            let isOnlyFirst = !rest.isEmpty && rest[0].hasPrefix("    ") && !first.hasSuffix(":")
            lines = isOnlyFirst ? ["    " + first] + lines.dropFirst() : lines.map { $0.isEmpty ? $0 : "    " + $0 }
        }
        let end = lines.firstIndex { $0.first?.isWhitespace == false } ?? lines.endIndex
        return lines[..<end].joined(separator: "\n") + "\n"
    }
}
