import Foundation

/// What every layer knows of the request it works for. Passed explicitly, as a parameter.
public struct RequestContext: Sendable {
    public enum Priority: Int, Sendable, Comparable {
        case batch = 0
        case interactive = 1
        public static func < (lhs: Priority, rhs: Priority) -> Bool { lhs.rawValue < rhs.rawValue }
    }

    /// Shown to the caller (`X-Request-ID`), in logs and in error envelopes.
    public let id: String
    /// The name of the caller's key (never the key itself); `local` for the command line.
    public let keyName: String
    public let deadline: Deadline
    public let priority: Priority
    /// The request's place in a distributed trace; engines are told it.
    public internal(set) var trace: Trace?

    public init(
        id: String = RequestContext.newID(), keyName: String = "local", deadline: Deadline,
        priority: Priority = .interactive, trace: Trace? = nil
    ) {
        self.id = id
        self.keyName = keyName
        self.deadline = deadline
        self.priority = priority
        self.trace = trace
    }

    /// The same request with less time.
    public func capped(at deadline: Deadline) -> RequestContext {
        RequestContext(id: id, keyName: keyName, deadline: min(self.deadline, deadline), priority: priority, trace: trace)
    }

    /// A fresh identifier, 32 hexadecimal characters.
    public static func newID() -> String {
        UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    }
}
