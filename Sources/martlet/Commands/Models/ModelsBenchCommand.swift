import ArgumentParser
import Foundation
import Foundations
import Gateway
import ModelHub

extension ModelsCommand {
    struct Bench: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Measure a local model: load time, time to the first token, tokens a second.",
            discussion: """
                Examples:
                  martlet models bench qwen2.5-coder-0.5b-instruct
                  martlet models bench smollm2-135m-instruct --streams 1,4,8 --tokens 128 --json
                """)
        @Argument(help: "Model id.")
        var id: String

        @Option(help: ArgumentHelp("Streams at once, one measurement each.", valueName: "n,n,…"))
        var streams = "1,2"

        @Option(help: "Words of each prompt, 1 to 100000.")
        var promptWords = 256

        @Option(help: "Tokens written in each stream, 1 to 32768.")
        var tokens = 64

        @OptionGroup var global: GlobalOptions

        private var counts: [Int] { streams.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) } }

        func validate() throws {
            guard !counts.isEmpty, counts.count == streams.split(separator: ",").count, counts.allSatisfy({ (1...64).contains($0) })
            else { throw ValidationError("--streams needs numbers from 1 to 64, with commas in between.") }
            guard (1...100_000).contains(promptWords) else { throw ValidationError("--prompt-words must be 1 to 100000.") }
            guard (1...32_768).contains(tokens) else { throw ValidationError("--tokens must be 1 to 32768.") }
        }

        func run() async throws {
            var configuration = try global.configuration()
            configuration.models.parallel = counts.max() ?? 1
            var options = ModelBench.Options()
            options.streams = counts
            options.promptWords = promptWords
            options.tokens = tokens
            let printer = ProgressPrinter(quiet: global.quiet)
            let report = try await cancellingOnInterrupt { [configuration, options] in
                try await Assembly.running(configuration, forServing: false) { assembly in
                    try await withProgress({ await printer.show($0) }) {
                        try await ModelBench(hub: assembly.hub, options: options).run(id, progress: $0)
                    }
                }
            }
            await printer.clear()
            if global.json { return printJSON(VideoAnswer.json(report)) }
            print(String(format: "%@: loaded in %.2f s", report.model, report.loadSeconds)
                + (report.memoryBytes.map { ", \(ByteCount.text($0)) of memory" } ?? ""))
            print("streams  first token: median   largest   prompt tokens/s   tokens/s")
            for row in report.measurements {
                print(
                    String(
                        format: "%7d  %18.3f s  %6.3f s  %16.1f  %9.1f", row.streams, row.firstTokenMedian, row.firstTokenLargest,
                        row.promptTokensPerSecond, row.tokensPerSecond))
            }
        }
    }
}
