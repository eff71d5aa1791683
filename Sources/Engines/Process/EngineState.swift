import Foundation

/// A supervised engine as its owner sees it.
public enum EngineState: Sendable, Equatable {
    case stopped
    case starting
    case ready(EngineAddress)
    case stopping
    /// It ended by itself and comes back after a wait.
    case restarting
    /// It stays down until it is started explicitly. `reason` is a sentence for people.
    case failed(reason: String)
}

/// Where a ready child listens, and the key it wants. Both are new with every start.
public struct EngineAddress: Sendable, Equatable {
    public let port: Int
    /// A random bearer token.
    public let apiKey: String

    public init(port: Int, apiKey: String) {
        self.port = port
        self.apiKey = apiKey
    }

    /// `http://127.0.0.1:PORT`.
    public var baseURL: String { "http://127.0.0.1:\(port)" }
}
