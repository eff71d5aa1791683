import Engines
import Foundation
import Foundations

/// How a solution fared.
public enum SolutionOutcome: String, Sendable, Codable, CaseIterable {
    case passed
    /// A test didn't hold.
    case failed
    /// It raised something, or left before the tests were through.
    case error
    case timeout
    case memory
    case syntaxError = "syntax_error"
    /// The model gave nothing in time.
    case noAnswer = "no_answer"
}

/// What a check found, and what it took.
public struct CodeCheckResult: Sendable, Equatable {
    public var outcome: SolutionOutcome
    /// The exception's type, or the limit that was reached.
    public var errorType: String?
    /// In the solution's own words, a few hundred characters at most.
    public var message: String?
    /// `nil` when nothing had to run.
    public var wallTime: Duration?

    public init(outcome: SolutionOutcome, errorType: String? = nil, message: String? = nil, wallTime: Duration? = nil) {
        self.outcome = outcome
        self.errorType = errorType
        self.message = message
        self.wallTime = wallTime
    }
}

/// Runs a solution against its task's tests, in a sandbox of its own, without network and with nothing of the machine to write to.
///
///     let result = try await CodeCheck().check("def f(x):\n    return x + 1\n", of: task)
public struct CodeCheck: Sendable {
    private let timeLimit: Duration

    /// - Parameter timeLimit: for solution and tests together, Python's own start included.
    public init(timeLimit: Duration = .seconds(10)) { self.timeLimit = timeLimit }

    /// - Parameter completion: what the model gave: a whole program, or HumanEval's prompt continued.
    /// - Throws: `SandboxError`, `CancellationError`.
    public func check(_ completion: String, of task: EvaluationTask) async throws -> CodeCheckResult {
        let program = task.program(completing: completion)
        guard !program.utf8.contains(0) else { return CodeCheckResult(outcome: .syntaxError, errorType: "SyntaxError", message: "a NUL character") }
        var limits = SandboxLimits()
        limits.wallClock = timeLimit
        limits.cpu = timeLimit
        limits.memory = 1 << 30
        limits.output = 64 << 10
        // HumanEval's tests call helpers that its prompts define; they must be the task's own.
        let helpers = task.dataset == .humaneval ? task.prompt + task.canonicalSolution : ""
        let (passed, other) = (SecretText.random(), SecretText.random())
        let names = PythonText.definitions(in: task.prompt + task.canonicalSolution).joined(separator: ",")
        let input = [passed, other, names, task.entryPoint, helpers, task.setup, task.tests, program].joined(separator: "\0")
        let result = try await Sandbox(limits: limits)
            .run(["/usr/bin/python3", "-I", "-B", "-c", CheckProgram.source], input: Data(input.utf8))
        return Self.reading(result, passed: passed, other: other)
    }

    /// Only lines that begin with one of the two words count: all else came from the solution.
    private static func reading(_ result: SandboxResult, passed: String, other: String) -> CodeCheckResult {
        var found = CodeCheckResult(outcome: .error, errorType: "SystemExit", message: "it ended before its tests did", wallTime: result.wallTime)
        if result.ending != .exited {
            if result.ending != .diskLimit { found.outcome = .timeout }
            (found.errorType, found.message) = (result.ending.rawValue, nil)
            return found
        }
        if result.code != 0, result.code != 1 { found.errorType = "exit code \(result.code)" }
        for line in result.outputText.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            guard parts.count > 1 else { continue }
            if parts[0] == passed { return CodeCheckResult(outcome: .passed, wallTime: result.wallTime) }
            guard parts[0] == other, let outcome = SolutionOutcome(rawValue: parts[1]) else { continue }
            return CodeCheckResult(
                outcome: outcome, errorType: parts.count > 2 && !parts[2].isEmpty ? parts[2] : nil,
                message: parts.count > 3 && !parts[3].isEmpty ? parts[3] : nil, wallTime: result.wallTime)
        }
        return found
    }
}
