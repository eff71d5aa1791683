import ModelHub
import Testing

@Suite struct ModelResidencyTests {
    private let start = ContinuousClock.now
    private func idle(_ seconds: Int) -> ModelResidency.Occupancy { .init(isIdle: true, lastUsed: start + .seconds(seconds)) }
    private var busy: ModelResidency.Occupancy { .init(isIdle: false, lastUsed: start) }

    /// A budget of 100 with residents of the given sizes.
    private func residency(_ sizes: [String: Int], pinned: Set<String> = []) -> ModelResidency {
        var residency = ModelResidency(budget: 100)
        for (ticket, (key, bytes)) in sizes.sorted(by: { $0.key < $1.key }).enumerated() {
            residency.request(ticket, key: key, bytes: bytes, isPinned: pinned.contains(key))
        }
        _ = residency.plan([:])
        return residency
    }

    @Test func whatFitsIsGrantedAtOnce() {
        var residency = ModelResidency(budget: 100)
        residency.request(1, key: "a", bytes: 60, isPinned: false)
        residency.request(2, key: "b", bytes: 40, isPinned: false)
        #expect(residency.plan([:]) == [.grant(1), .grant(2)])
        #expect(residency.used == 100)
    }

    @Test func theLongestUnusedLeavesFirstAndNoMoreThanNeeded() {
        var residency = residency(["a": 30, "b": 30, "c": 30])
        residency.request(9, key: "d", bytes: 35, isPinned: false)
        let occupancy = ["a": idle(3), "b": idle(1), "c": idle(2)]
        #expect(residency.plan(occupancy) == [.evict("b")])
        // Asked again before it has left: nobody else is sent away.
        #expect(residency.plan(occupancy) == [])
        residency.released("b")
        #expect(residency.plan(occupancy) == [.grant(9)])
    }

    @Test func nobodyLeavesInVain() {
        var residency = residency(["a": 50, "b": 50])
        residency.request(9, key: "c", bytes: 60, isPinned: false)
        // Only a is idle, and its 50 aren't enough.
        #expect(residency.plan(["a": idle(1), "b": busy]) == [])
        #expect(residency.plan(["a": idle(1), "b": idle(2)]) == [.evict("a"), .evict("b")])
    }

    @Test func pinnedAndBusyModelsStay() {
        var residency = residency(["a": 40, "b": 40], pinned: ["a"])
        residency.request(9, key: "c", bytes: 50, isPinned: false)
        #expect(residency.plan(["a": idle(1), "b": busy]) == [])
        #expect(residency.plan(["a": idle(1), "b": idle(2)]) == [.evict("b")])
        residency.request(10, key: "d", bytes: 61, isPinned: false)
        residency.released("b")
        #expect(residency.plan(["a": idle(1)]) == [.grant(9), .refuse(10, needed: 61, available: 60)])
    }

    @Test func whatNeverFitsIsRefusedAtOnce() {
        var residency = residency(["a": 50])
        residency.request(9, key: "b", bytes: 101, isPinned: false)
        #expect(residency.plan(["a": busy]) == [.refuse(9, needed: 101, available: 100)])
        residency.request(10, key: "c", bytes: .max, isPinned: false)
        #expect(residency.plan(["a": busy]) == [.refuse(10, needed: .max, available: 100)])
    }

    @Test func requestsAreServedInOrder() {
        var residency = residency(["a": 80])
        residency.request(8, key: "b", bytes: 50, isPinned: false)
        residency.request(9, key: "c", bytes: 10, isPinned: false)
        // c would fit now, but b was first.
        #expect(residency.plan(["a": busy]) == [])
        residency.abandon(8)
        #expect(residency.plan(["a": busy]) == [.grant(9)])
    }

    @Test func aRefusedEvictionIsPlannedAnew() {
        var residency = residency(["a": 50, "b": 50])
        residency.request(9, key: "c", bytes: 40, isPinned: false)
        #expect(residency.plan(["a": idle(1), "b": idle(2)]) == [.evict("a")])
        residency.evictionRefused("a")
        #expect(residency.plan(["a": busy, "b": idle(2)]) == [.evict("b")])
    }

    @Test func measuredMemoryCounts() {
        var residency = residency(["a": 40, "b": 40])
        #expect(residency.plan(["a": idle(1), "b": idle(2)]) == [])
        residency.measured("b", bytes: 90)
        #expect(residency.used == 130)
        #expect(residency.plan(["a": idle(1), "b": idle(2)]) == [.evict("a")])
        residency.released("a")
        // Alone, it may be larger than the budget.
        residency.measured("b", bytes: 150)
        #expect(residency.plan(["b": idle(2)]) == [])
        residency.measured("gone", bytes: 5)
        #expect(residency.keys == ["b"])
    }

    @Test func knowsWhatFitsBesideOne() {
        let residency = residency(["a": 40, "b": 40], pinned: [])
        #expect(residency.fits(20, beside: "a", ["a": idle(1), "b": busy]))
        #expect(!residency.fits(21, beside: "a", ["a": idle(1), "b": busy]))
        #expect(residency.fits(60, beside: "a", ["a": idle(1), "b": idle(1)]))
        #expect(!residency.fits(61, beside: "a", ["a": idle(1), "b": idle(1)]))
        #expect(!residency.fits(.max, beside: "a", [:]))
    }

    /// Every event in every order, four deep, with three models: what was judged never exceeds the budget, nobody in use or
    /// pinned is sent away, no ticket is answered twice, and the oldest request is answered first.
    @Test func noSequenceOfEventsBreaksTheRules() {
        struct World {
            var residency = ModelResidency(budget: 10)
            var busy: Set<String> = []
            var open: [Int] = []
            var nextTicket = 1
            var measured = false
        }
        let sizes = ["a": 4, "b": 5, "p": 3]
        func check(_ world: inout World) {
            let occupancy = Dictionary(
                uniqueKeysWithValues: world.residency.keys.map { key in
                    (key, ModelResidency.Occupancy(isIdle: !world.busy.contains(key), lastUsed: start))
                })
            for action in world.residency.plan(occupancy) {
                switch action {
                case .grant(let ticket):
                    #expect(world.open.first == ticket)
                    world.open.removeFirst()
                    #expect(world.measured || world.residency.used <= 10)
                case .refuse(let ticket, _, _):
                    #expect(world.open.first == ticket)
                    world.open.removeFirst()
                case .evict(let key):
                    #expect(!world.busy.contains(key) && key != "p")
                }
            }
        }
        func explore(_ world: World, depth: Int) {
            guard depth > 0 else { return }
            for key in ["a", "b", "p"] {
                for event in 0..<5 {
                    var copy = world
                    switch event {
                    case 0:
                        guard !copy.residency.keys.contains(key) else { continue }
                        copy.residency.request(copy.nextTicket, key: key, bytes: sizes[key] ?? 0, isPinned: key == "p")
                        copy.open.append(copy.nextTicket)
                        copy.nextTicket += 1
                    case 1: if copy.busy.remove(key) == nil { copy.busy.insert(key) }
                    case 2: copy.residency.released(key)
                    case 3: copy.residency.evictionRefused(key)
                    default:
                        copy.residency.measured(key, bytes: 7)
                        copy.measured = true
                    }
                    check(&copy)
                    explore(copy, depth: depth - 1)
                }
            }
        }
        explore(World(), depth: 4)
    }
}
