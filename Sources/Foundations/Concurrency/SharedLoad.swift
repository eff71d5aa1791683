/// Something costly that is made on first use and kept. Callers that ask meanwhile share the one load; a failed load is
/// tried again by the next caller. A cancelled caller leaves at once; the load goes on for the others and for the next.
public actor SharedLoad<Value: Sendable> {
    private let load: @Sendable () async throws -> Value
    private var loaded: Value?
    /// Belongs to the actor, not to the caller that happened to come first: others may wait for it.
    private var running: Task<Void, Never>?
    private var waiting: [UInt64: CheckedContinuation<Value, any Error>] = [:]
    private var nextID: UInt64 = 0

    public init(_ load: @escaping @Sendable () async throws -> Value) { self.load = load }

    /// - Throws: what the load throws; `CancellationError`.
    public func value() async throws -> Value {
        if let loaded { return loaded }
        try Task.checkCancellation()
        nextID += 1
        let id = nextID
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                waiting[id] = continuation
                if running == nil { running = Task { await self.run() } }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func run() async {
        let result: Result<Value, any Error>
        do {
            let value = try await load()
            loaded = value
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        running = nil
        let served = waiting
        waiting = [:]
        for continuation in served.values { continuation.resume(with: result) }
    }

    private func abandon(_ id: UInt64) { waiting.removeValue(forKey: id)?.resume(throwing: CancellationError()) }
}
