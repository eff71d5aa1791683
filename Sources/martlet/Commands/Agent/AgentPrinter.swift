import Agents
import Foundation
import Foundations

/// Shows what an agent does: for people its words on standard output and its deeds on standard error, for programs a JSON object a line.
actor AgentPrinter {
    private let json: Bool
    private let quiet: Bool
    private var isMidLine = false
    /// What the model has said since its last call.
    private var said = ""
    private static let maxShown = 300

    init(json: Bool, quiet: Bool) {
        self.json = json
        self.quiet = quiet
    }

    func show(_ event: AgentEvent) {
        if json { return printJSON(event.json, onOneLine: true) }
        switch event {
        case .text(let text):
            said += text
            write(text, to: .standardOutput)
        case .thought(let text): if !quiet { write(text, to: .standardError) }
        case .call(let call):
            said = ""
            note("→ \(call.name) \(Self.short(call.arguments))")
        case .result(let result):
            if let diff = result.diff { note(diff.text.trimmingCharacters(in: .newlines)) } else { note((result.isError ? "✗ " : "← ") + Self.short(Self.words(result.content))) }
        case .spent: break
        case .finished(let result): finish(result)
        }
    }

    private func finish(_ result: AgentResult) {
        endLine()
        // A model that ends by a call of its own hasn't said its answer yet.
        if said.isEmpty { print(result.answer) }
        said = ""
        if let limit = result.limit {
            note("Stopped: the bound on \(limit.rawValue.replacingOccurrences(of: "_", with: " ")) was reached. Allow more, or go on with a new task.")
        }
        let files = result.diffs.map { "\($0.path) +\($0.added) -\($0.removed)" }.joined(separator: ", ")
        let spent = result.spent
        note("\(spent.iterations) answers, \(spent.toolCalls) calls, \(spent.tokens) tokens, \(String(format: "%.1f", spent.seconds)) s. Changed: \(files.isEmpty ? "nothing" : files)")
    }

    private static func words(_ content: JSONValue) -> String {
        if let error = content["error"]?.stringValue { return error }
        guard let code = content["returncode"]?.intValue else { return String(decoding: content.encoded(), as: UTF8.self) }
        let output = ["stdout", "stderr"].compactMap { content[$0]?.stringValue }.joined(separator: "\n")
        return "code \(code)\(content["ended_by"]?.stringValue.map { ", \($0)" } ?? ""): \(output)"
    }

    private static func short(_ text: String) -> String {
        let line = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return line.count > maxShown ? line.prefix(maxShown) + "…" : line
    }

    private func note(_ text: String) {
        guard !quiet else { return }
        endLine()
        write(text + "\n", to: .standardError)
    }

    private func endLine() {
        if isMidLine { write("\n", to: .standardOutput) }
    }

    private func write(_ text: String, to file: FileHandle) {
        file.write(Data(text.utf8))
        isMidLine = text.last.map { !$0.isNewline } ?? isMidLine
    }
}
