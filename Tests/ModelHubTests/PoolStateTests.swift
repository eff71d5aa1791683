import Foundations
import ModelHub
import Testing

@Suite struct PoolStateTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func pool(
        _ ids: String..., slots: Int = 2, pick: PoolConfiguration.Pick = .p2c,
        _ change: (inout BalancingConfiguration) -> Void = { _ in }
    ) -> PoolState {
        var policy = BalancingConfiguration()
        change(&policy)
        var pool = PoolState(pick: pick, policy: policy)
        for id in ids { _ = pool.add(id, slots: slots, now: start) }
        return pool
    }

    private func fail(_ pool: inout PoolState, _ id: String, times: Int, at now: ContinuousClock.Instant) {
        for _ in 0..<times { _ = pool.finish(id, .failure, took: nil, now: now) }
    }

    // MARK: Picking

    @Test func theLessLoadedOfTwoIsPicked() {
        var pool = pool("a", "b", slots: 4)
        #expect(pool.take(random: (0, 0), now: start) == "a")
        #expect(pool.take(random: (0, 0), now: start) == "b")
        #expect(pool.take(random: (1, 0), now: start) == "b")
        #expect(pool.take(random: (1, 0), now: start) == "a")
        #expect(pool.endpoints.map(\.outstanding) == [2, 2])
    }

    @Test func aSlowEndpointGetsLess() {
        var pool = pool("slow", "fast", slots: 20)
        _ = pool.take(random: (0, 0), now: start)
        _ = pool.finish("slow", .success, took: .seconds(4), now: start)
        _ = pool.take(random: (1, 0), now: start)
        _ = pool.finish("fast", .success, took: .seconds(1), now: start)
        for index in 0..<10 { _ = pool.take(random: (UInt64(index), 0), now: start) }
        #expect(pool["slow"]?.outstanding == 2 && pool["fast"]?.outstanding == 8)
    }

    @Test func bothCandidatesAreDifferentAndAnyCanBeThem() {
        var seen: Set<String> = []
        for first: UInt64 in 0..<3 {
            for second: UInt64 in 0..<2 {
                var pool = pool("a", "b", "c", slots: 9)
                // Whoever has nothing to do is picked, so the pair must hold two different ones.
                let one = pool.take(random: (first, second), now: start)
                let two = pool.take(random: (first, second), now: start)
                #expect(one != two)
                seen.formUnion([one, two].compactMap(\.self))
            }
        }
        #expect(seen == ["a", "b", "c"])
    }

    @Test func roundRobinGoesRound() {
        var pool = pool("a", "b", "c", slots: 9, pick: .roundRobin)
        let taken = (0..<6).map { _ in pool.take(random: (7, 7), now: start) }
        #expect(taken == ["a", "b", "c", "a", "b", "c"])
    }

    @Test func aFullEndpointGetsNothingWhileAnotherHasRoom() {
        var pool = pool("a", slots: 1)
        #expect(pool.add("b", slots: 3, now: start) == true)
        for _ in 0..<4 { _ = pool.take(random: (0, 0), now: start) }
        #expect(pool.endpoints.map(\.outstanding) == [1, 3])
        #expect(pool.slots == 4)
    }

    @Test func triedOnesAreLeftOut() {
        var pool = pool("a", "b")
        #expect(pool.take(excluding: ["a"], random: (0, 0), now: start) == "b")
        #expect(pool.take(excluding: ["a", "b"], random: (0, 0), now: start) == nil)
        var empty = PoolState(pick: .p2c, policy: BalancingConfiguration())
        #expect(empty.take(random: (0, 0), now: start) == nil)
        #expect(empty.isOpen(now: start) == false)
    }

    // MARK: Passive health

    @Test func failuresInARowEjectForLongerEachTime() {
        var pool = pool("a", "b") { $0.failureLimit = 3 }
        fail(&pool, "a", times: 2, at: start)
        _ = pool.finish("a", .neutral, took: nil, now: start)
        #expect(pool["a"]?.health == .up && pool.slots == 4)
        _ = pool.finish("a", .success, took: nil, now: start)
        fail(&pool, "a", times: 2, at: start)
        #expect(pool["a"]?.health == .up)
        fail(&pool, "a", times: 1, at: start)
        #expect(pool["a"]?.health == .ejected(until: at(30)) && pool.slots == 2)
        #expect(pool.nextTrial(now: at(10)) == .seconds(20))
        let taken = (0..<8).map { _ in pool.take(random: (0, 0), now: at(29)) }
        #expect(taken == Array(repeating: "b", count: 8))
        // A trial that fails doubles the time, up to the bound.
        var now = 30.0
        for expected in [60.0, 120, 240, 300, 300] {
            #expect(pool.take(excluding: ["b"], random: (0, 0), now: at(now)) == "a")
            #expect(pool["a"]?.health == .halfOpen(successes: 0))
            _ = pool.finish("a", .failure, took: nil, now: at(now))
            #expect(pool["a"]?.health == .ejected(until: at(now + expected)))
            now += expected
        }
    }

    @Test func halfOpenAdmitsOneTrialAndClosesAfterTwoSuccesses() {
        var pool = pool("a") { $0.failureLimit = 1 }
        fail(&pool, "a", times: 1, at: start)
        #expect(pool.isOpen(now: at(29)) == false)
        #expect(pool.slots == 0)
        #expect(pool.isOpen(now: at(30)) == true)
        #expect(pool.slots == 1)
        #expect(pool.take(random: (0, 0), now: at(30)) == "a")
        #expect(pool.take(random: (0, 0), now: at(30)) == nil)
        _ = pool.finish("a", .success, took: nil, now: at(31))
        #expect(pool["a"]?.health == .halfOpen(successes: 1))
        #expect(pool.take(random: (0, 0), now: at(31)) == "a")
        _ = pool.finish("a", .neutral, took: nil, now: at(31))
        #expect(pool["a"]?.health == .halfOpen(successes: 1))
        #expect(pool.take(random: (0, 0), now: at(31)) == "a")
        _ = pool.finish("a", .success, took: nil, now: at(31))
        #expect(pool["a"]?.health == .up && pool.slots == 2)
    }

    @Test func whoWasWellForLongIsEjectedBrieflyAgain() {
        var pool = pool("a") {
            $0.failureLimit = 1
            $0.successLimit = 1
        }
        fail(&pool, "a", times: 1, at: start)
        _ = pool.isOpen(now: at(30))
        _ = pool.finish("a", .success, took: nil, now: at(30))
        fail(&pool, "a", times: 1, at: at(100))
        #expect(pool["a"]?.health == .ejected(until: at(160)))
        _ = pool.isOpen(now: at(160))
        _ = pool.finish("a", .success, took: nil, now: at(160))
        fail(&pool, "a", times: 1, at: at(460))
        #expect(pool["a"]?.health == .ejected(until: at(490)))
    }

    // MARK: Probes

    @Test func failingProbesEjectAndGoodOnesBringBackEarly() {
        var pool = pool("a") { $0.failureLimit = 2 }
        pool.probed("a", .alive, now: start)
        pool.probed("a", .failed, now: start)
        #expect(pool["a"]?.health == .up)
        pool.probed("a", .failed, now: start)
        #expect(pool["a"]?.health == .ejected(until: at(30)))
        pool.probed("a", .alive, now: at(1))
        #expect(pool["a"]?.health == .halfOpen(successes: 1))
        pool.probed("a", .alive, now: at(2))
        #expect(pool["a"]?.health == .up)
    }

    /// It answers probes all the time and fails at its work: probes don't shorten its time.
    @Test func aGoodProbeAloneDoesNotEndAnEjection() {
        var pool = pool("a") { $0.failureLimit = 1 }
        fail(&pool, "a", times: 1, at: start)
        pool.probed("a", .alive, now: at(1))
        #expect(pool["a"]?.health == .ejected(until: at(30)))
        pool.probed("a", .failed, now: at(2))
        pool.probed("a", .alive, now: at(3))
        #expect(pool["a"]?.health == .halfOpen(successes: 1))
    }

    @Test func aChildThatIsGoneComesBackAtOnce() {
        var pool = pool("a", "b")
        pool.probed("a", .gone, now: start)
        #expect(pool["a"]?.health == .ejected(until: nil) && pool.awaitsReturn && pool.slots == 2)
        #expect(pool.nextTrial(now: start) == nil)
        pool.probed("a", .gone, now: at(1000))
        #expect(pool["a"]?.health == .ejected(until: nil))
        pool.probed("a", .alive, now: at(1001))
        #expect(pool["a"]?.health == .up && !pool.awaitsReturn)
    }

    // MARK: Membership

    @Test func drainingEndsInPeaceAndRemovingTakesOut() {
        var pool = pool("a", "b")
        #expect(pool.add("a", slots: 1, now: start) == false)
        _ = pool.take(random: (0, 0), now: start)
        _ = pool.take(random: (0, 0), now: start)
        #expect(pool.drain("a") == true)
        #expect(pool.drain("none") == false)
        #expect(pool.remove("none") == nil)
        // What the drained one still works on takes nothing from the other.
        #expect(pool.slots == 3)
        #expect(pool.take(random: (0, 0), now: start) == "b")
        #expect(pool.finish("a", .success, took: nil, now: start) == false)
        #expect(pool["a"]?.health == .draining && pool.slots == 2)
        #expect(pool.remove("a") == true)
        #expect(pool["a"] == nil)
        #expect(pool.remove("b") == false)
        #expect(pool.finish("b", .success, took: nil, now: start) == false)
        #expect(pool.finish("b", .failure, took: nil, now: start) == true)
        #expect(pool.endpoints.isEmpty)
        // Late news of one that is gone changes nothing.
        #expect(pool.finish("b", .failure, took: nil, now: start) == false)
        pool.probed("b", .gone, now: start)
        #expect(pool.endpoints.isEmpty)
    }

    @Test func aDrainedOneStaysDrained() {
        var pool = pool("a") { $0.failureLimit = 1 }
        _ = pool.drain("a")
        fail(&pool, "a", times: 3, at: start)
        pool.probed("a", .alive, now: start)
        pool.probed("a", .gone, now: start)
        #expect(pool["a"]?.health == .draining)
    }

    // MARK: Retries

    @Test func retriesAreAShareOfTheRequestsAndNeedAnotherEndpoint() {
        var pool = pool("a", "b") {
            $0.retryReserve = 2
            $0.retryShare = 0.5
        }
        #expect(pool.spendRetry(excluding: ["a", "b"]) == false)
        #expect(pool.spendRetry(excluding: ["a"]) == true)
        #expect(pool.spendRetry(excluding: ["a"]) == true)
        #expect(pool.spendRetry(excluding: ["a"]) == false)
        _ = pool.finish("a", .success, took: nil, now: start)
        #expect(pool.spendRetry(excluding: ["a"]) == false)
        _ = pool.finish("a", .success, took: nil, now: start)
        #expect(pool.spendRetry(excluding: ["a"]) == true)
        #expect(pool.spendRetry(excluding: ["a"]) == false)
    }

    // MARK: All together

    /// Long random histories: requests are counted rightly, none goes where it mustn't, slots are what health says.
    @Test(arguments: 1...12)
    func invariantsHoldOverRandomHistories(_ seed: UInt64) {
        var random = SplitMix(state: seed)
        var pool = pool("a", "b", "c", pick: seed % 2 == 0 ? .p2c : .roundRobin) { $0.failureLimit = 2 }
        var atWork: [String] = []
        var now = 0.0
        for step in 0..<4000 {
            now += Double.random(in: 0...5, using: &random)
            let id = ["a", "b", "c", "d"][Int.random(in: 0...3, using: &random)]
            switch Int.random(in: 0..<20, using: &random) {
            case 0...7 where atWork.count < pool.slots:
                let tried = Bool.random(using: &random) ? [] : Set([id])
                guard let taken = pool.take(excluding: tried, random: (random.next(), random.next()), now: at(now)) else { continue }
                #expect(!tried.contains(taken))
                let endpoint = pool[taken]
                #expect(endpoint?.health == .up || endpoint?.health == .halfOpen(successes: 0) || endpoint?.health == .halfOpen(successes: 1))
                if case .halfOpen = endpoint?.health { #expect(endpoint?.outstanding == 1) }
                atWork.append(taken)
            case 8...14:
                guard !atWork.isEmpty else { continue }
                let done = atWork.remove(at: Int.random(in: atWork.indices, using: &random))
                let outcome: PoolState.Outcome = [.success, .success, .failure, .neutral][Int.random(in: 0...3, using: &random)]
                _ = pool.finish(done, outcome, took: outcome == .success ? .seconds(1) : nil, now: at(now))
            case 15...16: pool.probed(id, [.alive, .failed, .gone][Int.random(in: 0...2, using: &random)], now: at(now))
            case 17: _ = pool.add(id, slots: Int.random(in: 1...3, using: &random), now: at(now))
            case 18 where step % 5 == 0: _ = pool.drain(id)
            case 19 where step % 5 == 0: _ = pool.remove(id)
            default: continue
            }
            for endpoint in pool.endpoints {
                #expect(endpoint.outstanding == atWork.count { $0 == endpoint.id })
                #expect(endpoint.failures < 2 || endpoint.health != .up)
            }
            #expect(pool.slots >= pool.endpoints.reduce(0) { $0 + $1.openSlots })
            #expect(Set(pool.endpoints.map(\.id)).count == pool.endpoints.count)
            #expect(atWork.allSatisfy { pool[$0] != nil }, "an endpoint left before its work was done")
        }
    }
}
