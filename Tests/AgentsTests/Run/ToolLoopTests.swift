import Agents
import Engines
import Foundation
import Foundations
import ModelHub
import Testing

/// Answers in turn with what is in the script, and keeps what it was asked.
private actor Script {
    enum Turn: Sendable {
        case text(String)
        case calls([(String, String)])
    }

    private var turns: [Turn]
    private(set) var requests: [ChatRequest] = []

    init(_ turns: [Turn]) { self.turns = turns }

    func next(_ request: ChatRequest) -> Turn {
        requests.append(request)
        return turns.count > 1 ? turns.removeFirst() : turns[0]
    }
}

private struct TalkingModel: ChatModel {
    let script: Script
    var id: String { "scripted" }
    var backend: String { "test" }
    var seesImages: Bool { false }
    var contextTokens: Int? { 8192 }
    var patchSize: Int? { nil }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        let turn = await script.next(request)
        return ChatStream { stream in
            switch turn {
            case .text(let text): stream.yield([.text(text)])
            case .calls(let calls):
                for (index, call) in calls.enumerated() {
                    // In two pieces, as engines send them.
                    let half = call.1.index(call.1.startIndex, offsetBy: call.1.count / 2)
                    for (name, arguments) in [(call.0, call.1[..<half]), ("", call.1[half...])] {
                        stream.yield([.delta(["tool_calls": [["index": .integer(index), "function": ["name": .string(name), "arguments": .string(String(arguments))]]]])])
                    }
                }
            }
            stream.yield([.finished(ChatFinish(reason: "stop", promptTokens: 10, completionTokens: 5))])
            stream.finish()
        }
    }
}

