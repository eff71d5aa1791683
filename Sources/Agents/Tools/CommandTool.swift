import Engines
import Foundation
import Foundations

/// Runs shell commands in the sandbox, where the workspace can be written to and nothing else.
public struct CommandTool: AgentTool {
    private let workspace: Workspace
    private let limits: SandboxLimits
    /// Of each stream, what a model is told: its beginning and its end.
    private static let maxShown = 8000

    public let definition = ToolDefinition(
        "execute_command", "Run a shell command in the workspace, such as tests. There is no network, and a time limit.",
        required: [("command", "For /bin/sh")], optional: [("working_directory", "Folder in the workspace")])

    public init(workspace: Workspace, limits: SandboxLimits = SandboxLimits()) {
        self.workspace = workspace
        self.limits = limits
    }

    public func effect(of arguments: JSONValue) -> ToolEffect {
        CommandRisk.reason(arguments.text("command")).map { .dangerous(reason: $0) } ?? .changes
    }

    public func call(_ arguments: JSONValue, context: RequestContext) async throws -> ToolOutcome {
        let (command, directory) = (arguments.text("command"), arguments.text("working_directory"))
        guard !command.isEmpty else { throw ErrorReport(.invalidRequest, code: "command_missing", "Say what to run in `command`.") }
        // Refuses folders outside before anything is mounted.
        if !directory.isEmpty { _ = try await workspace.items(in: directory, isDeep: false) }
        var limits = limits
        limits.wallClock = min(limits.wallClock, max(.milliseconds(100), context.deadline.remaining))
        let sandbox = Sandbox(
            mounts: [Sandbox.Mount(workspace.root, at: Workspace.mountPoint, isWritable: true)], limits: limits,
            environment: ["LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"],
            workingDirectory: Workspace.mountPoint + "/" + (try workspace.relative(directory)))
        let result = try await sandbox.run(["/bin/sh", "-c", command])
        var content: [String: JSONValue] = [
            "stdout": .string(Self.shown(result.outputText)), "stderr": .string(Self.shown(result.errorText)), "returncode": .integer(Int(result.code)),
            "command": .string(command), "working_directory": .string(directory.isEmpty ? "." : directory),
            "seconds": .number((result.wallTime / .seconds(1) * 1000).rounded() / 1000),
        ]
        if result.ending != .exited { content["ended_by"] = .string(result.ending.rawValue) }
        return ToolOutcome(.object(content))
    }

    private static func shown(_ text: String) -> String {
        guard text.utf8.count > maxShown else { return text }
        let half = maxShown / 2
        return "\(text.prefix(half))\n[… \(text.count - maxShown) characters left out …]\n\(text.suffix(half))"
    }
}

/// Tells commands that delete or overwrite much, which somebody should look at even though the sandbox keeps them in the workspace.
enum CommandRisk {
    private static let programs: [String: String] = [
        "rm": "deletes files", "rmdir": "deletes folders", "shred": "destroys files", "dd": "overwrites files", "truncate": "empties files",
        "mkfs": "makes file systems", "chown": "changes owners", "kill": "ends processes", "pkill": "ends processes", "killall": "ends processes",
        "sudo": "asks for more rights", "su": "asks for more rights", "curl": "reaches into the network", "wget": "reaches into the network",
        "ssh": "reaches into the network", "nc": "reaches into the network",
    ]
    private static let git: [String: String] = [
        "clean": "deletes files that git doesn't know", "reset": "throws changes away", "checkout": "throws changes away", "restore": "throws changes away",
        "push": "publishes", "rebase": "rewrites history", "filter-branch": "rewrites history",
    ]

    /// - Returns: what is dangerous about it; `nil`: nothing that is known.
    static func reason(_ command: String) -> String? {
        let words = command.split { $0.isWhitespace || ";|&(){}`$\"'<>=".contains($0) }.map { $0.split(separator: "/").last.map(String.init) ?? String($0) }
        for (place, word) in words.enumerated() {
            if let reason = programs[word] { return reason }
            if word == "git", place + 1 < words.count, let reason = git[words[place + 1]] { return reason }
            if word == "-delete" { return "deletes files" }
        }
        return nil
    }
}
