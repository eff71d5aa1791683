import ArgumentParser
import Foundations

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check or show the configuration.",
        subcommands: [Check.self, Print.self, Keys.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the configuration and report every problem.",
            discussion: "Example:\n  martlet config check --config martlet.yaml")
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            do {
                _ = try global.configuration()
            } catch let error as ConfigurationError where global.json {
                printJSON(["valid": false, "problems": .array(error.problems.map { .string("\($0)") })])
                throw ExitCode(2)
            }
            if global.json { printJSON(["valid": true]) } else { print("The configuration is valid.") }
        }
    }

    struct Print: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the effective configuration, secrets masked.")
        @OptionGroup var global: GlobalOptions

        func run() async throws { printJSON(try global.configuration().rendered) }
    }

    struct Keys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List every key with its environment variable, default and meaning.")
        @OptionGroup var global: GlobalOptions

        func run() async throws {
            let defaults = Configuration().rendered
            let rows = ConfigurationKey.all.map { key in
                let value = key.path.split(separator: ".").reduce(defaults) { $0[String($1)] ?? .null }
                return (key, String(decoding: value.encoded(), as: UTF8.self))
            }
            if global.json {
                printJSON(
                    .array(
                        rows.map { key, value in
                            [
                                "key": .string(key.path), "environment": .string(key.environmentName),
                                "default": .string(value), "help": .string(key.help),
                            ]
                        }))
            } else {
                for (key, value) in rows { print("\(key.path)  (\(key.environmentName), default \(value))\n    \(key.help)") }
            }
        }
    }
}
