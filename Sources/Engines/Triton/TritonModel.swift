import Foundations

/// A model of a Triton server's repository.
public struct TritonModel: Sendable, Equatable {
    public enum State: String, Sendable {
        case ready = "READY"
        case loading = "LOADING"
        case unloading = "UNLOADING"
        /// Also one that was never loaded.
        case unavailable = "UNAVAILABLE"
    }

    public var name: String
    /// `nil` where the server names none, as for models that aren't loaded.
    public var version: String?
    public var state: State
    /// Why it isn't ready, in the server's words.
    public var reason: String?

    public init(name: String, version: String? = nil, state: State, reason: String? = nil) {
        self.name = name
        self.version = version
        self.state = state
        self.reason = reason
    }

    /// An entry of `POST /v2/repository/index`; `nil` when it isn't one. Models without a state were never loaded.
    init?(_ json: JSONValue) {
        guard let name = json["name"]?.stringValue else { return nil }
        self.name = name
        version = json["version"]?.stringValue
        state = json["state"]?.stringValue.flatMap(State.init) ?? .unavailable
        reason = json["reason"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    public var json: JSONValue {
        [
            "name": .string(name), "version": version.map(JSONValue.string) ?? .null, "state": .string(state.rawValue),
            "reason": reason.map(JSONValue.string) ?? .null,
        ]
    }
}
