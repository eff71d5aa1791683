import Agents
import ArgumentParser
import Foundation
import Foundations
import ModelHub
import Networking

/// What both data sets take, and the run itself.
struct EvalOptions: ParsableArguments {
    @Option(help: "Model id (see: martlet models list). Default: the best one at hand.")
    var model: String?

    @Option(help: "Check answers that need no model: canonical must give 100 %, empty 0 %.")
    var solutions: KnownSolver?

    @Option(help: ArgumentHelp("The data set's file: JSON lines, also .gz, or a JSON array.", valueName: "file"))
    var datasetPath: String?

    @Option(help: "Samples of each task, 1 to 1000.")
    var samples = 1

    @Option(help: ArgumentHelp("The k of pass@k. Default: of 1, 5, 10 and 100 those that --samples allows.", valueName: "k,k,…"))
    var k: String?

    @Option(help: "0 to 2; 0 always takes the likeliest token.")
    var temperature = 0.0

    @Option(help: "Above 0 and up to 1.")
    var topP: Double?

    @Option(help: "Each sample's own seed comes from this one, its task and its number.")
    var seed = 0

    @Option(help: "Most tokens in an answer.")
    var maxTokens = 1024

    @Option(help: ArgumentHelp("Seconds for one answer.", valueName: "s"))
    var timeout = 300.0

    @Option(help: ArgumentHelp("Seconds for one check, 1 to 600. (HumanEval's own harness: 3.)", valueName: "s"))
    var checkTimeout = 10.0

    @Option(help: "Only the first tasks.")
    var limit: Int?

    @Option(help: ArgumentHelp("Only these tasks, named as in the file.", valueName: "id,id,…"))
    var tasks: String?

    @Option(help: "Samples worked on at a time, 1 to 64. Default: the processor's cores.")
    var jobs: Int?

    @Option(help: ArgumentHelp("Where the run is kept. Default: evaluations/<model>; known solutions: nowhere.", valueName: "dir"))
    var output: String?

    @Flag(help: "Go on with the run in the output folder: nothing is asked again.")
    var resume = false

    @OptionGroup var global: GlobalOptions

    private func numbers() -> [Int]? {
        guard let k else { return [1, 5, 10, 100].filter { $0 <= samples } }
        let numbers = k.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        return numbers.count == k.split(separator: ",").count && !numbers.isEmpty && numbers.allSatisfy { $0 >= 1 } ? numbers : nil
    }

    func validate() throws {
        guard (1...1000).contains(samples) else { throw ValidationError("--samples must be 1 to 1000.") }
        guard let numbers = numbers() else { throw ValidationError("--k needs numbers from 1, with commas in between.") }
        if let most = numbers.max(), most > samples {
            throw ValidationError("pass@\(most) needs at least \(most) samples of each task. Raise --samples or leave \(most) out of --k.")
        }
        guard (0...2).contains(temperature) else { throw ValidationError("--temperature must be 0 to 2.") }
        guard topP.map({ $0 > 0 && $0 <= 1 }) ?? true else { throw ValidationError("--top-p must be above 0 and up to 1.") }
        guard (1...131_072).contains(maxTokens) else { throw ValidationError("--max-tokens must be 1 to 131072.") }
        guard (1...86_400).contains(timeout) else { throw ValidationError("--timeout must be 1 to 86400.") }
        guard (1...600).contains(checkTimeout) else { throw ValidationError("--check-timeout must be 1 to 600.") }
        guard limit.map({ $0 >= 1 }) ?? true else { throw ValidationError("--limit must be 1 or more.") }
        guard jobs.map({ (1...64).contains($0) }) ?? true else { throw ValidationError("--jobs must be 1 to 64.") }
        if solutions != nil, model != nil { throw ValidationError("--solutions asks no model: leave --model out.") }
        if samples > 1, temperature == 0, solutions == nil {
            throw ValidationError("At temperature 0 all samples of a task are alike. Set --temperature, or leave --samples out.")
        }
        if resume, solutions != nil, output == nil { throw ValidationError("--resume needs --output.") }
    }

