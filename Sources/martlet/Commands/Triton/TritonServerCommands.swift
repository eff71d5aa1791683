import ArgumentParser
import Engines
import Foundation
import Foundations

extension TritonCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the models of a server's repository and their states.",
            discussion: "Examples:\n  martlet triton list --url http://gpu-box:8000\n  martlet triton list --ready --json")
        @Flag(help: "Only models that are ready.")
        var ready = false

        @OptionGroup var server: TritonServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let ready = ready
            let models = try await server.connected { try await $0.index(onlyReady: ready, context: $1) }
            if global.json { return printJSON(.array(models.map(\.json))) }
            if models.isEmpty { print(ready ? "No model is ready." : "The repository holds no models.") }
            TritonCommand.show(models)
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load a model, or load it anew, and wait until it is ready.",
            discussion: """
                Examples:
                  martlet triton load qwen
                  martlet triton load scorer --model-config scorer.json --file 1/model.onnx=./scorer.onnx
                """)
        @Argument(help: "The model.")
        var model: String

        @Option(help: ArgumentHelp("A JSON file used in place of the model's configuration.", valueName: "file"))
        var modelConfig: String?

        @Option(help: ArgumentHelp("A file used in place of the model's folder; needs --model-config. Repeat it for more.", valueName: "path=file"))
        var file: [String] = []

        @OptionGroup var server: TritonServerOptions
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if !file.isEmpty, modelConfig == nil { throw ValidationError("Triton takes files only with a --model-config.") }
            if let bad = file.first(where: { !$0.dropFirst().contains("=") }) { throw ValidationError("\"\(bad)\" isn't path=file.") }
        }

        func run() async throws {
            let (model, names, config) = (model, file, modelConfig)
            let (configuration, files) = try await WorkerThreads(name: "files", width: 1).run {
                (try config.map(Self.json), try Self.contents(names))
            }
            let done = try await server.connected { triton, context in
                try await triton.load(model, configuration: configuration, files: files, context: context)
                return try await triton.index(context: context).filter { $0.name == model }
            }
            if global.json { return printJSON(.array(done.map(\.json))) }
            print("\(model) is ready.")
        }

        private static func json(_ path: String) throws -> JSONValue {
            guard let data = FileManager.default.contents(atPath: path), let json = try? JSONValue(parsing: data), json.objectValue != nil
            else { throw ValidationError("The file \(path) can't be read as a JSON object.") }
            return json
        }

        private static func contents(_ entries: [String]) throws -> [String: Data] {
            var files: [String: Data] = [:]
            for entry in entries {
                let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2, let data = FileManager.default.contents(atPath: parts[1]) else {
                    throw ValidationError("The file of \"\(entry)\" can't be read.")
                }
                files[parts[0]] = data
            }
            return files
        }
    }

    struct Unload: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unload a model, and wait until it is out of memory.",
            discussion: "Examples:\n  martlet triton unload qwen\n  martlet triton unload qwen --dependents")
        @Argument(help: "The model.")
        var model: String

        @Flag(help: "Also the models that an ensemble is made of.")
        var dependents = false

        @OptionGroup var server: TritonServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let (model, dependents) = (model, dependents)
            let left = try await server.connected { triton, context in
                try await triton.unload(model, dependents: dependents, context: context)
                return try await triton.index(context: context).filter { $0.name == model }
            }
            if global.json { return printJSON(.array(left.map(\.json))) }
            print("\(model) is unloaded.")
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show whether a server and its models are ready, with the counts it keeps.",
            discussion: "Examples:\n  martlet triton status\n  martlet triton status qwen --json")
        @Argument(help: "A model. Default: the server and all its models.")
        var model: String?

        @OptionGroup var server: TritonServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let model = model
            let (isReady, models, statistics) = try await server.connected { triton, context in
                let models = try await triton.index(context: context)
                guard let model else { return (try await triton.isReady(context: context), models, JSONValue.null) }
                let found = models.filter { $0.name == model }
                guard !found.isEmpty else { throw TritonError.noSuchModel(model) }
                let isReady = try await triton.isReady(model: model, context: context)
                return (isReady, found, isReady ? try await triton.statistics(of: model, context: context) : .null)
            }
            if global.json {
                return printJSON([
                    "ready": .bool(isReady), "models": .array(models.map(\.json)),
                    "statistics": statistics["model_stats"] ?? .null,
                ])
            }
            print("\(model ?? "The server") is \(isReady ? "ready" : "not ready").")
            TritonCommand.show(models)
            for version in statistics["model_stats"]?.arrayValue ?? [] {
                let count = version["inference_count"]?.intValue ?? 0
                let failed = version["inference_stats"]?["fail"]?["count"]?.intValue ?? 0
                print("version \(version["version"]?.stringValue ?? "?"): \(count) inferences, \(failed) failed")
            }
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unload one model and load another; when that fails, the first one comes back.",
            discussion: """
                Examples:
                  martlet triton switch qwen3-8b
                  martlet triton switch qwen3-8b --from qwen2.5-7b --timeout 600
                """)
        @Argument(help: "The model to switch to.")
        var to: String

        @Option(help: "A model to leave. Repeat it for more. Default: the only one that is ready.")
        var from: [String] = []

        @OptionGroup var server: TritonServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let (to, from) = (to, from)
            let started = ContinuousClock.now
            let left = try await server.connected {
                try await $0.switchModel(from: from.isEmpty ? nil : from, to: to, context: $1)
            }
            let seconds = (ContinuousClock.now - started) / .seconds(1)
            if global.json {
                return printJSON(["from": .array(left.map(JSONValue.string)), "to": .string(to), "seconds": .number(seconds)])
            }
            let instead = left.isEmpty ? "" : " instead of \(left.joined(separator: ", "))"
            print("\(to) is ready\(instead) (\(String(format: "%.1f s", seconds))).")
        }
    }

    private static func show(_ models: [TritonModel]) {
        let width = models.map(\.name.count).max() ?? 0
        for model in models {
            var line = model.name.padding(toLength: width + 2, withPad: " ", startingAt: 0)
            line += model.state.rawValue.padding(toLength: 13, withPad: " ", startingAt: 0)
            if let version = model.version { line += "version \(version)" }
            if let reason = model.reason { line += "  \(reason)" }
            print(line)
        }
    }
}
