import ArgumentParser
import Foundation
import Foundations
import Gateway
import ModelHub

struct ModelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "List, fetch, measure and remove models; load and unload them on a running server.",
        subcommands: [
            List.self, Show.self, Pull.self, Remove.self, Verify.self, Bench.self, Load.self, Unload.self, Switch.self,
            Status.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The catalog, with what is on this machine.",
            discussion: "Examples:\n  martlet models list\n  martlet models list --json")
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let models = try await Assembly.running(try global.configuration(), forServing: false) { await $0.hub.models() }
            if global.json {
                printJSON(.array(models.map { VideoAnswer.json($0) }))
                return
            }
            let width = models.map(\.id.count).max() ?? 0
            for model in models {
                let size = model.bytes > 0 ? ByteCount.text(Int(model.bytes)) : "–"
                print(
                    model.id.padding(toLength: width + 2, withPad: " ", startingAt: 0)
                        + model.state.rawValue.padding(toLength: 9, withPad: " ", startingAt: 0)
                        + size.padding(toLength: 11, withPad: " ", startingAt: 0)
                        + model.licence.padding(toLength: 12, withPad: " ", startingAt: 0)
                        + model.capabilities.joined(separator: ", "))
            }
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch models. An interrupted fetch goes on where it stopped.",
            discussion: """
                Examples:
                  martlet models pull --defaults
                  martlet models pull qwen2.5-coder-0.5b-instruct moonshine-tiny-en
                """)
        @Argument(help: "Model ids (see: martlet models list).")
        var ids: [String] = []

        @Flag(help: "Everything that answering needs by default.")
        var defaults = false

        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if ids.isEmpty, !defaults { throw ValidationError("Name a model, or use --defaults.") }
        }

        func run() async throws {
            let configuration = try global.configuration()
            let printer = ProgressPrinter(quiet: global.quiet)
            let fetched = try await cancellingOnInterrupt {
                try await Assembly.running(configuration, forServing: false) { assembly in
                    if defaults {
                        try await assembly.prepareDefaultModels(chat: nil) { await printer.show($0) }
                        try await assembly.prepareSpeech(speaking: .some(nil)) { await printer.show($0) }
                    }
                    for id in ids { try await assembly.fetch(id) { await printer.show($0) } }
                    await printer.clear()
                    return await assembly.hub.models().filter { model in
                        ids.contains(model.id) || (defaults && model.state == .onDisk)
                    }
                }
            }
            if global.json { printJSON(.array(fetched.map { VideoAnswer.json($0) })) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rm", abstract: "Remove models from this machine.",
            discussion: "Example:\n  martlet models rm smollm2-135m-instruct")
        @Argument(help: "Model ids.")
        var ids: [String]

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await Assembly.running(try global.configuration(), forServing: false) { assembly in
                for id in ids { try await assembly.store.remove(id) }
            }
            if global.json { printJSON(["removed": .array(ids.map(JSONValue.string))]) }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read models again and compare them with their hashes.",
            discussion: "Example:\n  martlet models verify qwen2.5-coder-0.5b-instruct")
        @Argument(help: "Model ids.")
        var ids: [String]

        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let faults = try await cancellingOnInterrupt {
                try await Assembly.running(try global.configuration(), forServing: false) { assembly in
                    var faults: [String] = []
                    for id in ids {
                        faults += try await assembly.store.verify(id).map { "\(id)/\($0)" }
                    }
                    return faults
                }
            }
            if global.json {
                printJSON(["verified": .bool(faults.isEmpty), "faults": .array(faults.map(JSONValue.string))])
            } else if faults.isEmpty {
                print("All files are as they should be.")
            } else {
                print("Missing or changed: \(faults.joined(separator: ", ")). Fetch them anew with: martlet models pull")
            }
            if !faults.isEmpty { throw ExitCode(1) }
        }
    }
}
