import Foundations
import ModelHub
import Testing

/// A loaded model whose use the test decides.
private actor Tenant: MemoryTenant {
    nonisolated let memoryKey: String
    nonisolated var id: String { memoryKey }
    nonisolated let isPinned: Bool
    private let memory: ModelMemory
    private(set) var isIdle: Bool
    private(set) var evictions = 0

    init(_ key: String, _ memory: ModelMemory, isIdle: Bool = true, isPinned: Bool = false) {
        memoryKey = key
        self.memory = memory
        self.isIdle = isIdle
        self.isPinned = isPinned
    }

    func occupancy() -> ModelResidency.Occupancy { .init(isIdle: isIdle, lastUsed: .now) }

    func evict() async -> Bool {
        guard isIdle else { return false }
        evictions += 1
        await memory.release(memoryKey)
        return true
    }

    func finish() async {
        isIdle = true
        await memory.someoneLeft()
    }
}

@Suite struct ModelMemoryTests {
    private static var deadline: Deadline { .after(.seconds(60)) }

    @Test func idleModelsMakeRoom() async throws {
        let memory = ModelMemory(budget: 100, patience: .seconds(60))
        let a = Tenant("a", memory), b = Tenant("b", memory)
        try await memory.reserve(70, for: a, by: Self.deadline)
        try await memory.reserve(50, for: b, by: Self.deadline)
        #expect(await a.evictions == 1)
        #expect(await memory.used == 50)
        #expect(await memory.bytes(of: "a") == nil)
    }

    @Test func modelsInUseAreWaitedFor() async throws {
        let memory = ModelMemory(budget: 100, patience: .seconds(60))
        let a = Tenant("a", memory, isIdle: false), b = Tenant("b", memory)
        try await memory.reserve(70, for: a, by: Self.deadline)
        async let waits: Void = memory.reserve(50, for: b, by: Self.deadline)
        await a.finish()
        try await waits
        #expect(await a.evictions == 1)
    }

    @Test func patienceEndsAndLeavesNothingBehind() async throws {
        let memory = ModelMemory(budget: 100, patience: .milliseconds(30))
        let a = Tenant("a", memory, isIdle: false), b = Tenant("b", memory)
        try await memory.reserve(70, for: a, by: Self.deadline)
        await #expect(throws: ModelFailure.noRoom("b", needed: 50, budget: 100)) {
            try await memory.reserve(50, for: b, by: Self.deadline)
        }
        await #expect(throws: DeadlineExceeded.self) { try await memory.reserve(50, for: b, by: .after(.milliseconds(5))) }
        #expect(await memory.used == 70)
        await #expect(throws: ModelFailure.tooLarge("b", needed: 101, available: 100)) {
            try await memory.reserve(101, for: b, by: Self.deadline)
        }
        // What is gone makes room again.
        await memory.release("a")
        try await memory.reserve(100, for: b, by: Self.deadline)
    }

    @Test func aCancelledWaitEnds() async throws {
        let memory = ModelMemory(budget: 100, patience: .seconds(60))
        let a = Tenant("a", memory, isIdle: false), b = Tenant("b", memory)
        try await memory.reserve(70, for: a, by: Self.deadline)
        let waits = Task { try await memory.reserve(50, for: b, by: Self.deadline) }
        waits.cancel()
        await #expect(throws: CancellationError.self) { try await waits.value }
        await a.finish()
        #expect(await memory.used == 70)
    }

    @Test func weighedModelsGoBackUnderTheBudget() async throws {
        let memory = ModelMemory(budget: 100, patience: .seconds(60))
        let a = Tenant("a", memory), b = Tenant("b", memory, isIdle: false)
        try await memory.reserve(40, for: a, by: Self.deadline)
        try await memory.reserve(40, for: b, by: Self.deadline)
        await memory.measured(90, key: "b")
        while await a.evictions == 0 { await Task.yield() }
        #expect(await memory.bytes(of: "b") == 90)
    }
}
