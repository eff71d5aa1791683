import Foundations
import Synchronization
import Testing

@Suite struct InterruptionTests {
    private struct Reason: Error, Equatable { var number = 1 }

    @Test func theWorkEndsForTheFirstReason() async {
        let call = Interruption()
        await #expect(throws: Reason(number: 1)) {
            try await call.run {
                call.end(with: Reason(number: 1))
                call.end(with: Reason(number: 2))
                try await Task.sleep(for: .seconds(60))
            }
        }
    }

    @Test func aReasonBeforeTheStartCounts() async {
        let call = Interruption()
        call.end(with: Reason())
        await #expect(throws: Reason()) { try await call.run { try await Task.sleep(for: .seconds(60)) } }
    }

    @Test func interruptedWorkThatEndsAsIfCompleteIsNotComplete() async {
        let call = Interruption()
        await #expect(throws: Reason()) {
            try await call.run {
                call.end(with: Reason())
                while !Task.isCancelled { await Task.yield() }
                return 7
            }
        }
    }

    @Test func theWorksOwnErrorIsThrown() async {
        struct Own: Error {}
        let call = Interruption()
        call.end(at: .after(.seconds(60)), with: Reason())
        await #expect(throws: Own.self) { try await call.run { throw Own() } }
    }

    @Test func aCancelledCallerCancelsTheWork() async {
        let task = Task { try await Interruption().run { try await Task.sleep(for: .seconds(60)) } }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func deadlinesAreReachedInTheirOrder() async throws {
        let reached = Record<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in [4, 1, 3, 0, 2] {
                group.addTask {
                    do {
                        try await withDeadline(.after(.milliseconds(20 + 40 * number)), waitingFor: "\(number)") {
                            try await Task.sleep(for: .seconds(60))
                        }
                    } catch is DeadlineExceeded {
                        reached.update { $0.append(number) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(reached.value == [0, 1, 2, 3, 4])
    }

    @Test func aShorterDeadlineIsNotHeldUpByALongerOne() async throws {
        let long = Task { try await withDeadline(.after(.seconds(600)), waitingFor: "long") { try await Task.sleep(for: .seconds(600)) } }
        try await Task.sleep(for: .milliseconds(10))
        let started = ContinuousClock.now
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.after(.milliseconds(30)), waitingFor: "short") { try await Task.sleep(for: .seconds(60)) }
        }
        #expect(.now - started < .seconds(5))
        long.cancel()
        _ = await long.result
    }

    @Test func aDeadlineIsReachedAfterManyThatNeverWere() async throws {
        for _ in 0..<5000 { try await withDeadline(.after(.seconds(600)), waitingFor: "nothing") {} }
        await #expect(throws: DeadlineExceeded.self) {
            try await withDeadline(.after(.milliseconds(20)), waitingFor: "it") { try await Task.sleep(for: .seconds(60)) }
        }
    }

    @Test func aDeadlineMayMoveWhileTheWorkGoesOn() async throws {
        let last = Record(ContinuousClock.now)
        let reading = Interruption()
        reading.end(whenPast: { Deadline(last.value + .milliseconds(300)) }, with: Reason())
        let started = ContinuousClock.now
        await #expect(throws: Reason()) {
            try await reading.run {
                for _ in 0..<6 {
                    try await Task.sleep(for: .milliseconds(100))
                    last.update { $0 = .now }
                }
                try await Task.sleep(for: .seconds(60))
            }
        }
        #expect(.now - started > .milliseconds(800))
    }
}

/// A value that several tasks change.
private final class Record<Value: Sendable>: Sendable {
    private let state: Mutex<Value>

    init(_ value: Value) { state = Mutex(value) }

    var value: Value { state.withLock { $0 } }

    func update(_ change: (inout Value) -> Void) { state.withLock { change(&$0) } }
}
