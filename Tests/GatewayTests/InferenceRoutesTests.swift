import Engines
import Foundation
import Foundations
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import ModelHub
import Testing

/// The Open Inference Protocol over REST.
@Suite struct InferenceRoutesTests {
    private static let length = HTTPField.Name("Inference-Header-Content-Length") ?? .userAgent

    @Test func serverAndModelsDescribeThemselves() async throws {
        try await TestBench().test { client in
            func get(_ path: String) async throws -> TestResponse { try await client.execute(uri: path, method: .get) }
            let server = try await get("/v2")
            #expect(server.json["name"] == "martlet" && server.json["extensions"]?.arrayValue?.contains("binary_tensor_data") == true)
            #expect(try await get("/v2/health/live").json == ["live": true])
            #expect(try await get("/v2/health/ready").json == ["ready": true])
            for path in ["/v2/models/echo", "/v2/models/echo/versions/1"] {
                let model = try await get(path)
                #expect(model.json["name"] == "echo" && model.json["versions"] == ["1"] && model.json["inputs"]?.arrayValue?.count == 14)
                #expect(model.json["inputs"]?.arrayValue?.first == ["name": "bool", "datatype": "BOOL", "shape": [-1]])
                #expect(try await get(path + "/ready").json["ready"] == true)
                #expect(try await get(path + "/config").json["input"]?.arrayValue?.last == ["name": "bytes", "data_type": "TYPE_STRING", "dims": [-1]])
            }
            #expect(try await get("/v2/models/echo/versions/2").status == .notFound)
            #expect(try await get("/v2/models/nope/ready").status == .notFound)
        }
    }

