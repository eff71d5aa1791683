import Foundations
import ModelHub
import Testing

@Suite struct LaneStateTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func lane(
        _ slots: Int, _ capacity: Int, maxWait: Duration = .seconds(900), aging: Duration = .seconds(30)
    ) -> LaneState {
        LaneState(limits: LaneLimits(capacity: capacity, maxWait: maxWait, batchAging: aging), slots: slots)
    }

    private func caller(
        _ id: LaneState.ID, _ key: String = "a", _ priority: RequestContext.Priority = .interactive,
        patience: Double = 900, now: Double = 0
    ) -> LaneState.Caller {
        LaneState.Caller(id: id, key: key, priority: priority, deadline: at(now + patience))
    }

    @Test func runsUntilTheSlotsAreTakenThenQueuesThenRefuses() {
        var lane = lane(2, 2)
        #expect(lane.arrive(caller(1), now: start).decision == .run)
        #expect(lane.arrive(caller(2), now: start).decision == .run)
        #expect(lane.arrive(caller(3), now: start).decision == .wait(position: 1))
        #expect(lane.arrive(caller(4), now: start).decision == .wait(position: 2))
        // Third in line of two slots, ten seconds each as nothing is known yet.
        #expect(lane.outlook(caller(5), now: start) == .full(retryAfter: .seconds(15)))
        #expect(lane.arrive(caller(5), now: start).decision == .full(retryAfter: .seconds(15)))
        #expect(lane.running == [1, 2])
        #expect(lane.waiting == [3, 4])
    }

    @Test func aFreedSlotGoesToTheFirstInLineAndTheOthersMoveUp() {
        var lane = lane(1, 3)
        for id: LaneState.ID in 1...4 { _ = lane.arrive(caller(id), now: start) }
        #expect(lane.leave(1, served: .seconds(4), now: start) == [.start(2), .moved(3, position: 1), .moved(4, position: 2)])
        #expect(lane.leave(3, served: nil, now: start) == [.moved(4, position: 1)])
        #expect(lane.leave(2, served: .seconds(4), now: start) == [.start(4)])
        #expect(lane.leave(4, served: .seconds(4), now: start) == [])
        #expect(lane.running.isEmpty && lane.waiting.isEmpty)
    }

    @Test func leavingTwiceOrUnknownChangesNothing() {
        var lane = lane(1, 1)
        _ = lane.arrive(caller(1), now: start)
        _ = lane.arrive(caller(2), now: start)
        #expect(lane.leave(9, served: .seconds(1), now: start) == [])
        #expect(lane.leave(1, served: .seconds(1), now: start) == [.start(2)])
        #expect(lane.leave(1, served: .seconds(1), now: start) == [])
        #expect(lane.running == [2])
    }

    @Test func theAverageFollowsServedWorkOnly() {
        var lane = lane(1, 4)
        _ = lane.arrive(caller(1), now: start)
        _ = lane.leave(1, served: nil, now: start)
        #expect(lane.averageService == lane.limits.firstGuess)
        _ = lane.arrive(caller(2), now: start)
        _ = lane.leave(2, served: .seconds(20), now: start)
        #expect(lane.averageService == .seconds(20))
        _ = lane.arrive(caller(3), now: start)
        _ = lane.leave(3, served: .seconds(10), now: start)
        #expect(abs(lane.averageService / .seconds(1) - 17) < 1e-6)
    }

    @Test func aWaitBeyondTheDeadlineOrTheLanesBoundIsRefused() {
        var lane = lane(1, 4, maxWait: .seconds(25))
        _ = lane.arrive(caller(1, patience: 5), now: start)
        #expect(lane.arrive(caller(2, patience: 5), now: start).decision == .tooLong(retryAfter: .seconds(10)))
        #expect(lane.arrive(caller(3, patience: 11), now: start).decision == .tooLong(retryAfter: .seconds(10)))
        #expect(lane.arrive(caller(3, patience: 12), now: start).decision == .wait(position: 1))
        #expect(lane.arrive(caller(4), now: start).decision == .wait(position: 2))
        #expect(lane.arrive(caller(5), now: start).decision == .tooLong(retryAfter: .seconds(30)))
        // Time goes on: what was patience enough isn't any more.
        #expect(lane.arrive(caller(6, patience: 29), now: at(1)).decision == .tooLong(retryAfter: .seconds(30)))
    }

    @Test func retryAfterIsThePredictionAndCapped() {
        var fast = lane(1, 0)
        _ = fast.arrive(caller(1), now: start)
        _ = fast.leave(1, served: .milliseconds(3), now: start)
        _ = fast.arrive(caller(2), now: start)
        #expect(fast.arrive(caller(3), now: start).decision == .full(retryAfter: .milliseconds(3)))
        var slow = lane(1, 0)
        _ = slow.arrive(caller(1), now: start)
        _ = slow.leave(1, served: .seconds(500), now: start)
        _ = slow.arrive(caller(2), now: start)
        #expect(slow.arrive(caller(3), now: start).decision == .full(retryAfter: .seconds(120)))
    }

    @Test func moreSlotsStartMoreAndFewerStopNobody() {
        var lane = lane(1, 4)
        for id: LaneState.ID in 1...4 { _ = lane.arrive(caller(id), now: start) }
        #expect(lane.setSlots(3, now: start) == [.start(2), .start(3), .moved(4, position: 1)])
        #expect(lane.setSlots(0, now: start) == [])
        #expect(lane.running == [1, 2, 3])
        #expect(lane.leave(1, served: nil, now: start) == [])
        #expect(lane.leave(2, served: nil, now: start) == [])
        #expect(lane.leave(3, served: nil, now: start) == [])
        #expect(lane.waiting == [4])
        #expect(lane.setSlots(1, now: start) == [.start(4)])
    }

    @Test func keysTakeTurns() {
        var lane = lane(1, 10)
        _ = lane.arrive(caller(1, "a"), now: start)
        for id: LaneState.ID in 2...5 { _ = lane.arrive(caller(id, "a"), now: start) }
        let arrival = lane.arrive(caller(6, "b"), now: start)
        #expect(arrival.decision == .wait(position: 1))
        #expect(arrival.actions == [.moved(2, position: 2), .moved(3, position: 3), .moved(4, position: 4), .moved(5, position: 5)])
        _ = lane.arrive(caller(7, "b"), now: start)
        #expect(lane.waiting == [6, 2, 7, 3, 4, 5])
    }

    /// One that asks again as soon as it is served doesn't get before those who waited meanwhile.
    @Test func silenceSavesNothingUp() {
        var lane = lane(1, 10)
        for id: LaneState.ID in 1...5 { _ = lane.arrive(caller(id, "a"), now: start) }
        var served: [String] = []
        var next: LaneState.ID = 6
        _ = lane.arrive(caller(next, "b"), now: start)
        var owner: [LaneState.ID: String] = [1: "a", 2: "a", 3: "a", 4: "a", 5: "a", 6: "b"]
        for _ in 0..<8 {
            let done = lane.running.first ?? 0
            for case .start(let id) in lane.leave(done, served: .seconds(1), now: start) {
                served.append(owner[id] ?? "")
                if owner[id] == "b" {
                    next += 1
                    owner[next] = "b"
                    _ = lane.arrive(caller(next, "b"), now: start)
                }
            }
        }
        #expect(served == ["b", "a", "b", "a", "b", "a", "b", "a"])
    }

    @Test func whoLeavesGivesItsTurnToTheNextOfItsKey() {
        var lane = lane(1, 10)
        for id: LaneState.ID in 1...4 { _ = lane.arrive(caller(id, "a"), now: start) }
        for id: LaneState.ID in 5...7 { _ = lane.arrive(caller(id, "b"), now: start) }
        #expect(lane.waiting == [5, 2, 6, 3, 7, 4])
        #expect(lane.leave(2, served: nil, now: start) == [.moved(3, position: 2), .moved(4, position: 4)])
        #expect(lane.waiting == [5, 3, 6, 4, 7])
    }

    @Test func interactiveComesBeforeBatchUntilTheBatchHasAged() {
        var lane = lane(1, 10, aging: .seconds(30))
        _ = lane.arrive(caller(1), now: start)
        _ = lane.arrive(caller(2, "a", .batch), now: start)
        _ = lane.arrive(caller(3, "b", .batch), now: at(1))
        #expect(lane.arrive(caller(4), now: at(2)).decision == .wait(position: 1))
        #expect(lane.arrive(caller(5, "c"), now: at(2)).decision == .wait(position: 1))
        #expect(lane.waiting == [5, 4, 2, 3])
        // After half a minute the first batch request takes its key's next turn, beside interactive ones of that key.
        _ = lane.arrive(caller(6), now: at(30))
        #expect(lane.waiting == [5, 4, 2, 6, 3])
        _ = lane.arrive(caller(7, "c"), now: at(40))
        #expect(lane.waiting == [3, 5, 4, 7, 2, 6])
    }

    /// However many interactive requests keep coming, a batch request is served.
    @Test func batchCannotStarve() {
        var lane = lane(1, 4, aging: .seconds(10))
        _ = lane.arrive(caller(1), now: start)
        _ = lane.arrive(caller(2, "batch", .batch), now: start)
        var next: LaneState.ID = 3
        for second in 1...60 {
            for key in ["a", "b"] {
                _ = lane.arrive(caller(next, key, now: Double(second)), now: at(Double(second)))
                next += 1
            }
            let done = lane.running.first ?? 0
            let actions = lane.leave(done, served: .seconds(1), now: at(Double(second)))
            if actions.contains(.start(2)) {
                #expect(second >= 10 && second <= 14)
                return
            }
        }
        Issue.record("the batch request was never served")
    }

    /// Every sequence of arrivals and departures of four callers keeps the invariants.
    @Test func invariantsHoldOverAllShortHistories() {
        func explore(_ lane: LaneState, _ places: [LaneState.ID?], _ next: LaneState.ID, _ depth: Int) {
            #expect(lane.running.count <= lane.slots)
            #expect(lane.waitingCount <= lane.limits.capacity)
            #expect(Set(lane.waiting).isDisjoint(with: lane.running))
            #expect(lane.waiting.isEmpty || lane.running.count == lane.slots)
            guard depth > 0 else { return }
            for place in places.indices {
                var lane = lane
                var places = places
                if let id = places[place] {
                    _ = lane.leave(id, served: .seconds(1), now: start)
                    places[place] = nil
                    explore(lane, places, next, depth - 1)
                } else {
                    let decision = lane.arrive(caller(next, "key\(place % 2)", place == 3 ? .batch : .interactive), now: start).decision
                    switch decision {
                    case .run, .wait: places[place] = next
                    case .full, .tooLong: break
                    }
                    explore(lane, places, next + 1, depth - 1)
                }
            }
        }
        explore(lane(2, 1), [nil, nil, nil, nil], 1, 7)
    }

    /// Long random histories: never more running than slots, nobody lost, nobody started twice, positions told are true, and
    /// between two keys that always wait, neither is served two times more than the other over any stretch.
    @Test(arguments: 1...12)
    func invariantsHoldOverRandomHistories(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var lane = lane(Int.random(in: 1...4, using: &random), Int.random(in: 0...12, using: &random), aging: .seconds(20))
        var now = 0.0
        var next: LaneState.ID = 1
        var waiting: [LaneState.ID: Int] = [:]
        var running: Set<LaneState.ID> = []
        func take(_ actions: [LaneState.Action]) {
            for action in actions {
                switch action {
                case .start(let id):
                    #expect(waiting.removeValue(forKey: id) != nil, "started who didn't wait")
                    #expect(running.insert(id).inserted, "started twice")
                case .moved(let id, let position):
                    #expect(waiting[id] != nil)
                    waiting[id] = position
                }
            }
        }
        for _ in 0..<3000 {
            now += Double.random(in: 0...2, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...4:
                let priority: RequestContext.Priority = Bool.random(using: &random) ? .interactive : .batch
                let key = ["a", "b", "c"][Int.random(in: 0...2, using: &random)]
                let caller = caller(next, key, priority, patience: Double.random(in: 0...200, using: &random), now: now)
                let (decision, actions) = lane.arrive(caller, now: at(now))
                switch decision {
                case .run: running.insert(next)
                case .wait(let position): waiting[next] = position
                case .full: #expect(lane.waitingCount >= lane.limits.capacity)
                case .tooLong(let retryAfter): #expect(retryAfter > .zero)
                }
                take(actions)
                next += 1
            case 5...7:
                guard let id = running.sorted().randomElement(using: &random) else { continue }
                running.remove(id)
                take(lane.leave(id, served: .seconds(Double.random(in: 0.1...30, using: &random)), now: at(now)))
            case 8:
                guard let id = waiting.keys.sorted().randomElement(using: &random) else { continue }
                waiting[id] = nil
                take(lane.leave(id, served: nil, now: at(now)))
            default:
                let slots = Int.random(in: 0...5, using: &random)
                take(lane.setSlots(slots, now: at(now)))
            }
            let isOverfull = lane.running.count > lane.slots
            #expect(lane.running == running)
            #expect(Set(lane.waiting) == Set(waiting.keys))
            #expect(lane.waitingCount <= lane.limits.capacity)
            #expect(isOverfull || lane.waiting.isEmpty || lane.running.count == lane.slots)
            for (index, id) in lane.waiting.enumerated() { #expect(waiting[id] == index + 1) }
        }
        // Nobody is left behind once all leave.
        take(lane.setSlots(2, now: at(now)))
        while let id = running.first {
            running.remove(id)
            take(lane.leave(id, served: .seconds(1), now: at(now)))
        }
        #expect(waiting.isEmpty && lane.waiting.isEmpty)
    }

    @Test(arguments: 1...8)
    func keysThatWaitAreServedAlike(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var lane = lane(Int.random(in: 1...3, using: &random), 60)
        let keys = ["a", "b", "c"]
        var owner: [LaneState.ID: String] = [:]
        var next: LaneState.ID = 1
        var counts: [String: Int] = [:]
        func feed() {
            for key in keys {
                // Each key always has some waiting; how many differs.
                let wanted = key == "a" ? 12 : key == "b" ? 4 : 1
                while lane.waiting.count(where: { owner[$0] == key }) < wanted {
                    owner[next] = key
                    _ = lane.arrive(caller(next, key), now: start)
                    next += 1
                }
            }
        }
        feed()
        for _ in 0..<300 {
            let done = lane.running.sorted().randomElement(using: &random) ?? 0
            for case .start(let id) in lane.leave(done, served: .milliseconds(1), now: start) {
                counts[owner[id] ?? "", default: 0] += 1
            }
            feed()
            let sorted = keys.map { counts[$0] ?? 0 }.sorted()
            #expect((sorted.last ?? 0) - (sorted.first ?? 0) <= 2, "\(counts)")
        }
    }
}

/// Random numbers that come again with the same seed (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
