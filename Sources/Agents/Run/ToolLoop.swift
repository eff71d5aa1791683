import Engines
import Foundation
import Foundations
import ModelHub

/// Lets a model work with tools until it says that it has finished or its budget is used up: each answer's calls are done, and their
/// results are given back to the model (OpenAI's function calling).
public struct ToolLoop: Sendable {
    /// Whether the model has to call a tool in every answer. Not every engine can make it.
    public enum ToolChoice: String, Sendable, CaseIterable {
        case automatic = "auto"
        case required
    }

    public struct Settings: Sendable {
        public var temperature: Double? = 0.2
        public var seed: Int?
        /// Tokens of one answer.
        public var maxTokens = 2048
        public var toolChoice = ToolChoice.automatic
        public var budget = AgentBudget()

        public init() {}
    }

    /// What a run has come to.
    public struct State: Sendable, Equatable {
        public var conversation: AgentConversation
        public var spent = AgentSpending()

        public init(conversation: AgentConversation) { self.conversation = conversation }
    }

    private let model: any ChatModel
    private let tools: ToolBox
    private let settings: Settings
    private let changes: @Sendable () async throws -> [FileDiff]

    static let finish = ToolDefinition(
        "finish", "Say that the task is done, or that it can't be done.", required: [("answer", "What was done and what was found, for the person who asked")])
    /// The same call again and again leads nowhere.
    private static let maxRepeats = 3
    /// What a model says in the middle of a run without calling anything, or cut off.
    private static let reminder = "Go on: call a tool, or call finish when the task is done."

    /// - Parameter changes: what has changed since the run began, for its result.
    public init(
        model: any ChatModel, tools: ToolBox, settings: Settings = Settings(), changes: @escaping @Sendable () async throws -> [FileDiff] = { [] }
    ) {
        self.model = model
        self.tools = tools
        self.settings = settings
        self.changes = changes
    }

    private var mustCall: Bool { settings.toolChoice == .required }

    /// - Parameters:
    ///   - state: where to begin; its conversation ends with what the person wants.
    ///   - onEvent: told what happens, in order; the run waits for it.
    ///   - onRound: given the state after each round.
    /// - Returns: the result, and the state to go on from with a next task.
    /// - Throws: what the model and the hub throw; `DeadlineExceeded`, `CancellationError`.
    public func run(
        _ state: State, context: RequestContext, onEvent: @Sendable (AgentEvent) async throws -> Void,
        onRound: @Sendable (State) async throws -> Void = { _ in }
    ) async throws -> (AgentResult, State) {
        var state = state
        let begun = ContinuousClock.now
        let before = state.spent.seconds
        // The run's own time: calls and answers are bounded by it, too.
        let context = context.capped(at: .after(.seconds(max(0.001, settings.budget.seconds - before))))
        var answer = ""
        while true {
            state.spent.seconds = before + (ContinuousClock.now - begun) / .seconds(1)
            if let limit = state.spent.exhausted(settings.budget) { return try await ended(limit, answer, state, onEvent) }
            let reply: Reply
            do { reply = try await ask(state, context, onEvent) } catch is DeadlineExceeded where state.spent.iterations > 0 {
                state.spent.seconds = before + (ContinuousClock.now - begun) / .seconds(1)
                return try await ended(.seconds, answer, state, onEvent)
            }
            state.spent.iterations += 1
            state.spent.promptTokens += reply.promptTokens
            state.spent.tokens += reply.tokens
            if !reply.text.isEmpty { answer = reply.text }
            let calls = reply.calls(round: state.spent.iterations, names: names)
            state.conversation.messages.append(.init(.assistant, reply.text, reasoning: reply.thought.isEmpty ? nil : reply.thought, calls: calls))
            if let finish = calls.first(where: { $0.name == Self.finish.name }) {
                let told = (try? JSONValue(parsing: Data(finish.arguments.utf8)))?.text("answer") ?? ""
                return try await ended(nil, told.isEmpty ? answer : told, answering(calls, in: state), onEvent)
            }
            if calls.isEmpty {
                if !mustCall, reply.finish != "length" { return try await ended(nil, answer, state, onEvent) }
                state.conversation.messages.append(.init(.user, Self.reminder))
            }
            try await perform(calls, &state, context, onEvent)
            try await onEvent(.spent(state.spent))
            try await onRound(state)
        }
    }

