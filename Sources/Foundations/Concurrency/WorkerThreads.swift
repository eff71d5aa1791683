import Dispatch

/// Threads for work that blocks or computes long (C libraries, files), kept away from Swift's cooperative pool.
///
/// At most `width` pieces of work run at once; further ones wait in order of arrival. Cancellation is checked before a
/// piece starts; a piece that runs ends by itself, so give long work its own `Task.isCancelled`-like flag.
public final class WorkerThreads: Sendable {
    private let queue: DispatchQueue
    private let slots: AsyncSlots

    public init(name: String, width: Int) {
        queue = DispatchQueue(label: "martlet.\(name)", attributes: .concurrent)
        slots = AsyncSlots(count: max(1, width))
    }

    /// Runs `work` on one of the threads.
    /// - Throws: `CancellationError` when the task was cancelled before the work began; else what `work` throws.
    public func run<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
        try await slots.withSlot {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
                self.queue.async { continuation.resume(with: Result { try work() }) }
            }
        }
    }
}

/// A counted resource that tasks wait for in order of arrival. Waiting honours cancellation.
public actor AsyncSlots {
    private var free: Int
    private var waiting: [(id: UInt64, continuation: CheckedContinuation<Void, any Error>)] = []
    private var nextID: UInt64 = 0

    public init(count: Int) { free = count }

    /// Runs `body` while holding one slot.
    public nonisolated func withSlot<T: Sendable>(_ body: @Sendable () async throws -> T) async throws -> T {
        try await acquire()
        do {
            let value = try await body()
            await release()
            return value
        } catch {
            await release()
            throw error
        }
    }

    private func acquire() async throws {
        try Task.checkCancellation()
        if free > 0 {
            free -= 1
            return
        }
        let id = nextID
        nextID += 1
        try await withTaskCancellationHandler { () async throws -> Void in
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((id, continuation))
                }
            }
        } onCancel: {
            Task { await self.abandon(id) }
        }
    }

    private func abandon(_ id: UInt64) {
        guard let index = waiting.firstIndex(where: { $0.id == id }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    private func release() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().continuation.resume()
        }
    }
}
