import ArgumentParser
import Foundation
import Foundations

extension ModelsCommand {
    /// `martlet models load|unload|switch|status`: they act on a running server.
    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load models on a running server, and wait until they answer.",
            discussion: """
                Examples:
                  martlet models load qwen2.5-coder-0.5b-instruct
                  MARTLET_TOKEN=secret martlet models load my-model --server http://gpu-box:8080
                """)
        @Argument(help: "Model ids (see: martlet models status).")
        var ids: [String]

        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await ModelsCommand.control(ids, "load", done: "loaded", on: server, global)
        }
    }

    struct Unload: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Unload models on a running server. Running requests finish first.",
            discussion: "Example:\n  martlet models unload qwen2.5-coder-0.5b-instruct")
        @Argument(help: "Model ids.")
        var ids: [String]

        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await ModelsCommand.control(ids, "unload", done: "unloaded", on: server, global)
        }
    }

    struct Switch: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace the model that answers on a running server; when the new one fails, the old one stays.",
            discussion: """
                Examples:
                  martlet models switch qwen3-vl-4b-instruct
                  martlet models switch qwen3-vl-4b-instruct --from qwen3-vl-2b-instruct --json
                """)
        @Argument(help: "The model to switch to.")
        var to: String

        @Option(help: "The model to leave. Default: the local one that answers by default.")
        var from: String?

        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let configuration = try global.configuration()
            let done = try await server.call(
                "POST", "/v1/models/switch", ["to": .string(to), "from": from.map(JSONValue.string) ?? .null], configuration,
                within: configuration.server.requestTimeout)
            if global.json { return printJSON(done) }
            let seconds = String(format: "%.1f s", done["seconds"]?.doubleValue ?? 0)
            if let old = done["from"]?.stringValue {
                print("\(to) answers now instead of \(old) (\(seconds)).")
            } else {
                print("\(to) answers now (\(seconds)).")
            }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the models of a running server: state, memory and users.",
            discussion: "Examples:\n  martlet models status\n  martlet models status --json --server http://gpu-box:8080")
        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let models = try await server.call("GET", "/v1/models", nil, try global.configuration())["data"]?.arrayValue ?? []
            if global.json { return printJSON(.array(models)) }
            let width = models.compactMap { $0["id"]?.stringValue?.count }.max() ?? 0
            for model in models {
                let memory = model["memory_bytes"]?.intValue.map(ByteCount.text) ?? "–"
                var line = (model["id"]?.stringValue ?? "").padding(toLength: width + 2, withPad: " ", startingAt: 0)
                line += (model["state"]?.stringValue ?? "").padding(toLength: 10, withPad: " ", startingAt: 0)
                line += memory.padding(toLength: 11, withPad: " ", startingAt: 0)
                if let users = model["users"]?.intValue { line += "\(users) users" }
                if model["pinned"] == true { line += ", pinned" }
                if let reason = model["reason"]?.stringValue { line += "  \(reason)" }
                print(line)
            }
        }
    }

    /// Asks a server to load or unload models, one after the other.
    private static func control(
        _ ids: [String], _ action: String, done: String, on server: ServerOptions, _ global: GlobalOptions
    ) async throws {
        let configuration = try global.configuration()
        var entries: [JSONValue] = []
        for id in ids {
            entries.append(
                try await server.call(
                    "POST", try path(id, action), [:], configuration, within: configuration.server.requestTimeout))
            if !global.json { print("\(id) is \(done).") }
        }
        if global.json { printJSON(.array(entries)) }
    }

    /// The path of a control route. Ids are plain names; anything else would be another path.
    private static func path(_ id: String, _ action: String) throws -> String {
        guard let name = id.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._"))),
            !name.isEmpty, name != ".", name != ".."
        else { throw ValidationError("\"\(id)\" is no model id.") }
        return "/v2/repository/models/\(name)/\(action)"
    }
}