    func run(_ dataset: EvaluationDataset) async throws {
        var configuration = try global.configuration()
        if let jobs { configuration.models.parallel = jobs }
        let printer = ProgressPrinter(quiet: global.quiet)
        let report = try await cancellingOnInterrupt { [configuration] in try await evaluate(dataset, configuration, printer) }
        await printer.clear()
        if global.json { return printJSON(try JSONValue(parsing: JSONEncoder().encode(report))) }
        print(report.summary)
    }

    private func evaluate(_ dataset: EvaluationDataset, _ configuration: Configuration, _ printer: ProgressPrinter) async throws -> EvaluationReport {
        try await withProgress({ await printer.show($0) }) { show in
            let all = try await tasks(of: dataset, configuration, show)
            let names = (tasks ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            let chosen = try all.tasks.chosen(names: names, limit: limit)
            if let solutions { return try await evaluate(chosen, all.fingerprint, solutions, nil, printer, show) }
            return try await Assembly.running(configuration, forServing: false) { assembly in
                try await assembly.prepareSpeech(chat: .some(model)) { await printer.show($0) }
                let patience = RequestContext(deadline: .after(configuration.models.loadTimeout), priority: .batch)
                let chat = try await assembly.hub.chatModel(id: model, context: patience)
                var settings = SolverSettings()
                settings.temperature = temperature
                settings.topP = topP
                settings.maxTokens = maxTokens
                settings.seed = seed
                settings.timeout = timeout
                return try await evaluate(chosen, all.fingerprint, ChatSolver(model: chat, settings: settings), settings, printer, show)
            }
        }
    }

    private func tasks(
        of dataset: EvaluationDataset, _ configuration: Configuration, _ show: @escaping ProgressHandler
    ) async throws -> EvaluationTasks {
        let network = NetworkClient()
        do {
            let store = try DatasetStore(home: MartletHome(), network: network, policy: FetchPolicy(models: configuration.models))
            let tasks = try await store.tasks(of: dataset, path: datasetPath, progress: show)
            await network.shutdown()
            return tasks
        } catch {
            await network.shutdown()
            throw error
        }
    }

    private func evaluate(
        _ chosen: [EvaluationTask], _ fingerprint: String, _ solver: any Solver, _ settings: SolverSettings?, _ printer: ProgressPrinter,
        _ show: @escaping ProgressHandler
    ) async throws -> EvaluationReport {
        var run = try EvaluationRun(
            tasks: chosen, fingerprint: fingerprint, solver: solver, samples: samples, checkTimeout: checkTimeout, solverSettings: settings)
        run.ks = numbers() ?? [1]
        if let jobs { run.jobs = jobs }
        run.isResuming = resume
        let folder = output ?? (settings == nil ? nil : "evaluations/\(FileName.plain(solver.name.replacing("/", with: "_"), otherwise: "model"))")
        run.output = folder.map { URL(fileURLWithPath: $0, isDirectory: true) }
        do {
            return try await run.run { progress in
                let share = progress.done > 0 ? String(format: ", %.1f %% passed", Double(progress.passed) / Double(progress.done) * 100) : ""
                let left = progress.secondsLeft.map { ", about \(DurationText.text(.seconds(Int($0.rounded(.up))))) left" } ?? ""
                let rate = progress.perMinute > 0 ? String(format: ", %.1f a minute", progress.perMinute) : ""
                // Without a total: the note says it, on terminals and elsewhere.
                show(ProgressUpdate(stage: "evaluate", done: Double(progress.done), note: "\(progress.done) of \(progress.total)\(share)\(rate)\(left)"))
            }
        } catch {
            // What is on disk stays of use, unless nothing could be begun.
            if let folder, !(error is EvaluationError) {
                await printer.note("What is done is kept in \(folder). Go on with the same command and --resume.")
            }
            throw error
        }
    }
}

extension KnownSolver: ExpressibleByArgument {}
