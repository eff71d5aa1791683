import Foundation
import Foundations

/// A fetch that was begun by request, running or ended.
public struct ModelPull: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable { case running, done, failed, stopped }

    public var id: String
    public var state = State.running
    /// Bytes, as far as the present stage counts them.
    public var done: Int64 = 0
    public var total: Int64?
    public var bytesPerSecond: Double?
    public var secondsLeft: Double?
    /// Why it failed, in plain words.
    public var reason: String?

    public init(id: String) { self.id = id }
}

/// Fetches that go on by themselves, whoever is connected. What came before a stop or a failure is kept for the next time.
actor ModelPulls {
    private let store: ModelStore
    private var pulls: [String: ModelPull] = [:]
    private var rates: [String: TransferRate] = [:]
    private var tasks: [String: Task<Void, Never>] = [:]
    private let started = ContinuousClock.now

    init(store: ModelStore) { self.store = store }

    /// The newest one of each model.
    var all: [ModelPull] { pulls.values.sorted { $0.id < $1.id } }

    /// - Throws: `ModelHubError.modelBusy` when it is being fetched already.
    func start(_ id: String) throws {
        guard tasks[id] == nil else { throw ModelHubError.modelBusy(id) }
        pulls[id] = ModelPull(id: id)
        rates[id] = TransferRate()
        tasks[id] = Task {
            let (updates, continuation) = AsyncStream.makeStream(of: ProgressUpdate.self, bufferingPolicy: .bufferingNewest(16))
            async let fetched: Void = fetch(id, continuation)
            for await update in updates { note(update, id) }
            do {
                try await fetched
                end(id, .done, nil)
            } catch is CancellationError {
                end(id, .stopped, nil)
            } catch {
                end(id, .failed, ErrorReport(error).message)
            }
        }
    }

    /// Stops a fetch; returns when it has stopped. Does nothing where none runs.
    func stop(_ id: String) async {
        guard let task = tasks[id] else { return }
        task.cancel()
        await task.value
    }

    func shutdown() async { for id in Array(tasks.keys) { await stop(id) } }

    private func fetch(_ id: String, _ updates: AsyncStream<ProgressUpdate>.Continuation) async throws {
        defer { updates.finish() }
        try await store.fetch(id) { updates.yield($0) }
    }

    private func note(_ update: ProgressUpdate, _ id: String) {
        guard update.unit == .bytes, var pull = pulls[id] else { return }
        pull.done = Int64(update.done)
        pull.total = update.total.map { Int64($0) }
        rates[id]?.record(bytes: pull.done, at: ContinuousClock.now - started)
        pull.bytesPerSecond = rates[id]?.bytesPerSecond
        pull.secondsLeft = pull.total.flatMap { rates[id]?.secondsLeft(total: $0) }
        pulls[id] = pull
    }

    private func end(_ id: String, _ state: ModelPull.State, _ reason: String?) {
        pulls[id]?.state = state
        pulls[id]?.reason = reason
        pulls[id]?.bytesPerSecond = nil
        pulls[id]?.secondsLeft = nil
        rates[id] = nil
        tasks[id] = nil
    }
}
