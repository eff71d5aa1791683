import Agents
import Foundation
import Foundations

/// A person's tasks for an agent, one after the other in one conversation.
actor AgentSession {
    private let agent: CodingAgent
    private let printer: AgentPrinter
    private let transcript: String?
    private let patience: Double
    private var conversation: AgentConversation

    private static let help = """
        Type what to do. /reset forgets what was said, /diff shows what the last task changed, /quit ends. Ctrl-C stops at once.

        """

    /// - Parameters:
    ///   - transcript: the file that all that is said and done goes to.
    ///   - patience: seconds for one task.
    init(agent: CodingAgent, printer: AgentPrinter, transcript: String?, patience: Double) {
        self.agent = agent
        self.printer = printer
        self.transcript = transcript
        self.patience = patience
        conversation = agent.conversation()
    }

    /// - Returns: whether the task was finished.
    func perform(_ task: String) async throws -> Bool { try await result(of: task).limit == nil }

    /// Takes tasks until the person goes.
    /// - Returns: whether the last task was finished.
    func converse(_ lines: InputLines) async throws -> Bool {
        FileHandle.standardError.write(Data(Self.help.utf8))
        var last: AgentResult?
        while let line = try await lines.next(prompt: "> ") {
            let task = line.trimmingCharacters(in: .whitespaces)
            switch task {
            case "": continue
            case "/quit", "/exit", "quit", "exit", "q": return last?.limit == nil
            case "/help", "help", "?": FileHandle.standardError.write(Data(Self.help.utf8))
            case "/reset", "reset":
                conversation.reset()
                FileHandle.standardError.write(Data("Forgotten.\n".utf8))
            case "/diff": print(last?.diffs.map(\.text).joined() ?? "", terminator: "")
            default:
                do { last = try await result(of: task) } catch let error as CancellationError { throw error } catch {
                    // The next task may go better.
                    FileHandle.standardError.write(Data("martlet: \(ErrorReport(error).message)\n".utf8))
                }
            }
        }
        return last?.limit == nil
    }

    private func result(of task: String) async throws -> AgentResult {
        let snapshot = try await agent.workspace.snapshot()
        let context = RequestContext(deadline: .after(.seconds(patience)))
        let (result, state) = try await agent.run(agent.state(for: task, after: conversation), since: snapshot, context: context) { [printer] in
            await printer.show($0)
        } onRound: { [self] in
            // Also a run that is stopped leaves what it came to.
            try await keep($0.conversation, nil)
        }
        try keep(state.conversation, result)
        return result
    }

    private func keep(_ conversation: AgentConversation, _ result: AgentResult?) throws {
        self.conversation = conversation
        guard let transcript else { return }
        let json: JSONValue = [
            "messages": try JSONValue(parsing: JSONEncoder().encode(conversation.messages)), "result": result?.json ?? .null,
        ]
        do { try json.encoded(pretty: true).write(to: URL(fileURLWithPath: transcript), options: .atomic) } catch {
            throw ErrorReport(.unprocessable, code: "transcript_not_writable", "The transcript can't be written. Name another file.", param: "transcript")
        }
    }
}
