import Foundations

/// What a run may spend; whatever of it is used up first ends the run.
public struct AgentBudget: Sendable, Equatable {
    /// Answers of the model.
    public var iterations = 5
    /// Tokens of all answers together.
    public var tokens = 32_768
    public var seconds = 300.0
    public var toolCalls = 50

    public init() {}
}

/// What a run has spent so far.
public struct AgentSpending: Sendable, Equatable {
    public var iterations = 0
    public var promptTokens = 0
    public var tokens = 0
    public var seconds = 0.0
    public var toolCalls = 0

    public init() {}

    /// What is used up first, in the order in which people would name it; `nil` while something is left of all.
    public func exhausted(_ budget: AgentBudget) -> AgentLimit? {
        if iterations >= budget.iterations { return .iterations }
        if tokens >= budget.tokens { return .tokens }
        if seconds >= budget.seconds { return .seconds }
        return toolCalls >= budget.toolCalls ? .toolCalls : nil
    }
}

/// A part of a budget.
public enum AgentLimit: String, Sendable, CaseIterable {
    case iterations
    case tokens
    case seconds
    case toolCalls = "tool_calls"
}
