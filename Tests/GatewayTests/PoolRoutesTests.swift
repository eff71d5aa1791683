import Foundations
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ModelHub
import Synchronization
import Testing

/// Plays the hub's pools: keeps one named `org/pool`.
private final class ScriptedPools: PoolDirectory {
    private let state = Mutex(PoolState(pick: .p2c, policy: BalancingConfiguration()))
    let added = Mutex([NewEndpoint]())

    init() { state.withLock { _ = $0.add("one", slots: 3, now: .now) } }

    private var summary: PoolSummary {
        PoolSummary(
            id: "org/pool", pick: .p2c, lane: Lane.Load(running: 1, waiting: 2, slots: state.withLock { $0.slots }),
            averageService: .milliseconds(1500),
            endpoints: state.withLock { $0.endpoints }.map {
                PoolSummary.Endpoint(id: $0.id, backend: "openai", endpoint: $0, retryIn: nil)
            })
    }

    private func find(_ pool: String) throws {
        if pool != "org/pool" { throw PoolError.noSuchPool(pool) }
    }

    func poolSummaries() async -> [PoolSummary] { [summary] }

    func add(_ endpoint: NewEndpoint, to pool: String) async throws -> PoolSummary {
        try find(pool)
        added.withLock { $0.append(endpoint) }
        return summary
    }

    func drain(_ endpoint: String, in pool: String) async throws -> PoolSummary {
        try find(pool)
        guard state.withLock({ $0.drain(endpoint) }) else { throw PoolError.noSuchEndpoint(pool: pool, endpoint: endpoint) }
        return summary
    }

    func remove(_ endpoint: String, from pool: String) async throws -> PoolSummary {
        try find(pool)
        guard state.withLock({ $0.remove(endpoint) }) != nil else { throw PoolError.noSuchEndpoint(pool: pool, endpoint: endpoint) }
        return summary
    }
}

@Suite struct PoolRoutesTests {
    private func bench(_ pools: ScriptedPools?, _ change: @escaping (inout Configuration) -> Void = { _ in }) -> TestBench {
        TestBench(pools: pools, change)
    }

    private func body(_ value: JSONValue) -> ByteBuffer { ByteBuffer(bytes: value.encoded()) }

    @Test func poolsAreListed() async throws {
        try await bench(ScriptedPools()).test { client in
            let list = try await client.execute(uri: "/v1/pools", method: .get).json
            let pool = list["data"]?.arrayValue?.first
            #expect(pool?["id"] == "org/pool" && pool?["pick"] == "p2c")
            #expect(pool?["lane"] == ["running": 1, "waiting": 2, "slots": 3, "average_service_ms": 1500])
            #expect(
                pool?["endpoints"] == [
                    [
                        "id": "one", "backend": "openai", "state": "up", "slots": 3, "outstanding": 0, "failures": 0,
                        "latency_ms": .null, "retry_in_ms": .null,
                    ]
                ])
        }
        try await bench(nil).test { client in
            #expect(try await client.execute(uri: "/v1/pools", method: .get).json["data"] == [])
            let drain = try await client.execute(uri: "/v1/pools/x/endpoints/y/drain", method: .post)
            #expect(drain.status == .notFound && drain.error["code"] == "pool_not_found")
        }
    }

    @Test func endpointsAreAddedDrainedAndRemoved() async throws {
        let pools = ScriptedPools()
        try await bench(pools).test { client in
            let path = "/v1/pools/org%2Fpool/endpoints"
            let added = try await client.execute(
                uri: path, method: .post, headers: TestBench.jsonType,
                body: self.body(["id": "two", "url": "http://a.example/v1", "dialect": "vllm", "model": "m", "slots": 5, "vision": true]))
            #expect(added.status == .ok)
            _ = try await client.execute(uri: path, method: .post, headers: TestBench.jsonType, body: self.body(["model": "small"]))
            #expect(
                pools.added.withLock { $0 } == [
                    .remote(
                        EndpointConfiguration(
                            id: "two", url: "http://a.example/v1", dialect: .vllm, model: "m", vision: true, slots: 5)),
                    .replica(model: "small", id: "small"),
                ])
            let drained = try await client.execute(uri: path + "/one/drain", method: .post)
            #expect(drained.json["endpoints"]?.arrayValue?.first?["state"] == "draining" && drained.json["lane"]?["slots"] == 0)
            let removed = try await client.execute(uri: path + "/one", method: .delete)
            #expect(removed.json["endpoints"] == [])
            let again = try await client.execute(uri: path + "/one", method: .delete)
            #expect(again.status == .notFound && again.error["code"] == "endpoint_not_found")
        }
    }

    @Test func badEndpointsSayWhatIsWrong() async throws {
        let pools = ScriptedPools()
        try await bench(pools).test { (client) async throws in
            func fault(_ value: JSONValue) async throws -> String? {
                let response = try await client.execute(
                    uri: "/v1/pools/org%2Fpool/endpoints", method: .post, headers: TestBench.jsonType, body: self.body(value))
                #expect(response.status == .unprocessableContent)
                return response.error["param"]?.stringValue
            }
            #expect(try await fault([:]) == "url")
            #expect(try await fault(["url": "http://a.example/v1"]) == "id")
            #expect(try await fault(["url": "http://a.example/v1", "id": "a b"]) == "id")
            #expect(try await fault(["url": "http://a.example/v1", "id": "a", "slots": 0]) == "slots")
            #expect(try await fault(["url": "http://a.example/v1", "id": "a", "dialect": "x"]) == "dialect")
            #expect(try await fault(["url": 7, "id": "a"]) == "url")
        }
        #expect(pools.added.withLock { $0.isEmpty })
    }

    @Test func onlyAdministratorsChangePools() async throws {
        let bench = bench(ScriptedPools()) {
            $0.server.tokens = ["ada": "token-of-ada", "bob": "token-of-bob"]
            $0.server.admins = ["ada"]
        }
        try await bench.test { (client) async throws in
            func status(_ token: String, _ path: String, _ method: HTTPRequest.Method) async throws -> Int {
                try await client.execute(
                    uri: "/v1/pools/org%2Fpool/endpoints" + path, method: method, headers: [.authorization: "Bearer \(token)"]
                ).status.code
            }
            #expect(try await status("token-of-bob", "", .post) == 403)
            #expect(try await status("token-of-bob", "/one/drain", .post) == 403)
            #expect(try await status("token-of-bob", "/one", .delete) == 403)
            #expect(try await status("token-of-ada", "/one/drain", .post) == 200)
            #expect(try await status("nobody", "/one", .delete) == 401)
        }
    }
}
