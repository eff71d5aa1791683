import Foundations
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct ModelControlRoutesTests {
    private static func post(
        _ client: any TestClientProtocol, _ uri: String, _ body: String = "", headers: HTTPFields = [:]
    ) async throws -> TestResponse {
        try await client.execute(uri: uri, method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    @Test func theIndexShowsStatesAndReasons() async throws {
        try await TestBench(control: .populated).test { client in
            let all = try await Self.post(client, "/v2/repository/index").json.arrayValue ?? []
            func entry(_ name: String) -> JSONValue? { all.first { $0["name"]?.stringValue == name } }
            #expect(entry("loaded")?["state"] == "READY" && entry("loaded")?["reason"] == "")
            #expect(entry("starting")?["state"] == "LOADING" && entry("leaving")?["state"] == "UNLOADING")
            #expect(entry("a")?["state"] == "UNAVAILABLE" && entry("a")?["reason"] == "unloaded")
            #expect(entry("bad")?["state"] == "UNAVAILABLE" && entry("bad")?["reason"] == "There isn't enough memory.")
            let ready = try await Self.post(client, "/v2/repository/index", #"{"ready":true}"#).json.arrayValue ?? []
            #expect(ready.compactMap { $0["name"]?.stringValue }.contains("loaded") && !ready.contains { $0["name"] == "a" })
            #expect(try await Self.post(client, "/v2/repository/index", "[").status == .badRequest)
            #expect(try await Self.post(client, "/v2/repository/index", #"{"ready":"perhaps"}"#).json["code"] == "wrong_type")
        }
    }

    @Test func loadsAndUnloads() async throws {
        let bench = TestBench(control: .populated)
        try await bench.test { client in
            let loaded = try await Self.post(client, "/v2/repository/models/a/load", "{}")
            #expect(loaded.status == .ok && loaded.json["state"] == "READY" && loaded.json["name"] == "a")
            let unloaded = try await Self.post(
                client, "/v2/repository/models/a/unload", #"{"parameters":{"unload_dependents":true}}"#)
            #expect(unloaded.status == .ok && unloaded.json["reason"] == "unloaded")
            let unknown = try await Self.post(client, "/v2/repository/models/none/load")
            #expect(unknown.status == .notFound && unknown.json["code"] == "model_not_found")
            for parameter in ["config", "file:1/model.onnx"] {
                let refused = try await Self.post(
                    client, "/v2/repository/models/a/load", #"{"parameters":{"\#(parameter)":"x"}}"#)
                #expect(refused.status == .badRequest && refused.json["param"]?.stringValue == "parameters.\(parameter)")
            }
        }
        #expect(bench.control.calls.withLock { $0 } == ["load a", "unload a", "load none"])
    }

    @Test func aGiantIsRefusedForGood() async throws {
        try await TestBench(control: .populated).test { client in
            let refused = try await Self.post(client, "/v2/repository/models/giant/load")
            // Errors under /v2 are flat.
            #expect(refused.status == .serviceUnavailable && refused.json["code"] == "gpu_required")
            #expect(refused.json["details"]?["missing"] == "gpu" && refused.json["details"]?["parameters"] == 30_500_000_000)
            // Time doesn't heal this.
            #expect(refused.headers[.retryAfter] == nil)
        }
    }

    @Test func switches() async throws {
        let bench = TestBench(control: .populated)
        try await bench.test { client in
            func change(_ body: String) async throws -> TestResponse {
                try await Self.post(client, "/v1/models/switch", body, headers: TestBench.jsonType)
            }
            let done = try await change(#"{"to":"b","from":null}"#)
            #expect(done.json["from"] == "loaded" && done.json["to"] == "b" && done.json["seconds"]?.doubleValue == 1.235)
            #expect(try await change("{}").error["param"] == "to")
            let failed = try await change(#"{"to":"broken","from":"loaded"}"#)
            #expect(failed.status == .serviceUnavailable && failed.error["code"] == "engine_start_failed")
            #expect(failed.error["details"]?["rolled_back"] == true)
        }
        #expect(bench.control.calls.withLock { $0 } == ["switch - b", "switch loaded broken"])
    }

    /// A page of another origin can send what needs no preflight: text without a declared type.
    @Test func foreignPagesCantCall() async throws {
        let bench = TestBench(control: .populated)
        try await bench.test { client in
            for path in ["/v2/repository/models/a/unload", "/v2/repository/models/a/load", "/v2/repository/index"] {
                let refused = try await Self.post(client, path, "{}", headers: [.origin: "https://evil.example", .contentType: "text/plain"])
                #expect(refused.status == .unsupportedMediaType, "\(path)")
            }
        }
        #expect(bench.control.calls.withLock { $0 }.isEmpty)
    }

    @Test func onlyAdministratorsMayControl() async throws {
        let bench = TestBench(control: .populated) {
            $0.server.tokens = ["anna": "secret-anna", "ben": "secret-ben"]
            $0.server.admins = ["anna"]
        }
        try await bench.test { client in
            for (token, status) in [("secret-ben", 403), ("secret-anna", 200)] {
                var headers = TestBench.jsonType
                headers[.authorization] = "Bearer \(token)"
                for (path, body) in [
                    ("/v2/repository/models/a/load", "{}"), ("/v2/repository/models/a/unload", "{}"),
                    ("/v1/models/switch", #"{"to":"a"}"#),
                ] {
                    let code = try await Self.post(client, path, body, headers: headers).status.code
                    #expect(code == status, "\(path)")
                }
            }
        }
        #expect(bench.control.calls.withLock { $0 } == ["load a", "unload a", "switch - a"])
    }

    @Test func modelFiguresAreThere() async throws {
        try await TestBench(control: .populated).test { client in
            let text = try await client.execute(uri: "/metrics", method: .get).text
            #expect(text.contains(#"martlet_model_state{model="scripted",state="ready"} 1"#))
            #expect(text.contains(#"martlet_model_state{model="scripted",state="failed"} 0"#))
            #expect(text.contains(#"martlet_model_memory_bytes{model="scripted"} 0"#))
        }
    }
}
