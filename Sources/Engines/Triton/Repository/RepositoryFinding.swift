import Foundations

/// Something a check of a Triton model repository noticed.
public struct RepositoryFinding: Sendable, Equatable {
    public enum Severity: String, Sendable {
        /// Triton can't load the model.
        case error
        /// It can, but may not work as meant; or what is missing may be elsewhere.
        case warning
    }

    public var severity: Severity
    /// For programs: `name_mismatch`.
    public var code: String
    /// Relative to the repository.
    public var file: String
    public var line: Int?
    /// What is wrong and what to do, in whole sentences.
    public var message: String

    public var json: JSONValue {
        [
            "severity": .string(severity.rawValue), "code": .string(code), "file": .string(file),
            "line": line.map(JSONValue.integer) ?? .null, "message": .string(message),
        ]
    }
}
