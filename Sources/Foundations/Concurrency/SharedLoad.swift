/// Something costly that is made on first use and kept. Callers that ask meanwhile share the one load; a failed load is
/// tried again by the next caller.
public actor SharedLoad<Value: Sendable> {
    private let load: @Sendable () async throws -> Value
    private var running: Task<Value, any Error>?

    public init(_ load: @escaping @Sendable () async throws -> Value) { self.load = load }

    /// - Throws: what the load throws.
    public func value() async throws -> Value {
        if let running { return try await running.value }
        // Belongs to the actor, not to the caller that happened to come first: others may wait for it.
        let task = Task { [load] in try await load() }
        running = task
        do {
            return try await task.value
        } catch {
            running = nil
            throw error
        }
    }
}
