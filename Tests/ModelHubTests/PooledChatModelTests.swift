import Engines
import Foundations
import ModelHub
import Synchronization
import Testing

/// Plays an endpoint: each request gets what a script makes of it.
private final class ScriptedEndpoint: ChatModel {
    typealias Script = @Sendable (ChatStream.Continuation) async throws -> Void

    let id: String
    let backend: String
    let seesImages: Bool
    let contextTokens: Int?
    let patchSize: Int? = 14
    let calls = Mutex(0)
    let cancellations = Mutex(0)
    /// Thrown before an answer begins.
    private let refusal: (any Error)?
    private let script: Script

    init(_ id: String, backend: String = "llama", sees: Bool = false, context: Int? = nil, refusal: (any Error)? = nil, _ script: @escaping Script = { $0.yield([.text("ok")]) }) {
        self.id = id
        self.backend = backend
        seesImages = sees
        contextTokens = context
        self.refusal = refusal
        self.script = script
    }

    func stream(_ request: ChatRequest, context: RequestContext) async throws -> ChatStream {
        calls.withLock { $0 += 1 }
        if let refusal { throw refusal }
        return ChatStream { continuation in
            let work = Task {
                do {
                    try await script(continuation)
                    continuation.yield([.finished(ChatFinish(reason: "stop"))])
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { [self] reason in
                if case .cancelled = reason { cancellations.withLock { $0 += 1 } }
                work.cancel()
            }
        }
    }
}

@Suite struct PooledChatModelTests {
    private let metrics = MetricsRegistry()
    private let request = ChatRequest(messages: [ChatMessage(.user, "Hi")])

    private func pool(
        _ endpoints: [ScriptedEndpoint], slots: Int = 2, capacity: Int = 4,
        _ change: (inout BalancingConfiguration) -> Void = { _ in }
    ) -> ChatPool {
        var policy = BalancingConfiguration()
        change(&policy)
        return ChatPool(
            id: "pool",
            members: endpoints.map { endpoint in
                ChatPool.Member(id: endpoint.id, model: endpoint, backend: "test", slots: slots, probeInterval: .seconds(10), probe: { .alive })
            }, pick: .roundRobin, policy: policy, limits: LaneLimits(capacity: capacity, maxWait: .seconds(900)), metrics: metrics)
    }

    private func context(_ seconds: Double = 900) -> RequestContext { RequestContext(deadline: .after(.seconds(seconds))) }

    private func ask(_ model: PooledChatModel) async throws -> String {
        var text = ""
        for try await event in try await model.stream(request, context: context()).events {
            if case .text(let piece) = event { text += piece }
        }
        return text
    }

    private func idle(_ pool: ChatPool) async {
        while await pool.lane.load.running > 0 { await Task.yield() }
    }

    @Test func answersComeFromAnEndpointAndThePlaceIsFreed() async throws {
        let pool = pool([ScriptedEndpoint("a", sees: true)])
        let model = PooledChatModel(pool: pool, models: await pool.models)
        #expect(model.id == "pool" && model.seesImages && model.backend == "llama")
        #expect(try await ask(model) == "ok")
        await idle(pool)
        #expect(await pool.summary.endpoints.first?.endpoint.outstanding == 0)
        #expect(await pool.summary.endpoints.first?.endpoint.latency != nil)
    }

    @Test func aMixedPoolSeesOnlyIfAllDo() async {
        let pool = pool([
            ScriptedEndpoint("a", sees: true, context: 8192), ScriptedEndpoint("b", backend: "openai", context: 4096), ScriptedEndpoint("c"),
        ])
        let model = PooledChatModel(pool: pool, models: await pool.models)
        #expect(!model.seesImages && model.backend == "pool")
        #expect(model.contextTokens == 4096 && model.patchSize == 14)
    }

    @Test(arguments: [
        EndpointError.unavailable(name: "a", retryAfter: nil), .died(name: "a"), .startFailed(name: "a", reason: ""),
        .programMissing(name: "a"), .stopped(name: "a"),
    ])
    func whoCannotBeReachedIsRetriedElsewhere(_ fault: EndpointError) async throws {
        let bad = ScriptedEndpoint("a", refusal: fault)
        let good = ScriptedEndpoint("b")
        let pool = pool([bad, good])
        #expect(try await ask(PooledChatModel(pool: pool, models: [])) == "ok")
        #expect(bad.calls.withLock { $0 } == 1 && good.calls.withLock { $0 } == 1)
        #expect(await metrics.text().contains(#"martlet_pool_retries_total{pool="pool"} 1"#))
    }

    @Test(arguments: [
        EndpointError.requestRefused(name: "a", detail: nil), .contextTooLong(promptTokens: 1, contextTokens: 1),
        .busy(name: "a", retryAfter: nil), .failed(name: "a"), .silent(name: "a"), .keyRefused(name: "a"),
    ])
    func whatAnotherCouldNotMendIsNotRetried(_ fault: EndpointError) async throws {
        let bad = ScriptedEndpoint("a", refusal: fault)
        let good = ScriptedEndpoint("b")
        let pool = pool([bad, good])
        await #expect(throws: fault) { try await ask(PooledChatModel(pool: pool, models: [])) }
        #expect(good.calls.withLock { $0 } == 0)
        #expect(await pool.lane.load.running == 0)
    }

    @Test func aConnectionThatBreaksBeforeTheFirstPieceLeadsElsewhere() async throws {
        let bad = ScriptedEndpoint("a") { events in
            events.yield([.promptProgress(done: 1, total: 2)])
            throw EndpointError.died(name: "a")
        }
        let pool = pool([bad, ScriptedEndpoint("b")])
        #expect(try await ask(PooledChatModel(pool: pool, models: [])) == "ok")
        await idle(pool)
        #expect(await pool.summary.endpoints.allSatisfy { $0.endpoint.outstanding == 0 })
    }

    @Test func anAnswerThatHasBegunIsNotRetried() async throws {
        let bad = ScriptedEndpoint("a") { events in
            events.yield([.text("half")])
            throw EndpointError.died(name: "a")
        }
        let good = ScriptedEndpoint("b")
        let pool = pool([bad, good])
        await #expect(throws: EndpointError.died(name: "a")) { try await ask(PooledChatModel(pool: pool, models: [])) }
        #expect(good.calls.withLock { $0 } == 0)
        await idle(pool)
    }

    @Test func whenAllFailTheLastFaultIsTold() async throws {
        let faults = ["a", "b"].map { ScriptedEndpoint($0, refusal: EndpointError.unavailable(name: $0, retryAfter: nil)) }
        let pool = pool(faults)
        await #expect(throws: EndpointError.unavailable(name: "b", retryAfter: nil)) {
            try await ask(PooledChatModel(pool: pool, models: []))
        }
        #expect(await pool.lane.load.running == 0)
    }

    @Test func anEjectedPoolRefusesAtOnceWithTheReasonAndATime() async throws {
        let bad = ScriptedEndpoint("a", refusal: EndpointError.failed(name: "a"))
        let pool = pool([bad]) { $0.failureLimit = 2 }
        let model = PooledChatModel(pool: pool, models: [])
        for _ in 0..<2 { await #expect(throws: EndpointError.self) { try await ask(model) } }
        do {
            _ = try await ask(model)
            Issue.record("not refused")
        } catch {
            let report = ErrorReport(error)
            #expect(report.code == "engine_failed")
            let wait = try #require(report.retryAfter)
            #expect(wait > .seconds(25) && wait <= .seconds(30))
        }
        #expect(bad.calls.withLock { $0 } == 2)
        #expect(await pool.lane.load.slots == 0)
    }

    @Test func slotsBoundWhatRunsAndLeavingFreesThem() async throws {
        let endpoint = ScriptedEndpoint("a") { _ in try await Task.sleep(for: .seconds(600)) }
        let pool = pool([endpoint], slots: 1, capacity: 1)
        let model = PooledChatModel(pool: pool, models: [])
        let first = Task { try await ask(model) }
        while await pool.lane.load.running == 0 { await Task.yield() }
        let second = Task { try await ask(model) }
        while await pool.lane.load.waiting == 0 { await Task.yield() }
        await #expect(throws: LaneError.self) { try await ask(model) }
        second.cancel()
        _ = await second.result
        #expect(await pool.lane.load.waiting == 0)
        first.cancel()
        _ = await first.result
        await idle(pool)
        while endpoint.cancellations.withLock({ $0 }) == 0 { await Task.yield() }
        #expect(endpoint.calls.withLock { $0 } == 1)
    }

    @Test func aStreamThatNobodyReadsFreesItsPlace() async throws {
        let endpoint = ScriptedEndpoint("a") { _ in try await Task.sleep(for: .seconds(600)) }
        let pool = pool([endpoint])
        _ = try await PooledChatModel(pool: pool, models: []).stream(request, context: context())
        await idle(pool)
        while endpoint.cancellations.withLock({ $0 }) == 0 { await Task.yield() }
    }

    @Test func endpointsComeAndGoAtRunTime() async throws {
        let retired = Mutex(false)
        let (opened, open) = AsyncStream<Void>.makeStream()
        let old = ScriptedEndpoint("a") { events in
            for await _ in opened { break }
            events.yield([.text("old")])
        }
        let pool = pool([], slots: 1)
        await #expect(throws: PoolError.noEndpoint(pool: "pool", retryAfter: .seconds(1))) {
            try await ask(PooledChatModel(pool: pool, models: []))
        }
        let member = ChatPool.Member(
            id: "a", model: old, backend: "test", slots: 1, probeInterval: .seconds(10), probe: { .alive },
            retire: { retired.withLock { $0 = true } })
        try await pool.add(member)
        await #expect(throws: PoolError.endpointExists(pool: "pool", endpoint: "a")) { try await pool.add(member) }
        let model = PooledChatModel(pool: pool, models: [])
        let running = Task { try await ask(model) }
        while old.calls.withLock({ $0 }) == 0 { await Task.yield() }
        try await pool.add(ChatPool.Member(id: "b", model: ScriptedEndpoint("b"), backend: "test", slots: 1, probeInterval: .seconds(10), probe: { .alive }))
        try await pool.remove("a")
        #expect(await pool.summary.endpoints.map(\.endpoint.health) == [.draining, .up])
        // The newcomer takes what comes, beside the one that ends.
        #expect(try await ask(model) == "ok")
        #expect(!retired.withLock { $0 })
        open.yield()
        #expect(try await running.value == "old")
        while !retired.withLock({ $0 }) { await Task.yield() }
        #expect(await pool.summary.endpoints.map(\.id) == ["b"])
        await #expect(throws: PoolError.noSuchEndpoint(pool: "pool", endpoint: "a")) { try await pool.drain("a") }
    }

    @Test func whoeverIsOnItsWayBackIsWaitedFor() async throws {
        let probe = Mutex(PoolState.Probe.gone)
        let pool = ChatPool(
            id: "pool",
            members: [
                ChatPool.Member(
                    id: "a", model: ScriptedEndpoint("a"), backend: "test", slots: 1, probeInterval: .zero,
                    probe: { probe.withLock { $0 } })
            ], policy: BalancingConfiguration(), limits: LaneLimits(capacity: 4, maxWait: .seconds(900)), metrics: metrics)
        for probe in await pool.dueProbes() { await probe() }
        #expect(await pool.lane.load.slots == 0)
        let waiter = Task { try await ask(PooledChatModel(pool: pool, models: [])) }
        while await pool.lane.load.waiting == 0 { await Task.yield() }
        probe.withLock { $0 = .alive }
        for probe in await pool.dueProbes() { await probe() }
        #expect(try await waiter.value == "ok")
    }

    @Test func manyCallersAndAFailingEndpointLoseNothing() async throws {
        let bad = ScriptedEndpoint("bad", refusal: EndpointError.unavailable(name: "bad", retryAfter: nil))
        let pool = pool([bad, ScriptedEndpoint("b"), ScriptedEndpoint("c")], slots: 3, capacity: 300)
        let model = PooledChatModel(pool: pool, models: [])
        let answers = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { try await ask(model) } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        #expect(answers == Array(repeating: "ok", count: 200))
        await idle(pool)
        // Five failures took it out.
        #expect(bad.calls.withLock { $0 } <= 8)
        #expect(await pool.summary.endpoints.allSatisfy { $0.endpoint.outstanding == 0 })
    }
}
