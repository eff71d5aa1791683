import Foundations
import Gateway
import Testing

@Suite struct AdmissionQueueTests {
    @Test func runsUntilTheSlotsAreTakenThenQueuesThenRefuses() {
        var queue = AdmissionQueue(slots: 2, places: 2)
        #expect(queue.arrive(1, patience: .seconds(900)) == .run)
        #expect(queue.arrive(2, patience: .seconds(900)) == .run)
        #expect(queue.arrive(3, patience: .seconds(900)) == .wait(position: 1))
        #expect(queue.arrive(4, patience: .seconds(900)) == .wait(position: 2))
        // Third in line of two slots, ten seconds each as nothing is known yet.
        #expect(queue.arrive(5, patience: .seconds(900)) == .full(retryAfter: .seconds(15)))
        #expect(queue.running == [1, 2])
        #expect(queue.waiting == [3, 4])
    }

    @Test func aFreedSlotGoesToTheFirstInLineAndTheOthersMoveUp() {
        var queue = AdmissionQueue(slots: 1, places: 3)
        for id: AdmissionQueue.ID in 1...4 { _ = queue.arrive(id, patience: .seconds(900)) }
        #expect(queue.leave(1, served: .seconds(4)) == [.start(2), .moved(3, position: 1), .moved(4, position: 2)])
        #expect(queue.leave(3, served: nil) == [.moved(4, position: 1)])
        #expect(queue.leave(2, served: .seconds(4)) == [.start(4)])
        #expect(queue.leave(4, served: .seconds(4)) == [])
        #expect(queue.running.isEmpty && queue.waiting.isEmpty)
    }

    @Test func leavingTwiceOrUnknownChangesNothing() {
        var queue = AdmissionQueue(slots: 1, places: 1)
        _ = queue.arrive(1, patience: .seconds(900))
        _ = queue.arrive(2, patience: .seconds(900))
        #expect(queue.leave(9, served: .seconds(1)) == [])
        #expect(queue.leave(1, served: .seconds(1)) == [.start(2)])
        #expect(queue.leave(1, served: .seconds(1)) == [])
        #expect(queue.running == [2])
    }

    @Test func theAverageFollowsServedWorkOnly() {
        var queue = AdmissionQueue(slots: 1, places: 4)
        _ = queue.arrive(1, patience: .seconds(900))
        _ = queue.leave(1, served: nil)
        #expect(queue.averageService == AdmissionQueue.firstGuess)
        _ = queue.arrive(2, patience: .seconds(900))
        _ = queue.leave(2, served: .seconds(20))
        #expect(queue.averageService == .seconds(20))
        _ = queue.arrive(3, patience: .seconds(900))
        _ = queue.leave(3, served: .seconds(10))
        #expect(abs(queue.averageService / .seconds(1) - 17) < 1e-6)
    }

    @Test func aWaitBeyondThePatienceIsRefused() {
        var queue = AdmissionQueue(slots: 1, places: 4)
        _ = queue.arrive(1, patience: .seconds(5))
        #expect(queue.arrive(2, patience: .seconds(5)) == .tooLong(retryAfter: .seconds(10)))
        #expect(queue.arrive(3, patience: .seconds(11)) == .wait(position: 1))
    }

    @Test func retryAfterIsAtLeastASecondAndCapped() {
        var fast = AdmissionQueue(slots: 1, places: 0)
        _ = fast.arrive(1, patience: .seconds(900))
        _ = fast.leave(1, served: .milliseconds(3))
        _ = fast.arrive(2, patience: .seconds(900))
        #expect(fast.arrive(3, patience: .seconds(900)) == .full(retryAfter: .seconds(1)))
        var slow = AdmissionQueue(slots: 1, places: 0)
        _ = slow.arrive(1, patience: .seconds(900))
        _ = slow.leave(1, served: .seconds(500))
        _ = slow.arrive(2, patience: .seconds(900))
        #expect(slow.arrive(3, patience: .seconds(900)) == .full(retryAfter: AdmissionQueue.longestRetryAfter))
    }

    /// Every sequence of arrivals and departures of four callers keeps the invariants.
    @Test func invariantsHoldOverAllShortHistories() {
        func explore(_ queue: AdmissionQueue, _ depth: Int) {
            #expect(queue.running.count <= queue.slots)
            #expect(queue.waiting.count <= queue.places)
            #expect(Set(queue.waiting).isDisjoint(with: queue.running))
            #expect(queue.waiting.isEmpty || queue.running.count == queue.slots)
            guard depth > 0 else { return }
            for id: AdmissionQueue.ID in 1...4 {
                var next = queue
                if queue.running.contains(id) || queue.waiting.contains(id) {
                    _ = next.leave(id, served: .seconds(1))
                } else {
                    _ = next.arrive(id, patience: .seconds(900))
                }
                explore(next, depth - 1)
            }
        }
        explore(AdmissionQueue(slots: 2, places: 1), 7)
    }

    @Test func theGateHandsOnPlacesAndTurnsAway() async throws {
        let gate = AdmissionGate(slots: 1, places: 1)
        let (opened, open) = AsyncStream<Void>.makeStream()
        let (positions, position) = AsyncStream<Int>.makeStream()
        async let first: Void = gate.withPlace(deadline: .after(.seconds(900)), onQueued: { _ in }) {
            for await _ in opened { break }
        }
        while await gate.load.running == 0 { await Task.yield() }
        let second = Task {
            try await gate.withPlace(deadline: .after(.seconds(900)), onQueued: { position.yield($0) }) { 7 }
        }
        #expect(await positions.first { _ in true } == 1)
        await #expect(throws: GatewayError.queueFull(retryAfter: .seconds(20))) {
            try await gate.withPlace(deadline: .after(.seconds(900)), onQueued: { _ in }) {}
        }
        open.yield()
        try await first
        #expect(try await second.value == 7)
        let load = await gate.load
        #expect(load.running == 0 && load.waiting == 0)
    }

    @Test func cancellingAWaiterFreesItsPlace() async throws {
        let gate = AdmissionGate(slots: 1, places: 1)
        let (opened, open) = AsyncStream<Void>.makeStream()
        async let first: Void = gate.withPlace(deadline: .after(.seconds(900)), onQueued: { _ in }) {
            for await _ in opened { break }
        }
        while await gate.load.running == 0 { await Task.yield() }
        let second = Task { try await gate.withPlace(deadline: .after(.seconds(900)), onQueued: { _ in }) {} }
        while await gate.load.waiting == 0 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(await gate.load.waiting == 0)
        open.yield()
        try await first
    }
}
