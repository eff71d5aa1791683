import Foundations

/// What one check of `martlet doctor` found, with a remedy when something is wrong.
public struct Finding: Sendable, Equatable {
    public enum Status: String, Sendable { case ok, warning, failed }

    /// The part that was looked at: `machine`, `engine.llama`, `model.…`, `port`, `disk`.
    public var subject: String
    public var status: Status
    public var detail: String
    /// What to do about it; `nil` when all is well.
    public var remedy: String?

    public init(_ subject: String, _ status: Status, _ detail: String, remedy: String? = nil) {
        self.subject = subject
        self.status = status
        self.detail = detail
        self.remedy = remedy
    }

    public var json: JSONValue {
        [
            "subject": .string(subject), "status": .string(status.rawValue), "detail": .string(detail),
            "remedy": remedy.map(JSONValue.string) ?? .null,
        ]
    }
}
