import Foundations

/// A model of whatever kind that is loaded and unloaded here, as those see it who look after models.
protocol ManagedModel: MemoryTenant {
    var state: ModelLifecycle.State { get async }
    /// Requests that use it at the moment.
    var users: Int { get async }
    /// Whether the model may run on this machine, and the bytes of memory it will take. Nothing is started.
    /// - Throws: `ModelFailure.gpuRequired`, `HeaderError`.
    func need() async throws -> Int
    /// Bytes that the model holds or is expected to take; `nil` when it isn't loaded.
    func memoryBytes() async -> Int?
    /// Loads the model if it isn't, and returns when it answers.
    /// - Throws: why it can't be loaded; `DeadlineExceeded`, `CancellationError`: the load goes on.
    func load(by deadline: Deadline) async throws
    /// Unloads the model: lets those who use it finish within `grace`, then stops the engine all the same.
    /// - Throws: `CancellationError`: the unloading goes on.
    func unload(within grace: Duration) async throws
    /// Unloads the model if nobody used it for the keep-alive time, else weighs it.
    func tick(now: ContinuousClock.Instant) async
    /// Stops the process now, whoever uses it.
    func shutdown() async
    /// How the process is, for the pool in front of the model.
    func probe() async -> PoolState.Probe
}
