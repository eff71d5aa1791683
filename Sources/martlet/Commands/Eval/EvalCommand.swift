import Agents
import ArgumentParser
import Foundation
import Foundations

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measure how well a model writes code, by HumanEval and MBPP, and compare runs.",
        discussion: """
            Examples:
              martlet eval humaneval --solutions canonical
              martlet eval humaneval --model qwen2.5-coder-0.5b-instruct --limit 20
              martlet eval mbpp --dataset-path mbpp.jsonl --samples 10 --k 1,5,10 --temperature 0.8
              martlet eval compare evaluations/a evaluations/b

            What a model writes runs in a sandbox only.
            """,
        subcommands: [HumanEval.self, MBPP.self, Compare.self])

    struct HumanEval: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "humaneval", abstract: "164 Python functions to complete (fetched once).",
            discussion: """
                Examples:
                  martlet eval humaneval --solutions canonical
                  martlet eval humaneval --model qwen2.5-coder-0.5b-instruct --limit 20
                  martlet eval humaneval --samples 20 --k 1,10 --temperature 0.8 --top-p 0.95 --output runs/warm
                  martlet eval humaneval --samples 20 --k 1,10 --temperature 0.8 --top-p 0.95 --output runs/warm --resume
                """)
        @OptionGroup var options: EvalOptions

        func run() async throws { try await options.run(.humaneval) }
    }

    struct MBPP: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "mbpp", abstract: "974 small Python functions, told in words (needs --dataset-path).",
            discussion: """
                Examples:
                  martlet eval mbpp --dataset-path mbpp.jsonl --solutions canonical
                  martlet eval mbpp --dataset-path sanitized-mbpp.json --model qwen2.5-coder-0.5b-instruct --tasks 11,12,14
                """)
        @OptionGroup var options: EvalOptions

        func run() async throws { try await options.run(.mbpp) }
    }

    struct Compare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether run B does better than run A, or it may be chance.",
            discussion: "Examples:\n  martlet eval compare evaluations/a evaluations/b\n  martlet eval compare a/humaneval b/humaneval --json")

        @Argument(help: ArgumentHelp("The output folder of a finished run.", valueName: "a"))
        var first: String

        @Argument(help: ArgumentHelp("The output folder of another.", valueName: "b"))
        var second: String

        @Flag(help: "Print machine-readable JSON on standard output.")
        var json = false

        func run() async throws {
            let comparisons = try await EvaluationComparison.ofRuns(URL(fileURLWithPath: first), URL(fileURLWithPath: second))
            if json { return printJSON(.array(try comparisons.map { try JSONValue(parsing: JSONEncoder().encode($0)) })) }
            print(comparisons.map(\.summary).joined(separator: "\n"))
        }
    }
}
