import Foundation

/// One sample of one task: a line of `samples.jsonl`, an entry of the report and a `…_result.json`.
public struct TaskResult: Sendable, Equatable, Codable {
    /// What the check took, measured by the sandbox.
    public struct SandboxMetrics: Sendable, Equatable, Codable {
        public var wallTime: Double
        public var commandsExecuted: Int
        /// The sandbox has no network.
        public var networkRequests: Int

        enum CodingKeys: String, CodingKey {
            case wallTime = "wall_time"
            case commandsExecuted = "commands_executed"
            case networkRequests = "network_requests"
        }
    }

    public var taskID: String
    public var dataset: EvaluationDataset
    /// Whether there is a solution at all.
    public var success: Bool
    public var passedTests: Bool
    public var outcome: SolutionOutcome
    public var errorType: String?
    public var errorMessage: String?
    public var solutionCode: String
    /// The model's own words.
    public var answer: String?
    /// From the question to the end of the check.
    public var executionTimeSeconds: Double
    public var generationSeconds: Double
    public var sandboxMetrics: SandboxMetrics?
    public var agentIterations: Int
    /// As the engine counts them; absent where it doesn't say.
    public var tokensGenerated: Int?
    public var promptTokens: Int?
    public var finishReason: String?
    public var seed: Int?
    public var filesCreated: Int
    public var filesModified: Int
    public var commandsExecuted: Int
    /// From 1.
    public var attemptNumber: Int

    enum CodingKeys: String, CodingKey {
        case dataset, success, outcome, answer, seed
        case taskID = "task_id"
        case passedTests = "passed_tests"
        case errorType = "error_type"
        case errorMessage = "error_message"
        case solutionCode = "solution_code"
        case executionTimeSeconds = "execution_time_seconds"
        case generationSeconds = "generation_seconds"
        case sandboxMetrics = "sandbox_metrics"
        case agentIterations = "agent_iterations"
        case tokensGenerated = "tokens_generated"
        case promptTokens = "prompt_tokens"
        case finishReason = "finish_reason"
        case filesCreated = "files_created"
        case filesModified = "files_modified"
        case commandsExecuted = "commands_executed"
        case attemptNumber = "attempt_number"
    }

    init(_ task: EvaluationTask, sample: Int, solution: Solution, check: CodeCheckResult) {
        taskID = task.id
        dataset = task.dataset
        success = !solution.code.allSatisfy(\.isWhitespace)
        passedTests = check.outcome == .passed
        outcome = check.outcome
        errorType = check.errorType
        errorMessage = check.message
        solutionCode = solution.code
        answer = solution.answer
        executionTimeSeconds = solution.seconds + (check.wallTime ?? .zero) / .seconds(1)
        generationSeconds = solution.seconds
        commandsExecuted = check.wallTime == nil ? 0 : 1
        sandboxMetrics = check.wallTime.map { SandboxMetrics(wallTime: $0 / .seconds(1), commandsExecuted: 1, networkRequests: 0) }
        agentIterations = 1
        tokensGenerated = solution.tokens
        promptTokens = solution.promptTokens
        finishReason = solution.finishReason
        seed = solution.seed
        filesCreated = 0
        filesModified = 0
        attemptNumber = sample + 1
    }
}