@Suite struct ToolLoopTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "agent-\(UUID().uuidString)")

    private func run(
        _ turns: [Script.Turn], approval: ApprovalPolicy = .always, budget: AgentBudget = AgentBudget(), choice: ToolLoop.ToolChoice = .automatic,
        files: [String: String] = [:]
    ) async throws -> (AgentResult, ToolLoop.State, [ChatRequest]) {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let workspace = try Workspace(folder.path)
        try await workspace.write("f.py", "x = 1\n")
        for (path, text) in files { try await workspace.write(path, text) }
        let snapshot = try await workspace.snapshot()
        var options = CodingAgent.Options()
        options.approval = approval
        options.loop.budget = budget
        options.loop.toolChoice = choice
        let script = Script(turns)
        let agent = CodingAgent(workspace: workspace, model: TalkingModel(script: script), options: options)
        let (result, state) = try await agent.run(
            agent.state(for: "Mend it."), since: snapshot, context: RequestContext(deadline: .after(.seconds(60)))) { _ in }
        return (result, state, await script.requests)
    }

    @Test func resultsOfToolsAreFedBack() async throws {
        let (result, _, requests) = try await run([
            .calls([("read_file", #"{"file_path":"f.py"}"#)]),
            .calls([("edit_file", #"{"file_path":"f.py","old_text":"x = 1","new_text":"x = 2"}"#)]),
            .calls([("execute_command", #"{"command":"python3 f.py && cat f.py"}"#)]), .text("Done."),
        ])
        #expect(result.limit == nil && result.answer == "Done.")
        #expect(result.diffs.map(\.text) == ["--- a/f.py\n+++ b/f.py\n@@ -1,1 +1,1 @@\n-x = 1\n+x = 2\n"])
        #expect(result.spent.iterations == 4 && result.spent.toolCalls == 3 && result.spent.tokens == 20)
        let last = requests[3].messages.suffix(2)
        #expect(last.first?.extra["tool_calls"]?.arrayValue?.count == 1)
        guard case .text(let told)? = last.last?.parts.first else {
            Issue.record("the result is missing")
            return
        }
        #expect(told.contains(#""returncode":0"#) && told.contains(#""stdout":"x = 2\n""#))
    }

    @Test func callsThatAreWrittenIntoTheTextAreTaken() async throws {
        let (result, state, _) = try await run([
            .text("I look.\n```json\n{\"name\": \"read_file\", \"arguments\": {\"file_path\": \"f.py\"}}\n```"), .text("It is 1."),
        ])
        #expect(result.answer == "It is 1." && result.spent.toolCalls == 1)
        #expect(state.conversation.messages.contains { $0.role == .tool && $0.text.contains("x = 1") })
    }

    @Test(arguments: [
        ("no_such_tool", "{}", "There is no tool"), ("read_file", "{not json", "JSON object"), ("read_file", "{}", "file_path"),
        ("read_file", #"{"file_path":"../../etc/passwd"}"#, "out of the workspace"), ("edit_file", #"{"file_path":"f.py","old_text":"y","new_text":""}"#, "doesn't stand"),
    ])
    func whatGoesWrongIsToldToTheModel(name: String, arguments: String, told: String) async throws {
        let (result, state, _) = try await run([.calls([(name, arguments)]), .text("So be it.")])
        #expect(result.limit == nil && result.diffs.isEmpty)
        #expect(state.conversation.messages.contains { $0.role == .tool && $0.text.contains("error") && $0.text.contains(told) })
    }

    @Test func dangerousCommandsNeedApproval() async throws {
        let (result, state, _) = try await run([.calls([("execute_command", #"{"command":"rm -f f.py"}"#)]), .text("No.")], approval: .never)
        #expect(result.diffs.isEmpty)
        #expect(state.conversation.messages.contains { $0.role == .tool && $0.text.contains("wasn't approved") })
        let (allowed, _, _) = try await run([.calls([("execute_command", #"{"command":"rm -f f.py"}"#)]), .text("Gone.")])
        #expect(allowed.diffs.map(\.isDeleted) == [true])
    }

    @Test func aLoopEndsByItsBudget() async throws {
        var budget = AgentBudget()
        budget.iterations = 5
        let (result, state, _) = try await run([.calls([("list_files", "{}")])], budget: budget)
        #expect(result.limit == .iterations && result.spent.iterations == 5)
        #expect(state.conversation.messages.contains { $0.text.contains("made before") })
    }

    @Test func aModelThatHasToCallEndsByACall() async throws {
        let (result, state, requests) = try await run(
            [.text("I think…"), .calls([("finish", #"{"answer":"Nothing to do."}"#)])], choice: .required)
        #expect(result.limit == nil && result.answer == "Nothing to do.")
        #expect(requests[0].extra["tool_choice"] == "required")
        // It was told to go on, and each call has an answer.
        #expect(state.conversation.messages.map(\.role) == [.system, .user, .assistant, .user, .assistant, .tool])
    }

    @Test func whatIsLongAgoIsLeftOutOfAFullContext() async throws {
        let long = String(repeating: "0123456789", count: 900)
        let (_, state, requests) = try await run(
            [.calls([("read_file", #"{"file_path":"a"}"#)]), .calls([("read_file", #"{"file_path":"b"}"#)]), .calls([("read_file", #"{"file_path":"f.py"}"#)]), .text("Read.")],
            files: ["a": "a" + long, "b": "b" + long])
        let told = requests[3].messages.filter { $0.role == .tool }.map { message in
            if case .text(let text)? = message.parts.first { text } else { "" }
        }
        #expect(told.count == 3 && told[0].contains("long ago") && told[2].contains("x = 1"))
        #expect(state.conversation.messages.contains { $0.text.contains("a0123456789") })
    }

    @Test func callsThatOnlyReadGoTogetherAndInOrder() async throws {
        let (result, state, _) = try await run([
            .calls([("read_file", #"{"file_path":"f.py"}"#), ("search_files", #"{"text":"X ="}"#), ("list_files", "{}")]), .text("All seen."),
        ])
        let told = state.conversation.messages.filter { $0.role == .tool }.map(\.text)
        #expect(result.spent.toolCalls == 3)
        #expect(told.count == 3 && told[0].contains("content") && told[1].contains(#""line":1"#) && told[2].contains("items"))
    }

    @Test func commandsReachNothingButTheWorkspace() async throws {
        let (_, state, _) = try await run([
            .calls([("execute_command", #"{"command":"ls /root /home /work /etc/shadow; env; id -u; ls; echo x > /usr/x; exec 3<>/dev/tcp/127.0.0.1/1"}"#)]), .text("."),
        ])
        let told = state.conversation.messages.last { $0.role == .tool }?.text ?? ""
        #expect(told.contains("f.py") && told.contains("Read-only") && told.contains("'/root'") && !told.contains("USER="))
    }
}
