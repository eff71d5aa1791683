import Foundation
import Yams

/// Reads the configuration: defaults, then the YAML file, then the environment, then flags.
///
/// Unknown keys and values that don't fit are errors that name the line or variable, all reported at once.
public struct ConfigurationReader: Sendable {
    private static let keys = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.path, $0) })
    private static let sections = Set(
        ConfigurationKey.all.flatMap { key in
            let parts = key.path.split(separator: ".")
            return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
        })
    /// Variables of this prefix that aren't configuration keys: some are the set-up scripts', some those of commands that
    /// talk to a running server.
    private static let otherVariables: Set<String> = [
        "MARTLET_HOME", "MARTLET_CONFIG", "MARTLET_SKIP_PACKAGES", "MARTLET_PYTHON", "MARTLET_TOKEN",
        "MARTLET_ENDPOINT_KEY",
    ]

    private var configuration = Configuration()
    private var problems: [ConfigurationProblem] = []

    /// - Parameters:
    ///   - yaml: the file's text; `nil` when there is no file.
    ///   - overrides: dotted keys with their values, from flags.
    /// - Throws: `ConfigurationError` with every problem found.
    public static func read(
        yaml: String?, environment: [String: String] = [:], overrides: [(key: String, value: String)] = []
    ) throws -> Configuration {
        var reader = ConfigurationReader()
        if let yaml { reader.apply(yaml: yaml) }
        reader.apply(environment: environment)
        for (key, value) in overrides { reader.set(key, .text(value), at: .flag) }
        reader.checkTogether()
        guard reader.problems.isEmpty else { throw ConfigurationError(problems: reader.problems) }
        return reader.configuration
    }

    private mutating func apply(yaml: String) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch {
            let line = (error as? YamlError).flatMap(Self.line(of:)) ?? 1
            problems.append(.init(place: .file(line: line), key: "", message: "this isn't valid YAML"))
            return
        }
        guard let root, root.null == nil else { return }
        guard case .mapping(let mapping) = root else {
            problems.append(.init(place: .file(line: 1), key: "", message: "expected keys with values"))
            return
        }
        walk(mapping, prefix: "")
    }

    private mutating func walk(_ mapping: Node.Mapping, prefix: String) {
        for (keyNode, value) in mapping {
            let place = ConfigurationProblem.Place.file(line: keyNode.mark?.line ?? 1)
            guard let name = keyNode.string else {
                problems.append(.init(place: place, key: prefix, message: "a key must be text"))
                continue
            }
            let path = prefix.isEmpty ? name : "\(prefix).\(name)"
            if Self.keys[path] != nil {
                if value.null == nil || value.scalar?.style == .doubleQuoted { set(path, Self.written(value), at: place) }
            } else if Self.sections.contains(path) {
                if case .mapping(let inner) = value {
                    walk(inner, prefix: path)
                } else if value.null == nil {
                    problems.append(.init(place: place, key: path, message: "expected a section with keys"))
                }
            } else {
                problems.append(.init(place: place, key: path, message: Self.unknown(path)))
            }
        }
    }

    private mutating func apply(environment: [String: String]) {
        let names = Dictionary(uniqueKeysWithValues: ConfigurationKey.all.map { ($0.environmentName, $0.path) })
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            if let path = ConfigurationKey.legacyNames[name], !value.isEmpty,
                environment[Self.keys[path]?.environmentName ?? ""] == nil
            {
                set(path, .text(value), at: .environment(name: name))
            } else if let path = names[name] {
                set(path, .text(value), at: .environment(name: name))
            } else if name.hasPrefix("MARTLET_"), !Self.otherVariables.contains(name),
                ConfigurationKey.legacyNames[name] == nil
            {
                problems.append(
                    .init(place: .environment(name: name), key: "", message: "no configuration key has this name"))
            }
        }
    }

    private mutating func set(_ path: String, _ written: ConfigurationKey.Written, at place: ConfigurationProblem.Place) {
        guard let key = Self.keys[path] else {
            problems.append(.init(place: place, key: path, message: Self.unknown(path)))
            return
        }
        do {
            try key.apply(&configuration, written)
            configuration.provenance.sources[path] = place.source
        } catch {
            problems.append(.init(place: place, key: path, message: error.message))
        }
    }

    /// Rules between keys.
    private mutating func checkTogether() {
        problems += configuration.poolProblems
        if configuration.video.minPixels > configuration.video.maxPixels {
            problems.append(
                .init(place: .whole, key: "video.min_pixels", message: "is larger than video.max_pixels"))
        }
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        if !levels.contains(configuration.log.level.lowercased()) {
            problems.append(
                .init(place: .whole, key: "log.level", message: "expected one of \(levels.joined(separator: ", "))"))
        }
    }

    private static func written(_ node: Node) -> ConfigurationKey.Written {
        switch node {
        case .scalar(let scalar): .text(scalar.string)
        case .sequence(let sequence): .list(sequence.map(written))
        case .mapping(let mapping):
            .map(
                Dictionary(
                    mapping.map { ($0.key.string ?? "", written($0.value)) }, uniquingKeysWith: { _, last in last }))
        case .alias: .text("")
        }
    }

    private static func line(of error: YamlError) -> Int? {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark.line
        default: nil
        }
    }

    private static func unknown(_ path: String) -> String {
        let nearest = keys.keys.min { EditDistance.between($0, path) < EditDistance.between($1, path) }
        guard let nearest, EditDistance.between(nearest, path) <= 3 else { return "unknown key" }
        return "unknown key; did you mean \(nearest)?"
    }
}

extension ConfigurationProblem.Place {
    fileprivate var source: Configuration.Setting.Source {
        switch self {
        case .file: .file
        case .environment: .environment
        case .flag: .flag
        case .whole: .default
        }
    }
}

extension Configuration {
    /// The effective configuration as nested JSON, secrets masked.
    public var rendered: JSONValue {
        ConfigurationKey.all.reduce(.object([:])) { document, key in
            Self.setting(key.path.split(separator: ".").map(String.init)[...], to: key.render(self), in: document)
        }
    }

    private static func setting(_ path: ArraySlice<String>, to value: JSONValue, in document: JSONValue?) -> JSONValue {
        guard let part = path.first else { return value }
        var section = document?.objectValue ?? [:]
        section[part] = setting(path.dropFirst(), to: value, in: section[part])
        return .object(section)
    }
}
