import Foundation
import Foundations

/// The tools for files of a workspace. Names and answers are those that agents of this kind have long had.
public enum FileTools {
    public static func all(_ workspace: Workspace) -> [any AgentTool] {
        [
            ReadFileTool(workspace: workspace), WriteFileTool(workspace: workspace), EditFileTool(workspace: workspace),
            ListFilesTool(workspace: workspace), SearchFilesTool(workspace: workspace),
        ]
    }
}

struct ReadFileTool: AgentTool {
    let workspace: Workspace
    let definition = ToolDefinition("read_file", "Read a text file of the workspace.", required: [("file_path", "Path in the workspace, such as src/main.py")])

    func effect(of arguments: JSONValue) -> ToolEffect { .reads }

    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let path = arguments.text("file_path")
        return ToolOutcome(["content": .string(try await workspace.read(path)), "file_path": .string(path)])
    }
}

struct WriteFileTool: AgentTool {
    let workspace: Workspace
    let definition = ToolDefinition(
        "write_file", "Write a whole text file of the workspace. To change a part of a file, use edit_file.",
        required: [("file_path", "Path in the workspace; folders are made"), ("content", "The whole new content")])

    func effect(of arguments: JSONValue) -> ToolEffect { .changes }

    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let (path, content) = (arguments.text("file_path"), arguments.text("content"))
        let old = try? await workspace.read(path)
        try await workspace.write(path, content)
        return ToolOutcome(
            ["success": true, "file_path": .string(path), "bytes_written": .integer(content.utf8.count)],
            diff: FileDiff(path: path, old: old, new: content))
    }
}

struct EditFileTool: AgentTool {
    let workspace: Workspace
    let definition = ToolDefinition(
        "edit_file", "Replace a piece of a text file. The old text must stand in the file exactly once, with its indentation.",
        required: [("file_path", "Path in the workspace"), ("old_text", "What stands there now"), ("new_text", "What takes its place")])

    func effect(of arguments: JSONValue) -> ToolEffect { .changes }

    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let (path, wanted) = (arguments.text("file_path"), arguments.text("old_text"))
        let old = try await workspace.read(path)
        let places = wanted.isEmpty ? [] : old.ranges(of: wanted)
        guard let place = places.first, places.count == 1 else { throw EditFault(path: path, places: places.count) }
        let new = old.replacingCharacters(in: place, with: arguments.text("new_text"))
        try await workspace.write(path, new)
        let diff = FileDiff(path: path, old: old, new: new)
        return ToolOutcome(["success": true, "file_path": .string(path), "diff": .string(diff?.text ?? "")], diff: diff)
    }
}

/// The text to be replaced isn't there, or more than once.
struct EditFault: ReportableError {
    var path: String
    var places: Int

    var report: ErrorReport {
        places == 0
            ? ErrorReport(.unprocessable, code: "old_text_missing", "old_text doesn't stand in \(path). Read the file and copy the lines exactly.")
            : ErrorReport(.unprocessable, code: "old_text_ambiguous", "old_text stands in \(path) \(places) times. Give more of the lines around it.")
    }
}

struct ListFilesTool: AgentTool {
    let workspace: Workspace
    let definition = ToolDefinition(
        "list_files", "List the files of the workspace or of one of its folders, folders below it included.", required: [],
        optional: [("directory", "Folder in the workspace; all of it without")])

    func effect(of arguments: JSONValue) -> ToolEffect { .reads }

    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let directory = arguments.text("directory")
        let items = try await workspace.items(in: directory, isDeep: true)
        let rows: [JSONValue] = items.map { item in
            let name = item.path.split(separator: "/").last.map(String.init) ?? item.path
            return ["name": .string(name), "type": .string(item.isFolder ? "directory" : "file"), "path": .string(item.path)]
        }
        return ToolOutcome(["items": .array(rows), "directory": .string(directory.isEmpty ? "." : directory)])
    }
}

struct SearchFilesTool: AgentTool {
    let workspace: Workspace
    private static let maxMatches = 100
    private static let maxLine = 240
    let definition = ToolDefinition(
        "search_files", "Find lines that hold a text, in all text files of the workspace or of one folder.",
        required: [("text", "What to look for; small and capital letters are alike")], optional: [("directory", "Folder in the workspace")])

    func effect(of arguments: JSONValue) -> ToolEffect { .reads }

    func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let wanted = arguments.text("text").lowercased()
        guard !wanted.isEmpty else { throw ErrorReport(.invalidRequest, code: "text_missing", "Say what to look for in `text`.") }
        let start: (rows: [JSONValue], isCut: Bool) = ([], false)
        let found = try await workspace.reduce(in: arguments.text("directory"), start) { found, path, text in
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where line.lowercased().contains(wanted) {
                found.isCut = found.rows.count == Self.maxMatches
                if found.isCut { return false }
                found.rows.append(["file_path": .string(path), "line": .integer(number + 1), "text": .string(String(line.prefix(Self.maxLine)))])
            }
            return true
        }
        return ToolOutcome(["matches": .array(found.rows), "truncated": .bool(found.isCut)])
    }
}
