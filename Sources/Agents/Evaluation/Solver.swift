import Crypto
import Engines
import Foundation
import Foundations
import ModelHub

/// What stands against the tasks.
public protocol Solver: Sendable {
    /// As reports name it.
    var name: String { get }
    /// - Parameter sample: counted from 0.
    func solve(_ task: EvaluationTask, sample: Int) async throws -> Solution
}

/// One answer, with the code in it.
public struct Solution: Sendable, Equatable {
    /// As it came.
    public var answer: String
    public var code: String
    public var seed: Int?
    public var finishReason: String?
    /// As the engine counts them; `nil` where it doesn't say.
    public var promptTokens: Int?
    public var tokens: Int?
    public var seconds: Double
    /// Whether nothing came in time.
    public var isMissing = false

    public init(answer: String, code: String, seconds: Double = 0) {
        self.answer = answer
        self.code = code
        self.seconds = seconds
    }
}

/// Answers that come with the data set, or none: a harness that doesn't give them 100 % and 0 % measures nothing.
public enum KnownSolver: String, Solver, CaseIterable {
    case canonical
    case empty

    public var name: String { rawValue }

    public func solve(_ task: EvaluationTask, sample: Int) async throws -> Solution {
        let code = self == .canonical ? task.canonicalSolution : ""
        return Solution(answer: code, code: code)
    }
}

/// How a model is asked.
public struct SolverSettings: Sendable, Equatable, Codable {
    public var temperature = 0.0
    public var topP: Double?
    public var maxTokens = 1024
    public var seed = 0
    /// Seconds for one answer.
    public var timeout = 300.0

    public init() {}

    enum CodingKeys: String, CodingKey {
        case temperature, seed, timeout
        case topP = "top_p"
        case maxTokens = "max_tokens"
    }

    /// Each sample draws its own numbers, the same in each run.
    func seed(of task: EvaluationTask, sample: Int) -> Int {
        let digest = SHA256.hash(data: Data("\(seed)\n\(task.id)\n\(sample)".utf8))
        return Int(digest.prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
    }
}

/// A model, asked once for each sample.
public struct ChatSolver: Solver {
    private let model: any ChatModel
    private let settings: SolverSettings
    /// Characters of an answer that are kept: a model that runs on and on fills no memory.
    private static let maxAnswer = 1 << 20

    public init(model: any ChatModel, settings: SolverSettings) {
        self.model = model
        self.settings = settings
    }

    public var name: String { model.id }

    public func solve(_ task: EvaluationTask, sample: Int) async throws -> Solution {
        var request = ChatRequest(messages: [ChatMessage(.user, EvaluationPrompt.text(for: task))])
        request.temperature = settings.temperature
        request.topP = settings.topP
        request.maxTokens = settings.maxTokens
        request.seed = settings.seed(of: task, sample: sample)
        request.isFollowed = false
        let deadline = Deadline.after(.seconds(settings.timeout))
        let context = RequestContext(deadline: deadline, priority: .batch)
        let started = ContinuousClock.now
        var solution: Solution
        do {
            solution = try await withDeadline(deadline, waitingFor: "the model's answer") { [request] in try await answer(request, context) }
        } catch is DeadlineExceeded {
            solution = Solution(answer: "", code: "")
            solution.isMissing = true
        }
        solution.code = AnswerCode.extract(from: solution.answer, for: task)
        solution.seed = request.seed
        solution.seconds = (ContinuousClock.now - started) / .seconds(1)
        return solution
    }

    private func answer(_ request: ChatRequest, _ context: RequestContext) async throws -> Solution {
        var solution = Solution(answer: "", code: "")
        var size = 0
        for try await events in try await model.stream(request, context: context) {
            for event in events {
                switch event {
                case .text(let text):
                    if size < Self.maxAnswer { solution.answer += text }
                    size += text.utf8.count
                case .finished(let finish):
                    solution.finishReason = finish.reason
                    solution.promptTokens = finish.promptTokens
                    solution.tokens = finish.completionTokens
                case .promptProgress, .delta: break
                }
            }
        }
        return solution
    }
}

/// What a model is told. Tests stay unseen, but for MBPP's first assert: nothing else says how the function is called.
public enum EvaluationPrompt {
    public static func text(for task: EvaluationTask) -> String {
        switch task.dataset {
        case .humaneval:
            """
            Complete this Python function. Answer with the whole function, its imports included, in one Python code block and nothing else.

            ```python
            \(task.prompt.trimmingCharacters(in: .newlines))
            ```
            """
        case .mbpp:
            """
            \(task.prompt.trimmingCharacters(in: .whitespacesAndNewlines))

            Write it in Python so that this holds:

            ```python
            \((task.shownTest ?? "").trimmingCharacters(in: .whitespacesAndNewlines))
            ```

            Answer with one Python code block and nothing else.
            """
        }
    }
}
