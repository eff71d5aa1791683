import Foundations

/// What a surface needs of the hub: which models there are, and a handle to talk to one.
public protocol ModelDirectory: Sendable {
    func models() async -> [ModelSummary]
    /// - Parameter id: `nil` chooses the default chat model.
    /// - Throws: a report with code `model_not_found`, `model_not_fetched` or `model_failed`.
    func chatModel(id: String?, context: RequestContext) async throws -> any ChatModel
}

/// A model as lists show it.
public struct ModelSummary: Sendable, Equatable, Codable {
    public enum State: String, Sendable, Codable { case absent, fetching, onDisk, loading, ready, draining, failed }

    public var id: String
    public var engine: String
    public var capabilities: [String]
    public var state: State
    /// Bytes to fetch, or on disk.
    public var bytes: Int64
    public var licence: String
    public var parameters: Int64?
    public var contextLength: Int?
    /// Why it failed, in plain words.
    public var reason: String?
    /// Bytes of memory that it holds, or is expected to take while it loads; `nil` when it isn't loaded here.
    public var memoryBytes: Int?
    /// Requests that use it at the moment; `nil` when it isn't one of ours to load.
    public var users: Int?
    /// Whether it stays loaded once it is.
    public var isPinned: Bool?
    /// What it is, in a sentence.
    public var notes: String?
    /// Bytes of memory that it will take when it loads; `nil` when that isn't known.
    public var neededBytes: Int?
    /// Why it can't be loaded on this machine; `nil` when nothing is known against it.
    public var obstacle: String?
    /// Whether it answers when none is named.
    public var isDefault: Bool?

    public init(
        id: String, engine: String, capabilities: [String], state: State, bytes: Int64, licence: String,
        parameters: Int64? = nil, contextLength: Int? = nil, reason: String? = nil
    ) {
        self.id = id
        self.engine = engine
        self.capabilities = capabilities
        self.state = state
        self.bytes = bytes
        self.licence = licence
        self.parameters = parameters
        self.contextLength = contextLength
        self.reason = reason
    }
}