    @Test func tensorsComeAndGoAsJSON() async throws {
        try await TestBench().test { client in
            let response = try await client.execute(
                uri: "/v2/models/echo/infer", method: .post,
                body: ByteBuffer(string: #"{"id":"a1","inputs":[{"name":"fp32","datatype":"FP32","shape":[3],"data":[1,2.5,-3]},{"name":"bytes","datatype":"BYTES","shape":[1],"data":["hé"]}]}"#))
            #expect(response.status == .ok && response.headers[.contentType] == "application/json")
            #expect(response.json["id"] == "a1" && response.json["model_name"] == "echo" && response.json["model_version"] == "1")
            let outputs = response.json["outputs"]?.arrayValue
            #expect(outputs?.first?["shape"] == [3] && outputs?.first?["data"]?.arrayValue?.map(\.doubleValue) == [1, 2.5, -3])
            #expect(outputs?.last?["data"] == ["hé"])
        }
    }

    @Test func tensorsComeAndGoAsBinaryData() async throws {
        let half = try InferenceTensor(name: "fp16", datatype: .float16, shape: [2], data: [1, 2, 3, 4])
        let bytes = try InferenceTensor(name: "bytes", shape: [2], elements: [[0, 255], []])
        try await TestBench().test { client in
            let body = try InferenceRequest(inputs: [half, bytes]).encoded(binary: true)
            var headers: HTTPFields = [.contentType: "application/octet-stream"]
            headers[Self.length] = String(body.headerLength ?? 0)
            let response = try await client.execute(
                uri: "/v2/models/echo/infer", method: .post, headers: headers, body: ByteBuffer(bytes: body.bytes))
            #expect(response.headers[.contentType] == "application/octet-stream")
            let length = try #require(response.headers[Self.length].flatMap { Int($0) })
            let answer = try InferenceResponse(body: Array(buffer: response.body), headerLength: length)
            #expect(answer.outputs == [half, bytes])
            // As JSON these outputs can't be written; the error names the first.
            headers[Self.length] = nil
            let text = try await client.execute(
                uri: "/v2/models/echo/infer", method: .post, headers: headers, body: ByteBuffer(bytes: body.bytes))
            #expect(text.status == .badRequest)
        }
    }

    @Test func errorsAreTexts() async throws {
        try await TestBench { $0.inference.maxBytes = 2000 }.test { client in
            func error(_ body: String, _ path: String = "/v2/models/echo/infer", _ headers: HTTPFields = [:]) async throws -> (Int, String, String?) {
                let response = try await client.execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
                #expect(response.json["request_id"]?.stringValue == response.headers[.init("X-Request-ID") ?? .userAgent])
                return (response.status.code, response.json["code"]?.stringValue ?? "", response.json["error"]?.stringValue)
            }
            let unknown = try await error("{}", "/v2/models/nope/infer")
            #expect(unknown.0 == 404 && unknown.1 == "model_not_found" && unknown.2?.contains("nope") == true)
            #expect(try await error("{").1 == "malformed_inference")
            #expect(try await error("{}").1 == "malformed_inference")
            #expect(try await error(#"{"inputs":[{"name":"fp32","datatype":"FP32","shape":[1],"data":[NaN]}]}"#).0 == 400)
            #expect(try await error(#"{"inputs":[{"name":"fp32","datatype":"FP64","shape":[1],"data":[1]}]}"#).1 == "invalid_tensor")
            #expect(try await error(#"{"inputs":[{"name":"x","datatype":"FP64","shape":[1],"data":[1]}]}"#).1 == "unknown_input")
            #expect(try await error(String(repeating: " ", count: 2001)).0 == 413)
            #expect(try await error("{}", "/v2/models/echo/infer", [.contentEncoding: "gzip"]).1 == "not_supported")
            #expect(try await error("{}", "/v2/models/echo/versions/7/infer").1 == "version_not_found")
            #expect(try await error(#"{"inputs":[],"parameters":{"sequence_id":3}}"#).1 == "not_supported")
            let missing = try await client.execute(uri: "/v2/nothing", method: .get)
            #expect(missing.status == .notFound && missing.json["error"]?.stringValue != nil)
            // Outside /v2 the envelope stays.
            #expect(try await client.execute(uri: "/v1/nothing", method: .get).error["code"] == "route_not_found")
        }
    }

    @Test func aCallersTimeoutBoundsTheWork() async throws {
        let bench = TestBench(predictors: ScriptedPredictors([EchoPredictor(delay: .seconds(3600))]))
        try await bench.test { client in
            let response = try await client.execute(
                uri: "/v2/models/echo/infer", method: .post,
                body: ByteBuffer(string: #"{"inputs":[],"parameters":{"timeout":5000}}"#))
            #expect(response.status == .gatewayTimeout)
        }
    }

    @Test func placesAreBounded() async throws {
        let echo = EchoPredictor(delay: .seconds(3600))
        let bench = TestBench(predictors: ScriptedPredictors([echo])) {
            $0.inference.concurrent = 1
            $0.inference.waiting = 0
        }
        try await bench.test { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    let response = try await client.execute(
                        uri: "/v2/models/echo/infer", method: .post,
                        body: ByteBuffer(string: #"{"inputs":[],"parameters":{"timeout":300000}}"#))
                    #expect(response.status == .gatewayTimeout)
                }
                try await bench.until { echo.contexts.withLock { $0.count } == 1 }
                let refused = try await client.execute(uri: "/v2/models/echo/infer", method: .post, body: ByteBuffer(string: #"{"inputs":[]}"#))
                #expect(refused.status == .tooManyRequests && refused.headers[.retryAfter] != nil)
                try await group.waitForAll()
            }
        }
    }
}

/// Files to handlers.
@Suite struct HandlerRoutesTests {
    private static func form(_ parts: [(name: String, file: String?, content: String)]) -> ByteBuffer {
        let texts = parts.map { part in
            "--frontier\r\nContent-Disposition: form-data; name=\"\(part.name)\""
                + (part.file.map { "; filename=\"\($0)\"" } ?? "") + "\r\n\r\n\(part.content)\r\n"
        }
        return ByteBuffer(string: texts.joined() + "--frontier--\r\n")
    }

    @Test func filesAreAnsweredInTheirOrder() async throws {
        let bench = TestBench(predictors: ScriptedPredictors([EchoPredictor("b"), EchoPredictor("a")]))
        try await bench.test { client in
            #expect(try await client.execute(uri: "/api/v1/health", method: .get).text == #"{"status":"healthy"}"#)
            #expect(try await client.execute(uri: "/api/v1/models", method: .get).text == #"{"models":["b","a"]}"#)
            let status = try await client.execute(uri: "/api/v1/models/a/status", method: .get)
            #expect(status.json == ["model": "a", "loaded": true, "model_dir": "echo"])
            for path in ["/api/v1/infer/a", "/infer/a"] {
                let response = try await client.execute(
                    uri: path, method: .post, headers: TestBench.formType,
                    body: Self.form([("files", "one.mp4", "first"), ("note", nil, "x"), ("files", "../two.mp4", "no")]))
                #expect(response.json == [
                    "model": "a", "segments": ["one.mp4", "two.mp4"], "total_segments": 2,
                    "prediction": ["sizes": [5, 2], "text": "first"],
                ])
            }
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func faultsHaveTheirStatuses() async throws {
        let bench = TestBench { $0.server.maxUploadBytes = 100 }
        try await bench.test { (client) async throws in
            func post(_ path: String, _ body: ByteBuffer, _ headers: HTTPFields = TestBench.formType) async throws -> String {
                let response = try await client.execute(uri: path, method: .post, headers: headers, body: body)
                return "\(response.status.code) \(response.error["code"]?.stringValue ?? "")"
            }
            let file = Self.form([("files", "a", "x")])
            #expect(try await post("/infer/nope", file) == "404 model_not_found")
            #expect(try await client.execute(uri: "/api/v1/models/nope/status", method: .get).status == .notFound)
            #expect(try await post("/infer/echo", Self.form([("video", "a", "x")])) == "422 missing")
            #expect(try await post("/infer/echo", Self.form([("files", nil, "x")])) == "422 missing")
            #expect(try await post("/infer/echo", ByteBuffer(string: "{}"), TestBench.jsonType).hasPrefix("415"))
            #expect(try await post("/infer/echo", ByteBuffer(string: "--frontier\r\n")).hasPrefix("400"))
            let two = Self.form([("files", "a", String(repeating: "x", count: 60)), ("files", "b", String(repeating: "x", count: 60))])
            #expect(try await post("/infer/echo", two) == "413 upload_too_large")
            let many = Self.form((0...32).map { ("files", "\($0)", "") })
            #expect(try await post("/infer/echo", many) == "400 multipart_too_many_parts")
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }
}
