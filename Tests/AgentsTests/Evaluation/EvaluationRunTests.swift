import Agents
import Engines
import Foundation
import Foundations
import Testing

@Suite("Evaluation runs", .enabled(if: Sandbox.isAvailable()))
struct EvaluationRunTests {
    private typealias Samples = EvaluationSamples

    private struct Outage: Error {}

    @Test("canonical solutions give 100 %, empty ones 0 %, and tampered tests show")
    func selfTest() async throws {
        let tasks = [Samples.add, Samples.inverse]
        #expect(try await Samples.run(tasks, KnownSolver.canonical).run().passAt1 == 1)
        #expect(try await Samples.run(tasks, KnownSolver.empty).run().passAt1 == 0)
        var tampered = Samples.add
        tampered.tests = tampered.tests.replacing("== 5", with: "== 6")
        #expect(try await Samples.run([tampered, Samples.inverse], KnownSolver.canonical).run().passAt1 == 0.5)
    }

    @Test("the model never sees tests, but MBPP's first assert, and each sample has its own seed")
    func prompts() async throws {
        let model = ScriptedModel { _ in "```python\ndef add(a, b):\n    return a + b\n```" }
        _ = try await Samples.run([Samples.add, Samples.inverse], ChatSolver(model: model, settings: SolverSettings()), samples: 3).run()
        #expect(model.requests.count == 6)
        for secret in ["assert", "check(", "return a + b"] { #expect(!model.requests.contains { $0.text.contains(secret) }) }
        #expect(Set(model.requests.compactMap(\.seed)).count == 6)
        let again = ScriptedModel { _ in "" }
        _ = try await Samples.run([Samples.inverse], ChatSolver(model: again, settings: SolverSettings())).run()
        #expect(model.requests.compactMap(\.seed).contains(try #require(again.requests.first?.seed)))
        let shown = EvaluationPrompt.text(for: Samples.double)
        #expect(shown.contains("assert double(2) == 4") && !shown.contains("double(3)"))
    }

    @Test("samples count once each, tokens as the engine counts them, and files have the agreed names and keys")
    func files() async throws {
        try await Samples.withFolder { folder in
            let model = ScriptedModel(id: "a<b>") { $0.text.contains("def add") ? "    return a + b\n" : "```python\ndef decode(s):\n    return '<script>'\n```" }
            let run = try Samples.run([Samples.add, Samples.inverse], ChatSolver(model: model, settings: SolverSettings()), output: folder)
            let report = try await run.run()
            #expect(report.passAt1 == 0.5 && report.passedTests == 1 && report.successfulTasks == 2)
            #expect(report.averageTokens == 7 && report.totalTokens == 14)
            let place = folder.appending(path: "humaneval")
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: place.path))
            #expect(names == [
                "samples.jsonl", "evaluation_report.json", "report.md", "report.html", "humaneval_HumanEval_900_result.json",
                "humaneval_HumanEval_901_result.json",
            ])
            let json = try JSONValue(parsing: Data(contentsOf: place.appending(path: "evaluation_report.json")))
            for key in ["dataset", "model_name", "timestamp", "total_tasks", "successful_tasks", "passed_tests", "pass_at_1", "pass_at_k",
                "average_execution_time", "average_iterations", "average_commands", "average_tokens", "efficiency_score", "task_results",
                "baseline_comparisons"]
            { #expect(json[key] != nil, "\(key)") }
            let result = try JSONValue(parsing: Data(contentsOf: place.appending(path: "humaneval_HumanEval_900_result.json")))
            for key in ["task_id", "dataset", "success", "passed_tests", "solution_code", "execution_time_seconds", "sandbox_metrics",
                "agent_iterations", "tokens_generated", "files_created", "files_modified", "commands_executed", "attempt_number"]
            { #expect(result[key] != nil, "\(key)") }
            #expect(result["task_id"]?.stringValue == "humaneval_HumanEval/900")
            let page = try String(contentsOf: place.appending(path: "report.html"), encoding: .utf8)
            #expect(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("a&lt;b&gt;"))
            let markdown = try String(contentsOf: place.appending(path: "report.md"), encoding: .utf8)
            #expect(markdown.contains("published figures"))
        }
    }

    @Test("a run that broke off goes on without asking again, also behind a line that was cut off")
    func resuming() async throws {
        try await Samples.withFolder { folder in
            let broken = ScriptedModel { request in
                if request.text.contains("def decode") { throw Outage() }
                return "    return a + b\n"
            }
            var run = try Samples.run([Samples.add, Samples.inverse], ChatSolver(model: broken, settings: SolverSettings()), output: folder)
            run.jobs = 1
            let first = run
            await #expect(throws: Outage.self) { _ = try await first.run() }
            let log = folder.appending(path: "humaneval/samples.jsonl")
            let handle = try FileHandle(forWritingTo: log)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"task_id":"humaneval_Hum"#.utf8))
            try handle.close()

            let model = ScriptedModel { _ in "    return s[:-1][::-1]\n" }
            let solver = ChatSolver(model: model, settings: SolverSettings())
            await #expect(throws: EvaluationError.alreadyRun) { _ = try await Samples.run([Samples.add], solver, output: folder).run() }
            let other = ChatSolver(model: ScriptedModel(id: "other") { _ in "" }, settings: SolverSettings())
            await #expect(throws: EvaluationError.otherRun(setting: "model")) {
                _ = try await Samples.run([Samples.add], other, output: folder, resuming: true).run()
            }
            let report = try await Samples.run([Samples.add, Samples.inverse], solver, output: folder, resuming: true).run()
            #expect(model.requests.count == 1)
            #expect(report.passAt1 == 1)
            #expect(try String(contentsOf: log, encoding: .utf8).split(separator: "\n").count == 3)
        }
    }

    @Test("what can't be resumed, or asks for more than there is, says so before anything is asked")
    func refusals() async throws {
        try await Samples.withFolder { folder in
            let model = ScriptedModel { _ in "" }
            let solver = ChatSolver(model: model, settings: SolverSettings())
            await #expect(throws: EvaluationError.nothingToResume) {
                _ = try await Samples.run([Samples.add], solver, output: folder, resuming: true).run()
            }
            var run = try Samples.run([Samples.add], solver, samples: 2)
            run.ks = [5]
            let greedy = run
            await #expect(throws: EvaluationError.tooFewSamples(k: 5, samples: 2)) { _ = try await greedy.run() }
            #expect(model.requests.isEmpty)
        }
    }

    @Test("pass@k of several samples, with an interval over tasks")
    func several() async throws {
        let model = ScriptedModel { request in (request.seed ?? 0) % 2 == 0 ? "    return a + b\n" : "    return 0\n" }
        var run = try Samples.run([Samples.add], ChatSolver(model: model, settings: SolverSettings()), samples: 6)
        run.ks = [1, 5]
        let report = try await run.run()
        let passed = report.taskResults.count(where: \.passedTests)
        #expect(report.passAt1 == Double(passed) / 6)
        let expected = try PassAtK.estimate(samples: 6, passed: passed, k: 5)
        #expect(report.passAtK["5"] == expected)
        #expect(report.taskResults.map(\.attemptNumber) == [1, 2, 3, 4, 5, 6])
        #expect(report.confidenceIntervals["1"]?.method == .bootstrap)
    }

    @Test("two runs are compared task by task")
    func comparing() async throws {
        let tasks = (0..<12).map { number in
            var task = Samples.add
            task.name = "HumanEval/\(number)"
            return task
        }
        let better = try await Samples.run(tasks, KnownSolver.canonical).run()
        let worse = try await Samples.run(tasks, KnownSolver.empty).run()
        let comparison = try EvaluationComparison(worse, better)
        #expect(comparison.difference == 1 && comparison.onlySecond == 12 && comparison.isSignificant)
        #expect(abs((comparison.pValue ?? 1) - 2 / 4096.0) < 1e-9)
        let same = try EvaluationComparison(better, better)
        #expect(same.difference == 0 && same.pValue == 1 && !same.isSignificant)
    }

    @Test("every canonical solution of HumanEval passes", .enabled(if: Samples.humanEval != nil), .timeLimit(.minutes(2)))
    func allOfHumanEval() async throws {
        let tasks = try DatasetReader(.humaneval).read(try #require(Samples.humanEval)).tasks
        #expect(tasks.count == 164)
        let report = try await Samples.run(tasks, KnownSolver.canonical).run()
        #expect(report.taskResults.filter { !$0.passedTests }.map(\.taskID) == [])
        #expect(try await Samples.run(tasks, KnownSolver.empty).run().taskResults.filter(\.passedTests).map(\.taskID) == [])
    }

    @Test("every canonical solution of MBPP passes", .enabled(if: Samples.mbpp != nil), .timeLimit(.minutes(2)))
    func someOfMBPP() async throws {
        let tasks = try DatasetReader(.mbpp).read(try #require(Samples.mbpp)).tasks
        #expect(tasks.count == 974)
        // A tenth of them, to be quick; `martlet eval mbpp --solutions canonical` takes all.
        let tenth = tasks.enumerated().filter { $0.offset % 10 == 0 }.map(\.element)
        #expect(try await Samples.run(tenth, KnownSolver.canonical).run().taskResults.filter { !$0.passedTests }.map(\.taskID) == [])
    }
}
