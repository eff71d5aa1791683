/// One fault in the configuration, with the place to mend it.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    public enum Place: Sendable, Equatable {
        case file(line: Int)
        case environment(name: String)
        case flag
        case whole
    }

    public var place: Place
    /// Dotted path of the key: `server.port`.
    public var key: String
    public var message: String

    public init(place: Place, key: String, message: String) {
        self.place = place
        self.key = key
        self.message = message
    }

    public var description: String {
        let label = key.isEmpty ? "" : "\(key): "
        return switch place {
        case .file(let line): "line \(line): \(label)\(message)"
        case .environment(let name): "environment variable \(name): \(label)\(message)"
        case .flag: "flag --set: \(label)\(message)"
        case .whole: "\(label)\(message)"
        }
    }
}

/// All faults found in one reading of the configuration.
public struct ConfigurationError: ReportableError, Equatable {
    public let problems: [ConfigurationProblem]

    public init(problems: [ConfigurationProblem]) { self.problems = problems }

    public var report: ErrorReport {
        ErrorReport(
            .invalidRequest, code: "invalid_configuration",
            "The configuration can't be used:\n" + problems.map { "  \($0)" }.joined(separator: "\n"))
    }
}
