import ModelHub
import Testing

@Suite struct ModelLifecycleTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func oneLoadServesAllWhoWait() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        #expect(lifecycle.acquire(1) == [.load])
        #expect(lifecycle.acquire(2) == [])
        #expect(lifecycle.acquire(3) == [])
        lifecycle.abandon(2)
        #expect(lifecycle.loaded(now: at(1)) == [.grant([1, 3])])
        #expect(lifecycle.users == 2)
        #expect(lifecycle.acquire(4) == [.grant([4])])
    }

    @Test func aFailedLoadRefusesAllAndTheNextCallerTriesAgain() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        _ = lifecycle.acquire(1)
        _ = lifecycle.acquire(2)
        #expect(lifecycle.loadFailed(reason: "no memory") == [.refuse([1, 2], reason: "no memory")])
        #expect(lifecycle.state == .failed(reason: "no memory"))
        #expect(lifecycle.acquire(3) == [.load])
    }

    @Test func unloadsOnlyAfterTheWholeKeepAliveWithoutUsers() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        _ = lifecycle.acquire(1)
        _ = lifecycle.loaded(now: at(0))
        #expect(lifecycle.tick(now: at(100)) == [])
        lifecycle.release(now: at(100))
        #expect(lifecycle.tick(now: at(109)) == [])
        _ = lifecycle.acquire(2)
        lifecycle.release(now: at(109))
        #expect(lifecycle.tick(now: at(118)) == [])
        #expect(lifecycle.tick(now: at(119)) == [.unload])
        #expect(lifecycle.state == .draining)
    }

    @Test func aCallerDuringDrainingCausesANewLoad() {
        var lifecycle = ModelLifecycle(keepAlive: .zero)
        _ = lifecycle.acquire(1)
        _ = lifecycle.loaded(now: at(0))
        lifecycle.release(now: at(0))
        #expect(lifecycle.tick(now: at(0)) == [.unload])
        #expect(lifecycle.acquire(2) == [])
        #expect(lifecycle.unloaded() == [.load])
        #expect(lifecycle.loaded(now: at(1)) == [.grant([2])])
    }

    @Test func aLoadThatAllLeftStillEndsAndThenIdles() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(5))
        _ = lifecycle.acquire(1)
        lifecycle.abandon(1)
        #expect(lifecycle.loaded(now: at(0)) == [])
        #expect(lifecycle.state == .ready)
        #expect(lifecycle.tick(now: at(5)) == [.unload])
        #expect(lifecycle.unloaded() == [])
        #expect(lifecycle.state == .onDisk)
    }

    @Test func pinnedModelsStay() {
        var lifecycle = ModelLifecycle(keepAlive: .zero, isPinned: true)
        _ = lifecycle.acquire(1)
        _ = lifecycle.loaded(now: at(0))
        lifecycle.release(now: at(0))
        #expect(lifecycle.tick(now: at(1000)) == [] && lifecycle.evict() == [] && lifecycle.isIdle)
        // An operator's word counts all the same.
        #expect(lifecycle.drain() == [.unload])
    }

    @Test func onlyIdleModelsAreEvicted() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        #expect(lifecycle.evict() == [])
        _ = lifecycle.acquire(1)
        #expect(lifecycle.evict() == [])
        _ = lifecycle.loaded(now: at(0))
        #expect(lifecycle.evict() == [])
        lifecycle.release(now: at(1))
        #expect(lifecycle.evict() == [.unload])
        #expect(lifecycle.evict() == [])
        #expect(lifecycle.unloaded() == [] && lifecycle.state == .onDisk)
    }

    @Test func drainingWaitsForItsUsers() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        _ = lifecycle.acquire(1)
        _ = lifecycle.acquire(2)
        _ = lifecycle.loaded(now: at(0))
        #expect(lifecycle.drain() == [] && lifecycle.state == .draining)
        #expect(lifecycle.acquire(3) == [])
        #expect(lifecycle.unloaded() == [] && lifecycle.state == .draining)
        #expect(lifecycle.release(now: at(1)) == [])
        #expect(lifecycle.release(now: at(2)) == [.unload])
        #expect(lifecycle.cutOff() == [])
        // Whoever came meanwhile gets a new load.
        #expect(lifecycle.unloaded() == [.load])
        #expect(lifecycle.loaded(now: at(3)) == [.grant([3])])
    }

    @Test func usersThatTakeTooLongAreCutOffAndGiveBackNothingOfTheNextLoad() {
        var lifecycle = ModelLifecycle(keepAlive: .seconds(10))
        _ = lifecycle.acquire(1)
        _ = lifecycle.loaded(now: at(0))
        let old = lifecycle.life
        _ = lifecycle.drain()
        #expect(lifecycle.cutOff() == [.unload])
        #expect(lifecycle.cutOff() == [])
        _ = lifecycle.acquire(2)
        #expect(lifecycle.unloaded() == [.load])
        _ = lifecycle.loaded(now: at(1))
        #expect(lifecycle.users == 1)
        #expect(lifecycle.release(life: old, now: at(2)) == [] && lifecycle.users == 1)
        lifecycle.release(life: lifecycle.life, now: at(3))
        #expect(lifecycle.users == 0 && lifecycle.isIdle)
    }

    @Test func drainingWhatIsntLoadedDoesNothing() {
        var lifecycle = ModelLifecycle(keepAlive: .zero)
        #expect(lifecycle.drain() == [] && lifecycle.state == .onDisk)
        _ = lifecycle.acquire(1)
        #expect(lifecycle.drain() == [] && lifecycle.state == .loading)
        _ = lifecycle.loadFailed(reason: "x")
        #expect(lifecycle.drain() == [] && lifecycle.state == .onDisk)
    }

    /// Every event in every order, five deep: users never go negative, no caller is both granted and refused or granted
    /// twice, and a load is never asked for while one runs.
    @Test func noSequenceOfEventsBreaksTheRules() {
        func explore(_ lifecycle: ModelLifecycle, loads: Int, granted: Set<Int>, next: Int, depth: Int) {
            guard depth > 0 else { return }
            for event in 0..<10 {
                var copy = lifecycle
                var actions: [ModelLifecycle.Action] = []
                var loads = loads
                var granted = granted
                switch event {
                case 0: actions = copy.acquire(next)
                case 1:
                    actions = copy.loaded(now: start)
                    if lifecycle.state == .loading { loads -= 1 }
                case 2:
                    actions = copy.loadFailed(reason: "x")
                    if lifecycle.state == .loading { loads -= 1 }
                case 3: if !granted.isEmpty { actions = copy.release(now: start) }
                case 4: actions = copy.tick(now: start)
                case 5: actions = copy.unloaded()
                case 6: actions = copy.drain()
                case 7: actions = copy.evict()
                case 8: actions = copy.cutOff()
                default: copy.abandon(next - 1)
                }
                for action in actions {
                    switch action {
                    case .load: loads += 1
                    case .grant(let callers):
                        #expect(granted.isDisjoint(with: callers))
                        granted.formUnion(callers)
                    case .refuse(let callers, _): #expect(granted.isDisjoint(with: callers))
                    // Only a cut-off doesn't wait for users.
                    case .unload: #expect(copy.users == 0 || event == 8)
                    }
                }
                #expect((0...1).contains(loads))
                #expect(copy.users >= 0)
                explore(copy, loads: loads, granted: granted, next: next + 1, depth: depth - 1)
            }
        }
        explore(ModelLifecycle(keepAlive: .zero), loads: 0, granted: [], next: 1, depth: 5)
    }
}
