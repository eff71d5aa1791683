import Foundation

/// What a run found. The names are those that the files are read by.
public struct EvaluationReport: Sendable, Equatable, Codable {
    public var dataset: EvaluationDataset
    public var modelName: String
    public var timestamp: String
    public var totalTasks: Int
    /// Tasks with a solution in at least one sample.
    public var successfulTasks: Int
    /// Tasks that at least one sample solves.
    public var passedTests: Int
    public var samplesPerTask: Int
    public var passAt1: Double
    /// By k, as far as there are samples.
    public var passAtK: [String: Double]
    /// Of pass@1, over tasks.
    public var standardError: Double?
    /// Of 95 %, by k.
    public var confidenceIntervals: [String: Interval]
    public var averageExecutionTime: Double
    public var averageIterations: Double
    public var averageCommands: Double
    /// Over the samples whose tokens the engine counted; absent where it counted none.
    public var averageTokens: Double?
    public var totalTokens: Int?
    public var efficiencyScore: Double
    /// Samples by how they fared.
    public var outcomes: [String: Int]
    public var settings: RunSettings
    public var taskResults: [TaskResult]
    public var baselineComparisons: [BaselineComparison]

    enum CodingKeys: String, CodingKey {
        case dataset, timestamp, outcomes, settings
        case modelName = "model_name"
        case totalTasks = "total_tasks"
        case successfulTasks = "successful_tasks"
        case passedTests = "passed_tests"
        case samplesPerTask = "samples_per_task"
        case passAt1 = "pass_at_1"
        case passAtK = "pass_at_k"
        case standardError = "standard_error"
        case confidenceIntervals = "confidence_intervals"
        case averageExecutionTime = "average_execution_time"
        case averageIterations = "average_iterations"
        case averageCommands = "average_commands"
        case averageTokens = "average_tokens"
        case totalTokens = "total_tokens"
        case efficiencyScore = "efficiency_score"
        case taskResults = "task_results"
        case baselineComparisons = "baseline_comparisons"
    }

    /// - Parameters:
    ///   - results: all samples of each task.
    ///   - ks: the k of pass@k, beside 1.
    /// - Throws: `EvaluationError.tooFewSamples`, `EvaluationError.noTasks`.
    public init(_ results: [TaskResult], settings: RunSettings, ks: [Int], date: Date = Date()) throws {
        let tasks = Dictionary(grouping: results, by: \.taskID).sorted { $0.key.localizedStandardCompare($1.key) == .orderedAscending }.map(\.value)
        guard !tasks.isEmpty else { throw EvaluationError.noTasks }
        let passes = tasks.map { $0.count(where: \.passedTests) }
        dataset = settings.dataset
        modelName = settings.model
        timestamp = date.formatted(.iso8601)
        totalTasks = tasks.count
        successfulTasks = tasks.count { $0.contains(where: \.success) }
        passedTests = passes.count { $0 > 0 }
        samplesPerTask = settings.samples
        var estimates: [String: Double] = [:]
        var intervals: [String: Interval] = [:]
        for k in Set(ks + [1]) {
            let values = try zip(tasks, passes).map { try PassAtK.estimate(samples: $0.count, passed: $1, k: k) }
            estimates["\(k)"] = Statistics.mean(values)
            intervals["\(k)"] =
                settings.samples == 1 ? .wilson(passed: passedTests, of: totalTasks) : .bootstrap(meanOf: values)
            if k == 1 { standardError = Statistics.standardError(values) }
        }
        passAtK = estimates
        passAt1 = estimates["1"] ?? 0
        confidenceIntervals = intervals
        averageExecutionTime = Statistics.mean(results.map(\.executionTimeSeconds)) ?? 0
        averageIterations = Statistics.mean(results.map { Double($0.agentIterations) }) ?? 0
        averageCommands = Statistics.mean(results.map { Double($0.commandsExecuted) }) ?? 0
        let tokens = results.compactMap(\.tokensGenerated)
        averageTokens = Statistics.mean(tokens.map(Double.init))
        totalTokens = tokens.isEmpty ? nil : tokens.reduce(0, +)
        efficiencyScore =
            0.5 * passAt1 + 0.2 / (1 + averageExecutionTime / 60) + 0.15 / (1 + averageIterations / 5) + 0.15 / (1 + averageCommands / 20)
        outcomes = Dictionary(grouping: results, by: \.outcome.rawValue).mapValues(\.count)
        self.settings = settings
        taskResults = tasks.flatMap { $0.sorted { $0.attemptNumber < $1.attemptNumber } }
        baselineComparisons = []
        baselineComparisons = Baseline.all.filter { $0.dataset == settings.dataset }.map { BaselineComparison($0, passAt1: passAt1, passAtK: estimates) }
    }
}

/// A published figure. Prompts and numbers of samples differ between publications: it is for orientation.
struct Baseline {
    var name: String
    var dataset: EvaluationDataset
    var passAt1: Double

    static let all = [
        Baseline(name: "GPT-4", dataset: .humaneval, passAt1: 0.674),
        Baseline(name: "Claude-3-Opus", dataset: .humaneval, passAt1: 0.84),
        Baseline(name: "Qwen2.5-32B", dataset: .humaneval, passAt1: 0.75),
        Baseline(name: "GPT-3.5-Turbo", dataset: .humaneval, passAt1: 0.48),
        Baseline(name: "GPT-4", dataset: .mbpp, passAt1: 0.83),
        Baseline(name: "Claude-3-Opus", dataset: .mbpp, passAt1: 0.87),
        Baseline(name: "Qwen2.5-32B", dataset: .mbpp, passAt1: 0.80),
    ]
}

/// A run beside a published figure.
public struct BaselineComparison: Sendable, Equatable, Codable {
    public var baselineName: String
    public var baselinePassAt1: Double
    /// Publications give pass@1 only.
    public var baselinePassAtK: [String: Double]
    public var ourPassAt1: Double
    public var ourPassAtK: [String: Double]
    public var passAt1Delta: Double
    public var passAtKDelta: [String: Double]

    enum CodingKeys: String, CodingKey {
        case baselineName = "baseline_name"
        case baselinePassAt1 = "baseline_pass_at_1"
        case baselinePassAtK = "baseline_pass_at_k"
        case ourPassAt1 = "our_pass_at_1"
        case ourPassAtK = "our_pass_at_k"
        case passAt1Delta = "pass_at_1_delta"
        case passAtKDelta = "pass_at_k_delta"
    }

    init(_ baseline: Baseline, passAt1: Double, passAtK: [String: Double]) {
        baselineName = baseline.name
        baselinePassAt1 = baseline.passAt1
        baselinePassAtK = ["1": baseline.passAt1]
        ourPassAt1 = passAt1
        ourPassAtK = passAtK
        passAt1Delta = passAt1 - baseline.passAt1
        passAtKDelta = ["1": passAt1 - baseline.passAt1]
    }
}
