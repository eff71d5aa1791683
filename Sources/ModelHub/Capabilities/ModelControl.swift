import Foundations

/// Loading and unloading by request, for every surface that offers it.
public protocol ModelControl: Sendable {
    /// Every model with its state and, where it failed, the reason.
    func models() async -> [ModelSummary]

    /// Loads a model and returns when it answers. Does nothing when it is loaded.
    /// - Throws: `ModelHubError.modelNotFound`, `.modelNotFetched`, `ModelFailure`, or why the engine didn't start.
    func load(_ id: String, by deadline: Deadline) async throws -> ModelSummary

    /// Unloads a model: requests that use it finish within `models.drain_timeout`. Does nothing when it isn't loaded.
    /// - Throws: `ModelHubError.modelNotFound`, `ModelFailure.notControllable`.
    func unload(_ id: String) async throws -> ModelSummary

    /// Loads `target`, makes it the model that answers when none is named, and unloads `source`. When `target` doesn't load,
    /// `source` answers as before.
    /// - Parameter source: `nil`: the local model that answers by default and is loaded, if there is one.
    /// - Throws: `ModelFailure.switchFailed`, `.switchInProgress`, and as `load`, before anything was changed.
    func switchModel(from source: String?, to target: String, by deadline: Deadline) async throws -> ModelSwitch

    /// Begins to fetch a model's files; the fetch goes on by itself.
    /// - Throws: `ModelHubError.modelNotFound`; `.modelBusy` when it is being fetched already.
    func pull(_ id: String) async throws

    /// Stops a fetch. What came is kept, and the next fetch goes on from there.
    /// - Throws: `ModelHubError.modelNotFound`.
    func stopPull(_ id: String) async throws

    /// Fetches that were begun by request, running or ended.
    func pulls() async -> [ModelPull]

    /// Unloads a model and deletes its files.
    /// - Throws: `ModelHubError.modelNotFound`; `.modelBusy` while it is being fetched.
    func remove(_ id: String) async throws

    /// The memory that models share.
    func memoryUse() async -> ModelMemoryUse
}

/// How the memory for models is used.
public struct ModelMemoryUse: Sendable, Equatable {
    public struct Model: Sendable, Equatable {
        public var id: String
        public var bytes: Int
        public var isPinned: Bool
        public var users: Int
    }

    /// Bytes.
    public var budget: Int
    public var used: Int
    public var models: [Model]

    public init(budget: Int, used: Int, models: [Model] = []) {
        self.budget = budget
        self.used = used
        self.models = models
    }
}

/// What a switch did.
public struct ModelSwitch: Sendable, Equatable {
    /// The model that was unloaded; `nil` when none was loaded.
    public var from: String?
    public var to: String
    /// Whether both were loaded for a moment, so that there was always one to answer.
    public var overlapped: Bool
    /// Seconds from the request to the end.
    public var seconds: Double

    public init(from: String?, to: String, overlapped: Bool, seconds: Double) {
        self.from = from
        self.to = to
        self.overlapped = overlapped
        self.seconds = seconds
    }
}
