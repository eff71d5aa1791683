import ArgumentParser
import Foundation
import Foundations

struct PoolsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pools", abstract: "See and change the pools of a running server.",
        discussion: "Changes last until they are undone or the server ends; the configuration's `pools` are there from the start.",
        subcommands: [List.self, Add.self, Drain.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Pools, their lanes and their endpoints.",
            discussion: "Examples:\n  martlet pools list\n  martlet pools list --server http://gpu-box:8080 --json")
        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let list = try await server.call("GET", "/v1/pools", nil, try global.configuration())
            if global.json { return printJSON(list) }
            for pool in list["data"]?.arrayValue ?? [] { PoolsCommand.show(pool) }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take an endpoint into a pool.",
            discussion: """
                A remote engine by its URL, or one more engine of the server's own.

                Examples:
                  martlet pools add crowd --id spare --url http://spare:8000/v1 --slots 16
                  martlet pools add crowd --id third --model smollm2-135m-instruct
                """)
        @Argument(help: "The pool's id.")
        var pool: String

        @Option(help: "The endpoint's id. Default: the model's.")
        var id: String?

        @Option(help: "A remote engine's base URL, up to and including /v1.")
        var url: String?

        @Option(help: "With --url: the name the engine knows the model by. Without: a model of the catalog.")
        var model: String?

        @Option(help: "How video frames travel: openai, vllm or llama; triton for Triton's own protocol.")
        var dialect: EndpointConfiguration.Dialect?

        @Option(help: "Requests it works on at once.")
        var slots: Int?

        @Flag(help: "It looks at pictures.")
        var vision = false

        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func validate() throws {
            if url == nil, model == nil { throw ValidationError("Give --url or --model.") }
            if url != nil, id == nil { throw ValidationError("A remote engine needs an --id.") }
        }

        func run() async throws {
            var body: [String: JSONValue] = [:]
            for (name, value) in [("id", id), ("url", url), ("model", model), ("dialect", dialect?.rawValue)] {
                if let value { body[name] = .string(value) }
            }
            if let slots { body["slots"] = .integer(slots) }
            if vision { body["vision"] = true }
            // The key of the engine comes from the environment, where others on the machine can't read it.
            if let key = ProcessInfo.processInfo.environment["MARTLET_ENDPOINT_KEY"], !key.isEmpty { body["api_key"] = .string(key) }
            try await PoolsCommand.change("POST", PoolsCommand.path(pool), .object(body), server, global)
        }
    }

    struct Drain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give an endpoint nothing new.", discussion: "Example:\n  martlet pools drain crowd gpu-box")
        @Argument(help: "The pool's id.") var pool: String
        @Argument(help: "The endpoint's id.") var endpoint: String
        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await PoolsCommand.change("POST", PoolsCommand.path(pool, endpoint) + "/drain", nil, server, global)
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Drain an endpoint and take it out when it has nothing more to do.",
            discussion: "Example:\n  martlet pools remove crowd gpu-box")
        @Argument(help: "The pool's id.") var pool: String
        @Argument(help: "The endpoint's id.") var endpoint: String
        @OptionGroup var server: ServerOptions
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            try await PoolsCommand.change("DELETE", PoolsCommand.path(pool, endpoint), nil, server, global)
        }
    }

    private static func path(_ pool: String, _ endpoint: String? = nil) -> String {
        "/v1/pools/\(escaped(pool))/endpoints" + (endpoint.map { "/" + escaped($0) } ?? "")
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: "-._~"))) ?? text
    }

    private static func change(
        _ method: String, _ path: String, _ body: JSONValue?, _ server: ServerOptions, _ global: GlobalOptions
    ) async throws {
        let pool = try await server.call(method, path, body, try global.configuration())
        if global.json { printJSON(pool) } else { show(pool) }
    }

    private static func show(_ pool: JSONValue) {
        func number(_ object: JSONValue?, _ name: String) -> String { object?[name]?.intValue.map(String.init) ?? "–" }
        let lane = pool["lane"]
        print(
            "\(pool["id"]?.stringValue ?? "")  \(number(lane, "running")) at work, \(number(lane, "waiting")) waiting, "
                + "\(number(lane, "slots")) slots, \(number(lane, "average_service_ms")) ms each")
        for endpoint in pool["endpoints"]?.arrayValue ?? [] {
            let id = endpoint["id"]?.stringValue ?? ""
            print(
                "  " + id.padding(toLength: max(28, id.count), withPad: " ", startingAt: 0)
                    + "  " + (endpoint["state"]?.stringValue ?? "").padding(toLength: 11, withPad: " ", startingAt: 0)
                    + "\(number(endpoint, "outstanding"))/\(number(endpoint, "slots")) at work, "
                    + "\(number(endpoint, "latency_ms")) ms, \(number(endpoint, "failures")) failures")
        }
    }
}

extension EndpointConfiguration.Dialect: ExpressibleByArgument {}
