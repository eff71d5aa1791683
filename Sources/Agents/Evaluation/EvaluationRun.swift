import Foundation
import Foundations

/// Asks for samples of every task, checks each, and keeps them.
///
///     let run = EvaluationRun(tasks: tasks, fingerprint: fingerprint, solver: ChatSolver(model: model, settings: settings))
///     let report = try await run.run { print($0) }
public struct EvaluationRun: Sendable {
    /// How far a run has come.
    public struct Progress: Sendable, Equatable {
        public var done: Int
        public var total: Int
        public var passed: Int
        /// Of this process, not of those before it.
        public var perMinute: Double
        public var secondsLeft: Double?
    }

    public var tasks: [EvaluationTask]
    public var settings: RunSettings
    public var solver: any Solver
    public var ks: [Int] = [1]
    /// Samples worked on at a time.
    public var jobs = ProcessInfo.processInfo.activeProcessorCount
    /// Where the run is kept, in a folder named after the data set; `nil`: nowhere.
    public var output: URL?
    public var isResuming = false

    /// - Parameter fingerprint: of the data set's file.
    public init(
        tasks: [EvaluationTask], fingerprint: String, solver: any Solver, samples: Int = 1, checkTimeout: Double = 10,
        solverSettings: SolverSettings? = nil
    ) throws {
        guard let first = tasks.first else { throw EvaluationError.noTasks }
        self.tasks = tasks
        self.solver = solver
        settings = RunSettings(
            dataset: first.dataset, datasetSHA256: fingerprint, model: solver.name, samples: samples, checkTimeout: checkTimeout,
            solver: solverSettings)
    }

    private struct Job: Hashable {
        var task: String
        var sample: Int
    }

    /// - Throws: `EvaluationError`, `SandboxError`, what the solver throws, `CancellationError`. What is done by then is kept.
    public func run(progress: (@Sendable (Progress) -> Void)? = nil) async throws -> EvaluationReport {
        // Before anything is asked in vain.
        if let k = ks.max(), k > settings.samples { throw EvaluationError.tooFewSamples(k: k, samples: settings.samples) }
        let files = output.map { EvaluationFiles(folder: $0.appending(path: settings.dataset.rawValue, directoryHint: .isDirectory)) }
        let names = Set(tasks.map(\.id))
        var log: SampleLog?
        var results: [Job: TaskResult] = [:]
        if let files {
            let opened = try await SampleLog.open(in: files.folder, settings: settings, resuming: isResuming)
            log = opened.log
            for result in opened.done where names.contains(result.taskID) && (1...settings.samples).contains(result.attemptNumber) {
                results[Job(task: result.taskID, sample: result.attemptNumber - 1)] = result
            }
        }
        let wanted = tasks.flatMap { task in (0..<settings.samples).map { (task, $0) } }
            .filter { results[Job(task: $0.id, sample: $1)] == nil }
        let started = ContinuousClock.now
        let (kept, total) = (results.count, results.count + wanted.count)
        func report() {
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            let fresh = results.count - kept
            progress?(
                Progress(
                    done: results.count, total: total, passed: results.values.count(where: \.passedTests),
                    perMinute: seconds > 0 ? Double(fresh) / seconds * 60 : 0,
                    secondsLeft: fresh > 0 ? seconds / Double(fresh) * Double(total - results.count) : nil))
        }
        report()
        try await withThrowingTaskGroup(of: TaskResult.self) { group in
            var waiting = wanted[...]
            func start() {
                guard let (task, sample) = waiting.popFirst() else { return }
                group.addTask { [log] in
                    let result = try await self.result(of: task, sample: sample)
                    try await log?.append(result)
                    return result
                }
            }
            for _ in 0..<max(1, jobs) { start() }
            while let result = try await group.next() {
                results[Job(task: result.taskID, sample: result.attemptNumber - 1)] = result
                report()
                start()
            }
        }
        let summary = try EvaluationReport(Array(results.values), settings: settings, ks: ks)
        try await files?.write(summary)
        return summary
    }

    private func result(of task: EvaluationTask, sample: Int) async throws -> TaskResult {
        let solution = try await solver.solve(task, sample: sample)
        let check =
            solution.isMissing
            ? CodeCheckResult(outcome: .noAnswer, message: "the model gave no answer in time")
            : try await CodeCheck(timeLimit: .seconds(settings.checkTimeout)).check(solution.code, of: task)
        return TaskResult(task, sample: sample, solution: solution, check: check)
    }
}

extension [EvaluationTask] {
    /// Those with the names, in the data set's order, and of these the first ones.
    /// - Throws: `EvaluationError.unknownTasks`, `EvaluationError.noTasks`.
    public func chosen(names: [String], limit: Int?) throws -> [EvaluationTask] {
        let unknown = names.filter { name in !contains { $0.name == name || $0.id == name } }
        guard unknown.isEmpty else { throw EvaluationError.unknownTasks(unknown) }
        let named = names.isEmpty ? self : filter { names.contains($0.name) || names.contains($0.id) }
        let chosen = limit.map { [EvaluationTask](named.prefix($0)) } ?? named
        guard !chosen.isEmpty else { throw EvaluationError.noTasks }
        return chosen
    }
}
