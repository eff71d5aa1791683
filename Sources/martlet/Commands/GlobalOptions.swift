import ArgumentParser
import Foundation
import Foundations

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
    @Option(help: "Configuration file. Default: $MARTLET_CONFIG, else martlet.yaml here if there is one.")
    var config: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Override a configuration key, for example --set server.port=9000.", valueName: "key=value"))
    var overrides: [String] = []

    @Flag(help: "Print machine-readable JSON on standard output.")
    var json = false

    @Flag(name: .shortAndLong, help: "No progress on standard error.")
    var quiet = false

    /// Reads the configuration as these options and the environment say.
    func configuration() throws -> Configuration {
        let environment = ProcessInfo.processInfo.environment
        var pairs: [(key: String, value: String)] = []
        for override in overrides {
            guard let equals = override.firstIndex(of: "=") else {
                throw ValidationError("--set needs key=value, found \"\(override)\".")
            }
            pairs.append((String(override[..<equals]), String(override[override.index(after: equals)...])))
        }
        return try ConfigurationReader.read(yaml: try file(environment), environment: environment, overrides: pairs)
    }

    private func file(_ environment: [String: String]) throws -> String? {
        let named = config ?? environment["MARTLET_CONFIG"]
        let path = named ?? "martlet.yaml"
        if let text = try? String(contentsOfFile: path, encoding: .utf8) { return text }
        guard named == nil else { throw ValidationError("The configuration file \(path) can't be read.") }
        return nil
    }
}

/// Prints JSON for scripts.
func printJSON(_ value: JSONValue, onOneLine: Bool = false) {
    print(String(decoding: value.encoded(pretty: !onOneLine), as: UTF8.self))
}
