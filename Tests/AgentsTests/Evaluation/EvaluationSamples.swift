import Agents
import Engines
import Foundation
import Foundations
import ModelHub
import Synchronization

/// Small tasks and scripted models for the tests of evaluations.
enum EvaluationSamples {
    static let add = EvaluationTask(
        dataset: .humaneval, name: "HumanEval/900", prompt: "from typing import List\n\ndef add(a: int, b: int) -> int:\n    \"\"\"Adds.\"\"\"\n",
        canonicalSolution: "    return a + b\n",
        tests: "import math\n\ndef check(candidate):\n    assert candidate(2, 3) == 5\n    assert abs(candidate(20, 1) - 21) < 1e-6\n    assert math.isclose(candidate(0, 0), 0)\n    assert len([candidate(1, 1)]) == 1 and candidate(1, 1) == 2\n",
        entryPoint: "add")
    static let inverse = EvaluationTask(
        dataset: .humaneval, name: "HumanEval/901",
        prompt: "def encode(s):\n    return s[::-1] + '!'\n\ndef decode(s):\n    \"\"\"Undoes encode.\"\"\"\n", canonicalSolution: "    return s[:-1][::-1]\n",
        tests: "def check(candidate):\n    for word in ('ab', 'xyz'):\n        assert candidate(encode(word)) == word\n", entryPoint: "decode")
    static let double = EvaluationTask(
        dataset: .mbpp, name: "7", prompt: "Write a function to double a number.", canonicalSolution: "def double(n):\n    return 2 * n\n",
        tests: "assert double(2) == 4\nassert abs(double(3)) == 6", shownTest: "assert double(2) == 4", entryPoint: "double")

    /// HumanEval's file where set-up put it.
    static var humanEval: URL? { existing(MartletHome().root.appending(path: "models/humaneval/HumanEval.jsonl.gz")) }
    /// MBPP's file where somebody put it beside the checkout.
    static var mbpp: URL? { existing(URL(fileURLWithPath: "../shared/data/mbpp.jsonl")) }

    private static func existing(_ url: URL) -> URL? { FileManager.default.fileExists(atPath: url.path) ? url : nil }

    static func withFolder<T>(_ body: (URL) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-eval-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }

    static func run(_ tasks: [EvaluationTask], _ solver: any Solver, samples: Int = 1, output: URL? = nil, resuming: Bool = false) throws -> EvaluationRun {
        var run = try EvaluationRun(tasks: tasks, fingerprint: "f", solver: solver, samples: samples, solverSettings: SolverSettings())
        run.jobs = 2
        run.output = output
        run.isResuming = resuming
        return run
    }
}

/// Answers by a script, and remembers what it was asked.
final class ScriptedModel: ChatModel {
    let id: String
    let backend = "test"
    let seesImages = false
    let contextTokens: Int? = nil
    let patchSize: Int? = nil
    private let script: @Sendable (ChatRequest) throws -> String
    private let seen = Mutex<[ChatRequest]>([])

    init(id: String = "scripted/model", _ script: @escaping @Sendable (ChatRequest) throws -> String) {
        self.id = id
        self.script = script
    }

    var requests: [ChatRequest] { seen.withLock { $0 } }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        seen.withLock { $0.append(request) }
        let answer = try script(request)
        return ChatStream { continuation in
            continuation.yield([.text(answer)])
            continuation.yield([.finished(ChatFinish(reason: "stop", promptTokens: 11, completionTokens: 7))])
            continuation.finish()
        }
    }
}

extension ChatRequest {
    var text: String {
        messages.flatMap(\.parts).map { part in if case .text(let text) = part { text } else { "" } }.joined()
    }
}