    private var names: Set<String> { Set(tools.tools.map(\.definition.name)).union(mustCall ? [Self.finish.name] : []) }

    private func perform(
        _ calls: [ToolCall], _ state: inout State, _ context: RequestContext, _ onEvent: @Sendable (AgentEvent) async throws -> Void
    ) async throws {
        guard !calls.isEmpty else { return }
        for call in calls { try await onEvent(.call(call)) }
        let left = max(0, settings.budget.toolCalls - state.spent.toolCalls)
        let repeated = calls.map { isRepeated($0, in: state.conversation) }
        let going = calls.enumerated().filter { $0.offset < left && !repeated[$0.offset] }
        var results = try await tools.perform(going.map(\.element), context: context)[...]
        for (place, call) in calls.enumerated() {
            let result =
                place >= left
                ? ToolResult(call: call, content: ["error": "No more calls are allowed in this run."], isError: true)
                : repeated[place]
                    ? ToolResult(call: call, content: ["error": "This very call was made before, and its result is the same. Do something else, or finish."], isError: true)
                    : results.removeFirst()
            try await onEvent(.result(result))
            state.conversation.messages.append(.init(.tool, String(decoding: result.content.encoded(), as: UTF8.self), callID: call.id))
        }
        state.spent.toolCalls += calls.count
    }

    /// Whether the newest answers were this call and nothing else.
    private func isRepeated(_ call: ToolCall, in conversation: AgentConversation) -> Bool {
        let answers = conversation.messages.filter { $0.role == .assistant }.suffix(Self.maxRepeats)
        return answers.count == Self.maxRepeats
            && answers.allSatisfy { $0.calls.contains { $0.name == call.name && $0.arguments == call.arguments } }
    }

    /// A conversation in which every call has an answer, as chat templates want it.
    private func answering(_ calls: [ToolCall], in state: State) -> State {
        var state = state
        for call in calls { state.conversation.messages.append(.init(.tool, #"{"finished":true}"#, callID: call.id)) }
        return state
    }

    private func ended(
        _ limit: AgentLimit?, _ answer: String, _ state: State, _ onEvent: @Sendable (AgentEvent) async throws -> Void
    ) async throws -> (AgentResult, State) {
        let result = AgentResult(limit: limit, answer: answer, spent: state.spent, diffs: try await changes())
        try await onEvent(.finished(result))
        return (result, state)
    }

    private func ask(_ state: State, _ context: RequestContext, _ onEvent: @Sendable (AgentEvent) async throws -> Void) async throws -> Reply {
        let maxTokens = min(settings.maxTokens, settings.budget.tokens - state.spent.tokens)
        let room = model.contextTokens.map { max(512, $0 - maxTokens - 1024) }
        var request = ChatRequest(messages: state.conversation.chatMessages(within: room))
        request.temperature = settings.temperature
        request.seed = settings.seed
        request.maxTokens = maxTokens
        var definitions = tools.tools.map(\.definition.json)
        if mustCall { definitions.append(Self.finish.json) }
        if !definitions.isEmpty {
            request.extra["tools"] = .array(definitions)
            request.extra["tool_choice"] = mustCall ? "required" : "auto"
        }
        var reply = Reply()
        for try await event in try await model.stream(request, context: context).events {
            switch event {
            case .promptProgress: break
            case .text(let text):
                reply.text += text
                try await onEvent(.text(text))
            case .delta(let delta):
                reply.assembler.add(delta)
                if let thought = delta["reasoning_content"]?.stringValue ?? delta["reasoning"]?.stringValue, !thought.isEmpty {
                    reply.thought += thought
                    try await onEvent(.thought(thought))
                }
            case .finished(let finish):
                reply.finish = finish.reason
                reply.promptTokens = finish.promptTokens ?? 0
                // Where the engine doesn't count, four characters are about one token.
                reply.tokens = finish.completionTokens ?? reply.text.utf8.count / 4
            }
        }
        try Task.checkCancellation()
        return reply
    }

    private struct Reply {
        var text = ""
        var thought = ""
        var assembler = ToolCallAssembler()
        var finish = "stop"
        var promptTokens = 0
        var tokens = 0

        /// - Parameter names: of the tools that there are.
        func calls(round: Int, names: Set<String>) -> [ToolCall] {
            let calls = assembler.calls(round: round)
            return calls.isEmpty ? WrittenCall.calls(in: text, names: names, round: round) : calls
        }
    }
}
