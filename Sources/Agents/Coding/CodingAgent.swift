import Engines
import Foundation
import Foundations
import ModelHub

/// Works on the files of a folder: reads, changes and tries them out until a task is done.
public struct CodingAgent: Sendable {
    public struct Options: Sendable {
        public var loop = ToolLoop.Settings()
        public var sandbox = SandboxLimits()
        /// Asked about dangerous calls.
        public var approval = ApprovalPolicy.always
        /// Texts that the instructions have beside the rules: what to keep to, where to look.
        public var instructions: String?

        public init() {}
    }

    public let workspace: Workspace
    private let model: any ChatModel
    private let options: Options

    static let rules = """
        You are a coding agent. You work in a folder of files, by tools only: list_files, search_files and read_file to see what is there, \
        edit_file and write_file to change it, execute_command to run tests and programs. Work in small steps: look first, then change, then \
        run the tests or the program to see that it works. Never guess what a file holds; read it. When the task is done and tried out, \
        or can't be done, say so in a few words.
        """

    public init(workspace: Workspace, model: any ChatModel, options: Options = Options()) {
        self.workspace = workspace
        self.model = model
        self.options = options
    }

    /// The beginning of a conversation with it.
    public func conversation() -> AgentConversation {
        var conversation = AgentConversation()
        let text = [Self.rules, options.instructions].compactMap { $0 }.joined(separator: "\n\n")
        conversation.messages = [.init(.system, text)]
        return conversation
    }

    /// Does one task; what was said before stays in mind.
    /// - Parameters:
    ///   - state: of `state(for:after:)`.
    ///   - snapshot: the files before the run.
    ///   - onRound: given the state after each round.
    /// - Throws: what the model and the hub throw, `WorkspaceError`, `DeadlineExceeded`, `CancellationError`.
    public func run(
        _ state: ToolLoop.State, since snapshot: WorkspaceSnapshot, context: RequestContext,
        onEvent: @Sendable (AgentEvent) async throws -> Void, onRound: @Sendable (ToolLoop.State) async throws -> Void = { _ in }
    ) async throws -> (AgentResult, ToolLoop.State) {
        let tools = FileTools.all(workspace) + [CommandTool(workspace: workspace, limits: options.sandbox)]
        let loop = ToolLoop(
            model: model, tools: ToolBox(tools, approval: options.approval), settings: options.loop,
            changes: { [workspace] in try await workspace.changes(since: snapshot) })
        return try await loop.run(state, context: context, onEvent: onEvent, onRound: onRound)
    }

    /// The state that a task begins with.
    public func state(for task: String, after conversation: AgentConversation? = nil) -> ToolLoop.State {
        var conversation = conversation ?? self.conversation()
        conversation.messages.append(.init(.user, task))
        return ToolLoop.State(conversation: conversation)
    }
}
