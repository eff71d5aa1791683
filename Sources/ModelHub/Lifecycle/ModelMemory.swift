import Foundations

/// A loaded model, as the keeper of the memory sees it.
public protocol MemoryTenant: AnyObject, Sendable {
    /// Its own among all tenants.
    var memoryKey: String { get }
    /// The model's id, for messages.
    var id: String { get }
    var isPinned: Bool { get }
    func occupancy() async -> ModelResidency.Occupancy
    /// Unloads the model if nobody uses it, and returns when it is gone.
    /// - Returns: `false` when it is in use and stays.
    func evict() async -> Bool
}

/// Shares out the memory for models: performs what `ModelResidency` decides.
public actor ModelMemory {
    private var residency: ModelResidency
    /// The longest a load waits for models in use to leave.
    private let patience: Duration
    private var tenants: [String: any MemoryTenant] = [:]
    private var waiting: [Int: Waiter] = [:]
    private var nextTicket = 0
    private var isPlanning = false
    private var mustPlanAgain = false

    private struct Waiter {
        /// The model's id, for messages.
        let id: String
        let continuation: CheckedContinuation<Void, any Error>
    }

    public init(budget: Int, patience: Duration) {
        residency = ModelResidency(budget: budget)
        self.patience = patience
    }

    public var budget: Int { residency.budget }
    public var used: Int { residency.used }
    /// Bytes that a model holds, estimated until it was measured; `nil` when it isn't loaded.
    public func bytes(of key: String) -> Int? { residency.bytes(of: key) }

    /// Waits until a model may take `bytes`, and counts them as taken.
    /// - Throws: `ModelFailure.tooLarge`, `ModelFailure.noRoom`, `DeadlineExceeded`, `CancellationError`.
    public func reserve(_ bytes: Int, for tenant: any MemoryTenant, by deadline: Deadline) async throws {
        let key = tenant.memoryKey
        nextTicket += 1
        let ticket = nextTicket
        let patience = Deadline.after(patience)
        do {
            try await withDeadline(min(deadline, patience), waitingFor: "memory for the model") {
                try await self.wait(ticket, bytes: bytes, for: tenant)
            }
        } catch {
            // Also one that was granted at the very moment its time was up.
            release(key)
            guard error is DeadlineExceeded, patience <= deadline else { throw error }
            throw ModelFailure.noRoom(tenant.id, needed: bytes, budget: residency.budget)
        }
    }

    /// A model holds no memory any more.
    public func release(_ key: String) {
        residency.released(key)
        tenants[key] = nil
        planSoon()
    }

    /// A loaded model was weighed.
    public func measured(_ bytes: Int, key: String) {
        guard residency.bytes(of: key) != nil else { return }
        residency.measured(key, bytes: bytes)
        planSoon()
    }

    /// Somebody stopped using a model: those who wait may have their turn.
    public func someoneLeft() { planSoon() }

    /// Whether a model of `bytes` would fit while `key` stays loaded.
    public func fits(_ bytes: Int, beside key: String) async -> Bool {
        residency.fits(bytes, beside: key, await occupancy())
    }

    private func wait(_ ticket: Int, bytes: Int, for tenant: any MemoryTenant) async throws {
        try await withTaskCancellationHandler { () async throws -> Void in
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                if Task.isCancelled { return continuation.resume(throwing: CancellationError()) }
                // The request and the one who waits for its answer become known in one step: a plan may be on its way.
                tenants[tenant.memoryKey] = tenant
                waiting[ticket] = Waiter(id: tenant.id, continuation: continuation)
                residency.request(ticket, key: tenant.memoryKey, bytes: bytes, isPinned: tenant.isPinned)
                planSoon()
            }
        } onCancel: {
            Task { await self.abandon(ticket) }
        }
    }

    private func abandon(_ ticket: Int) {
        guard let waiter = waiting.removeValue(forKey: ticket) else { return }
        residency.abandon(ticket)
        waiter.continuation.resume(throwing: CancellationError())
        planSoon()
    }

    // MARK: Planning

    private func occupancy() async -> [String: ModelResidency.Occupancy] {
        var occupancy: [String: ModelResidency.Occupancy] = [:]
        for (key, tenant) in tenants { occupancy[key] = await tenant.occupancy() }
        return occupancy
    }

    /// One plan at a time: what happens meanwhile makes another one.
    private func planSoon() {
        mustPlanAgain = true
        guard !isPlanning else { return }
        isPlanning = true
        Task { await self.plan() }
    }

    private func plan() async {
        while mustPlanAgain {
            mustPlanAgain = false
            let occupancy = await occupancy()
            perform(residency.plan(occupancy))
        }
        isPlanning = false
    }

    private func perform(_ actions: [ModelResidency.Action]) {
        for action in actions {
            switch action {
            case .grant(let ticket):
                waiting.removeValue(forKey: ticket)?.continuation.resume()
            case .refuse(let ticket, let needed, let available):
                guard let waiter = waiting.removeValue(forKey: ticket) else { continue }
                waiter.continuation.resume(
                    throwing: ModelFailure.tooLarge(waiter.id, needed: needed, available: available))
            case .evict(let key):
                guard let tenant = tenants[key] else {
                    residency.released(key)
                    mustPlanAgain = true
                    continue
                }
                Task {
                    if await !tenant.evict() { self.evictionRefused(key) }
                }
            }
        }
    }

    private func evictionRefused(_ key: String) {
        residency.evictionRefused(key)
        planSoon()
    }
}
