import Foundations
import Testing

@Suite struct ConcurrencyTests {
    @Test func deadlineCancelsTheOperation() async {
        await #expect(throws: DeadlineExceeded(waitingFor: "nothing")) {
            try await withDeadline(.after(.milliseconds(5)), waitingFor: "nothing") {
                try await Task.sleep(for: .seconds(60))
            }
        }
    }

    @Test func deadlineGivesTheValueInTime() async throws {
        #expect(try await withDeadline(.after(.seconds(60)), waitingFor: "it") { 7 } == 7)
    }

    @Test func slotsNeverExceedTheirCountAndServeInOrder() async throws {
        let slots = AsyncSlots(count: 3)
        let meter = Meter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await slots.withSlot {
                        await meter.enter()
                        await Task.yield()
                        await meter.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await meter.most <= 3)
        #expect(await meter.inside == 0)
    }

    @Test func aCancelledWaiterLeavesTheQueue() async throws {
        let slots = AsyncSlots(count: 1)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let held = Meter()
        let holder = Task {
            try await slots.withSlot {
                await held.enter()
                for await _ in gate {}
            }
        }
        // Else the waiter might come first.
        while await held.most == 0 { await Task.yield() }
        let waiter = Task { try await slots.withSlot {} }
        try await Task.sleep(for: .milliseconds(5))
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
        open.finish()
        try await holder.value
        try await slots.withSlot {}
    }

    @Test func aFailedPieceOfWorkFreesItsSlot() async throws {
        struct Broken: Error {}
        let threads = WorkerThreads(name: "test", width: 1)
        for _ in 0..<3 { await #expect(throws: Broken.self) { try await threads.run { throw Broken() } } }
        #expect(try await threads.run { 1 + 1 } == 2)
    }

    @Test func aCancelledCallerLeavesASharedLoadToTheOthers() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let loads = Meter()
        let shared = SharedLoad {
            await loads.enter()
            for await _ in gate {}
            return 7
        }
        let stays = Task { try await shared.value() }
        let leaves = Task { try await shared.value() }
        while await loads.most == 0 { await Task.yield() }
        leaves.cancel()
        // Returns while the load still runs.
        await #expect(throws: CancellationError.self) { try await leaves.value }
        open.finish()
        #expect(try await stays.value == 7)
        #expect(try await shared.value() == 7)
        #expect(await loads.most == 1)
    }

    @Test func aFailedSharedLoadIsTriedAgain() async throws {
        struct Broken: Error {}
        let tries = Meter()
        let shared = SharedLoad {
            await tries.enter()
            if await tries.most == 1 { throw Broken() }
            return 7
        }
        await #expect(throws: Broken.self) { try await shared.value() }
        #expect(try await shared.value() == 7)
    }

    private actor Meter {
        private(set) var inside = 0
        private(set) var most = 0
        func enter() {
            inside += 1
            most = max(most, inside)
        }
        func leave() { inside -= 1 }
    }
}
