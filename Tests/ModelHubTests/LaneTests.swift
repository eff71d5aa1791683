import Foundations
import ModelHub
import Synchronization
import Testing

/// Counts how many are inside, and the most there ever were.
private final class Peak: Sendable {
    private let counts = Mutex([0, 0])
    var most: Int { counts.withLock { $0[1] } }

    func enter() {
        counts.withLock { counts in
            counts[0] += 1
            counts[1] = max(counts[1], counts[0])
        }
    }

    func leave() { counts.withLock { $0[0] -= 1 } }
}

@Suite struct LaneTests {
    private func lane(_ slots: Int, _ capacity: Int, maxWait: Duration = .seconds(900), metrics: MetricsRegistry = .init()) -> Lane {
        Lane(name: "test", limits: LaneLimits(capacity: capacity, maxWait: maxWait), slots: slots, metrics: metrics)
    }

    private func context(_ seconds: Double = 900, key: String = "a") -> RequestContext {
        RequestContext(keyName: key, deadline: .after(.seconds(seconds)))
    }

    @Test func handsOnPlacesAndTurnsAway() async throws {
        let metrics = MetricsRegistry()
        let lane = lane(1, 1, metrics: metrics)
        let first = try await lane.enter(context())
        let (positions, position) = AsyncStream<Int>.makeStream()
        let second = Task { try await lane.withPlace(context(), onQueued: { position.yield($0.position) }) { 7 } }
        #expect(await positions.first { _ in true } == 1)
        await #expect(throws: LaneError.full(lane: "test", retryAfter: .seconds(20))) { try await lane.enter(context()) }
        await #expect(throws: LaneError.full(lane: "test", retryAfter: .seconds(20))) { try await lane.check(context()) }
        await lane.leave(first, served: .seconds(1))
        #expect(try await second.value == 7)
        #expect(await lane.load == Lane.Load(running: 0, waiting: 0, slots: 1))
        let text = await metrics.text()
        #expect(text.contains(#"martlet_lane_rejections_total{lane="test",reason="queue_full"} 2"#))
        #expect(text.contains(#"martlet_lane_wait_seconds_count{lane="test"} 2"#))
    }

    @Test func refusalsSayWhenToComeBack() {
        let report = LaneError.tooLong(lane: "x", retryAfter: .milliseconds(1500)).report
        #expect(report.kind == .busy && report.code == "wait_too_long" && report.retryAfter == .milliseconds(1500))
        #expect(report.envelope(requestID: nil)["error"]?["retry_after_ms"] == 1500)
    }

    @Test func positionsAreToldWhenTheyChange() async throws {
        let lane = lane(1, 4)
        let first = try await lane.enter(context())
        let told = Mutex([Int]())
        let second = Task { try await lane.withPlace(context()) { try await Task.sleep(for: .seconds(600)) } }
        while await lane.load.waiting < 1 { await Task.yield() }
        let third = Task { try await lane.withPlace(context(), onQueued: { place in told.withLock { $0.append(place.position) } }) {} }
        while await lane.load.waiting < 2 { await Task.yield() }
        await lane.leave(first, served: nil)
        while told.withLock({ $0 }) != [2, 1] { await Task.yield() }
        second.cancel()
        try await third.value
        await #expect(throws: CancellationError.self) { try await second.value }
    }

    @Test func cancellingAWaiterFreesItsPlace() async throws {
        let lane = lane(1, 1)
        let first = try await lane.enter(context())
        let second = Task { try await lane.withPlace(context()) {} }
        while await lane.load.waiting == 0 { await Task.yield() }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        #expect(await lane.load.waiting == 0)
        await lane.leave(first, served: nil)
        #expect(await lane.load.running == 0)
    }

    @Test func waitingEndsAtTheDeadlineAndAtTheLanesBound() async throws {
        // A short service time, so that the waits are expected to be short and callers are let in.
        let lane = lane(1, 4, maxWait: .milliseconds(60))
        let quick = try await lane.enter(context())
        await lane.leave(quick, served: .milliseconds(1))
        let holder = try await lane.enter(context())
        await #expect(throws: DeadlineExceeded.self) { try await lane.enter(context(0.03)) }
        do {
            _ = try await lane.enter(context())
            Issue.record("a wait without end")
        } catch let error as LaneError {
            #expect(error.report.code == "wait_too_long")
        }
        #expect(await lane.load == Lane.Load(running: 1, waiting: 0, slots: 1))
        await lane.leave(holder, served: nil)
        #expect(await lane.load.running == 0)
    }

    @Test func slotsMayChangeWhileSomeoneWaits() async throws {
        let lane = lane(0, 4)
        let waiter = Task { try await lane.withPlace(context()) { 1 } }
        while await lane.load.waiting == 0 { await Task.yield() }
        await lane.setSlots(1)
        #expect(try await waiter.value == 1)
    }

    /// Many tasks, some of which give up at random moments: no slot is lost or used twice.
    @Test func noPlaceIsLostUnderCancellation() async throws {
        let lane = lane(3, 400)
        let peak = Peak()
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<300 {
                group.addTask {
                    let work = Task {
                        try await lane.withPlace(context(key: "k\(index % 5)")) {
                            peak.enter()
                            defer { peak.leave() }
                            for _ in 0..<(index % 7) { await Task.yield() }
                        }
                    }
                    if index % 3 == 0 {
                        for _ in 0..<(index % 11) { await Task.yield() }
                        work.cancel()
                    }
                    _ = await work.result
                }
            }
        }
        #expect(peak.most <= 3)
        #expect(await lane.load == Lane.Load(running: 0, waiting: 0, slots: 3))
    }
}
