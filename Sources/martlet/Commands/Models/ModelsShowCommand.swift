import ArgumentParser
import Foundation
import Foundations
import Gateway
import ModelHub

extension ModelsCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Everything about one model: what is declared, what its files say, and whether it can run here.",
            discussion: "Examples:\n  martlet models show qwen2.5-coder-0.5b-instruct\n  martlet models show my-model --json")
        @Argument(help: "Model id (see: martlet models list).")
        var id: String

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let description = try await cancellingOnInterrupt {
                try await Assembly.running(try global.configuration(), forServing: false) { try await $0.hub.describe(id) }
            }
            if global.json { return printJSON(VideoAnswer.json(description)) }
            func line(_ name: String, _ value: String?) {
                if let value { print(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value) }
            }
            let manifest = description.manifest
            line("id", manifest.id)
            line("state", description.state.rawValue)
            line("engine", manifest.engine.rawValue)
            line("can", manifest.capabilities.map(\.rawValue).joined(separator: ", "))
            line("licence", manifest.licence + (manifest.licenceNote.map { " (\($0))" } ?? ""))
            line("declared", manifest.parameters.map { "\($0) parameters" })
            for file in manifest.files { line("file", file.name + (file.size.map { ", \(ByteCount.text(Int($0)))" } ?? "")) }
            if let facts = description.facts {
                line("architecture", facts.architecture)
                line("parameters", "\(facts.parameters)" + (facts.experts.map { ", \($0) experts" } ?? ""))
                line("context", facts.contextLength.map { "\($0) tokens" })
                line("quantisation", facts.quantisation)
                line("blocks", facts.blocks.map(String.init))
                line("embedding", facts.embeddingLength.map(String.init))
                line("weights", ByteCount.text(Int(facts.weightBytes)))
                if facts.missingBytes > 0 { line("missing", "\(ByteCount.text(Int(facts.missingBytes))) of weights") }
            }
            line("memory", description.memoryBytes.map { "about \(ByteCount.text($0))" })
            line("runs here", description.obstacle ?? "yes")
            line("notes", manifest.notes)
        }
    }
}
