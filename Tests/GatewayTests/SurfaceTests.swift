import Foundation
import Foundations
import Gateway
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@Suite struct SurfaceTests {
    @Test func unknownPathsMethodsAndSlashes() async throws {
        try await TestBench().test { client in
            let missing = try await client.execute(uri: "/nothing", method: .get)
            #expect(missing.status == .notFound && missing.error["type"] == "not_found_error")
            #expect(missing.error["request_id"]?.stringValue == missing.headers[.requestID])
            let wrong = try await client.execute(uri: "/v1/inference/url", method: .get)
            #expect(wrong.status == .methodNotAllowed && wrong.headers[.allow] == "POST")
            let delete = try await client.execute(uri: "/v1/pools", method: .delete)
            #expect(delete.status == .methodNotAllowed && delete.headers[.allow] == "GET, HEAD")
            let options = try await client.execute(uri: "/v1/health", method: .options)
            #expect(options.status == .methodNotAllowed)
            let slash = try await client.execute(uri: "/v1/health/?a=b", method: .get)
            #expect(slash.status == .temporaryRedirect && slash.headers[.location] == "/v1/health?a=b")
            #expect(try await client.execute(uri: "//evil.example/", method: .get).status == .notFound)
            let head = try await client.execute(uri: "/v1/health", method: .head)
            #expect(head.status == .ok && head.body.readableBytes == 0 && head.headers[.contentLength] != "0")
            let headMissing = try await client.execute(uri: "/nothing", method: .head)
            #expect(headMissing.status == .notFound && headMissing.body.readableBytes == 0)
        }
    }

    @Test func bodiesAreBoundedAndChecked() async throws {
        let bench = TestBench { $0.server.maxBodyBytes = 1000 }
        try await bench.test { client in
            func error(_ body: String, _ type: String? = "application/json; charset=utf-8") async throws -> (Int, JSONValue) {
                var headers = HTTPFields()
                headers[.contentType] = type
                let response = try await client.execute(
                    uri: "/v1/chat/completions", method: .post, headers: headers, body: ByteBuffer(string: body))
                return (response.status.code, response.error)
            }
            let malformed = try await error(#"{"messages":NaN}"#)
            #expect(malformed.0 == 400 && malformed.1["code"] == "malformed_json" && malformed.1["details"]?["offset"] == 12)
            #expect(try await error("").0 == 400)
            let deep = try await error(String(repeating: "[", count: 200))
            #expect(deep.0 == 400 && deep.1["code"] == "json_too_deep")
            let large = try await error("\"" + String(repeating: "x", count: 1000) + "\"")
            #expect(large.0 == 413 && large.1["code"] == "body_too_large")
            #expect(try await error("{}", "text/plain").0 == 415)
            #expect(try await error("{}", nil).0 == 415)
            #expect(try await error("[]").0 == 400)
            #expect(try await error("{}").1["param"] == "messages")
        }
    }

    @Test func requestIDsAreKeptWhenSane() async throws {
        let bench = TestBench()
        try await bench.test { (client) async throws in
            func id(_ sent: String) async throws -> String? {
                try await client.execute(uri: "/healthz", method: .get, headers: [.requestID: sent]).headers[.requestID]
            }
            #expect(try await id("abc-1") == "abc-1")
            #expect(try await id("has blank")?.count == 32)
            #expect(try await id(String(repeating: "x", count: 129))?.count == 32)
        }
        #expect(bench.logs.all.contains { $0.contains("request_id=abc-1") && $0.contains("route=/healthz") })
    }

    @Test func everyRouteWantsTheKeyButTheListedOnes() async throws {
        let bench = TestBench { $0.server.tokens = ["anna": "secret-a", "ben": "secret-b", "nobody": ""] }
        let routes = RouteTable(bench.services.configuration).routes
        #expect(Set(routes.filter(\.isAnonymous).map(\.path)) == [
                "/", "/healthz", "/readyz", "/v1/health", "/v2/health/live", "/v2/health/ready", "/api/v1/health",
                // The page's own files; what it shows it asks for with the caller's token.
                "/docs", "/assets/{path}",
                // A secret name is the key; browsers and clients of OpenAI have none to send.
                "/v1/images/files/{name}",
                // Wants Telegram's secret instead.
                "/v1/telegram/webhook",
            ])
        try await bench.test { client in
            for route in routes {
                let path = route.path.replacing(/\{[a-z]+\}/, with: "scripted")
                for method in route.method == .get ? [HTTPRequest.Method.get, .head] : [route.method] {
                    let response = try await client.execute(uri: path, method: method)
                    #expect((response.status == .unauthorized) == !route.isAnonymous, "\(method) \(path)")
                }
            }
            let refused = try await client.execute(uri: "/v1/models", method: .get)
            #expect(refused.headers[.wwwAuthenticate] == "Bearer" && refused.error["code"] == "token_missing")
            #expect(try await client.execute(uri: "/nothing", method: .get).status == .unauthorized)
            for (header, status) in [
                ("Bearer secret-a", 200), ("bearer secret-b", 200), ("Bearer secret", 401), ("Bearer secret-aa", 401),
                ("Bearer ", 401), ("Basic secret-a", 401), ("Bearer Secret-a", 401), ("secret-a", 401),
            ] {
                let response = try await client.execute(uri: "/v1/models", method: .get, headers: [.authorization: header])
                #expect(response.status.code == status, "\(header)")
            }
        }
        #expect(bench.logs.all.contains { $0.contains("key=anna") })
        #expect(!bench.logs.all.contains { $0.contains("secret") })
    }

    @Test func onlyLoopbackWithoutAToken() throws {
        var server = Configuration().server
        for host in ["127.0.0.1", "127.1.2.3", "::1", "localhost"] {
            server.host = host
            #expect(throws: Never.self) { try GatewayServer.checkExposure(server) }
        }
        for host in ["0.0.0.0", "::", "192.168.1.2", "example.org", "127.evil.example", ""] {
            server.host = host
            #expect(throws: GatewayError.openWithoutToken(host: host)) { try GatewayServer.checkExposure(server) }
        }
        server.tokens = ["a": ""]
        #expect(throws: GatewayError.self) { try GatewayServer.checkExposure(server) }
        server.tokens = ["a": "b"]
        #expect(throws: Never.self) { try GatewayServer.checkExposure(server) }
    }

    @Test func hostsAreChecked() {
        var server = Configuration().server
        server.allowedHosts = ["Martlet.Example"]
        let check = HostCheck(server: server)
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "10.1.2.3", "[::1]:8080", "[fe80::1]", "martlet.example:1", "martlet.example."] {
            #expect(check.isAllowed(host), "\(host)")
        }
        for host in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example:80", "[evil]", "[::1", ""] {
            #expect(!check.isAllowed(host), "\(host)")
        }
    }

    @Test func corsIsClosedByDefault() async throws {
        try await TestBench().test { client in
            let response = try await client.execute(uri: "/v1/health", method: .get, headers: [.origin: "https://a.example"])
            #expect(response.status == .ok && response.headers[.accessControlAllowOrigin] == nil)
            let preflight = try await client.execute(
                uri: "/v1/inference/url", method: .options, headers: [.origin: "https://a.example", .accessControlRequestMethod: "POST"])
            #expect(preflight.status == .badRequest && preflight.error["code"] == "origin_not_allowed")
        }
    }

    @Test func configuredOriginsMayCall() async throws {
        let bench = TestBench {
            $0.server.corsOrigins = ["https://a.example"]
            $0.server.tokens = ["a": "b"]
        }
        try await bench.test { client in
            let preflight = try await client.execute(
                uri: "/v1/inference/url", method: .options,
                headers: [.origin: "https://a.example", .accessControlRequestMethod: "POST", .accessControlRequestHeaders: "authorization, x-a"])
            #expect(preflight.status == .ok && preflight.text == "OK")
            #expect(preflight.headers[.accessControlAllowOrigin] == "https://a.example")
            #expect(preflight.headers[.accessControlAllowCredentials] == "true" && preflight.headers[.accessControlMaxAge] == "600")
            #expect(preflight.headers[.accessControlAllowHeaders] == "authorization, x-a" && preflight.headers[.vary] == "Origin")
            let refused = try await client.execute(uri: "/v1/models", method: .get, headers: [.origin: "https://a.example"])
            #expect(refused.status == .unauthorized && refused.headers[.accessControlAllowOrigin] == "https://a.example")
            let other = try await client.execute(uri: "/v1/health", method: .get, headers: [.origin: "https://b.example"])
            #expect(other.headers[.accessControlAllowOrigin] == nil)
        }
    }

    @Test func anyOriginNeverMeansCredentials() async throws {
        try await TestBench { $0.server.corsOrigins = ["*"] }.test { client in
            let response = try await client.execute(uri: "/v1/health", method: .get, headers: [.origin: "https://a.example", .cookie: "a=b"])
            #expect(response.headers[.accessControlAllowOrigin] == "*" && response.headers[.accessControlAllowCredentials] == nil)
        }
    }

    @Test func healthReadinessAndMetrics() async throws {
        try await TestBench().test { client in
            #expect(try await client.execute(uri: "/", method: .get).json["status"] == "operational")
            #expect(try await client.execute(uri: "/v1/health", method: .get).json["status"] == "healthy")
            #expect(try await client.execute(uri: "/readyz", method: .get).status == .ok)
            let detailed = try await client.execute(uri: "/v1/health/detailed", method: .get).json
            #expect(detailed["status"] == "healthy" && detailed["model"]?["loaded"] == true && detailed["gpu"]?["count"] == 0)
            _ = try await client.execute(uri: "/secret-path", method: .get)
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            #expect(metrics.headers[.xContentTypeOptions] == "nosniff")
            #expect(metrics.text.contains(#"martlet_http_requests_total{method="GET",route="/v1/health",status="200"} 1"#))
            #expect(metrics.text.contains(#"martlet_http_requests_total{method="GET",route="unmatched",status="404"} 1"#))
            #expect(metrics.text.contains("martlet_http_request_duration_seconds_count"))
            #expect(metrics.text.contains("martlet_questions_running 0") && !metrics.text.contains("secret-path"))
        }
        try await TestBench(state: .absent).test { client in
            let ready = try await client.execute(uri: "/readyz", method: .get)
            #expect(ready.status == .serviceUnavailable && ready.error["code"] == "not_ready" && ready.headers[.retryAfter] == "2")
            #expect(try await client.execute(uri: "/v1/health/detailed", method: .get).json["status"] == "degraded")
        }
    }

    @Test func theDocumentAndItsPage() async throws {
        let bench = TestBench()
        let document = Gateway.openAPI(bench.services.configuration)
        #expect(document["openapi"] == "3.1.0")
        let paths = try #require(document["paths"]?.objectValue)
        let routes = RouteTable(bench.services.configuration).routes
        #expect(Set(paths.keys) == Set(routes.map(\.path)))
        for route in routes {
            let operation = paths[route.path]?[route.method.rawValue.lowercased()]
            #expect(operation?["operationId"]?.stringValue == route.operationID)
        }
        // Every reference leads somewhere, and every schema is used or leads to one that is.
        let schemas = try #require(document["components"]?["schemas"]?.objectValue)
        for name in Self.references(document) { #expect(schemas[name] != nil, "\(name)") }
        #expect(Set(Self.references(document)) == Set(schemas.keys))
        let form = schemas["Body_inference_from_upload_v1_inference_upload_post"]?["properties"]
        #expect(form?["fps"]?["default"]?.doubleValue == 2 && form?["max_tokens"]?["anyOf"]?.arrayValue?.first?["maximum"] == 32_768)
        try await bench.test { client in
            let served = try await client.execute(uri: "/openapi.json", method: .get)
            #expect(served.json["paths"]?.objectValue?.count == paths.count)
            let page = try await client.execute(uri: "/docs", method: .get)
            #expect(page.headers[.contentSecurityPolicy]?.contains("script-src 'self'") == true)
            #expect(page.text.contains("/assets/docs/explorer.js"))
        }
    }

    @Test func browsersGetThePageAndProgramsTheBanner() async throws {
        try await TestBench().test { client in
            let banner = try await client.execute(uri: "/", method: .get)
            #expect(banner.json["service"] == "Martlet")
            let page = try await client.execute(uri: "/", method: .get, headers: [.accept: "text/html,*/*", .acceptEncoding: "gzip"])
            #expect(page.headers[.contentType] == "text/html; charset=utf-8" && page.headers[.contentEncoding] == "gzip")
            let tag = try #require(page.headers[.eTag])
            let known = try await client.execute(uri: "/", method: .get, headers: [.accept: "text/html", .ifNoneMatch: tag])
            #expect(known.status == .notModified && known.body.readableBytes == 0)
            let script = try await client.execute(uri: "/assets/app/main.js", method: .get)
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            for path in ["/assets/none.js", "/assets/../index.html", "/assets/%2e%2e/app/main.js", "/assets/"] {
                #expect(try await client.execute(uri: path, method: .get).status != .ok)
            }
        }
    }

    /// Ids and names that callers of the original know.
    @Test func theOriginalsNamesAreKept() throws {
        let document = Gateway.openAPI(Configuration())
        for (path, method, id) in [
            ("/", "get", "root__get"), ("/v1/health", "get", "health_check_v1_health_get"),
            ("/v1/health/detailed", "get", "detailed_health_check_v1_health_detailed_get"),
            ("/v1/inference/url", "post", "inference_from_url_v1_inference_url_post"),
            ("/v1/inference/upload", "post", "inference_from_upload_v1_inference_upload_post"),
        ] {
            #expect(document["paths"]?[path]?[method]?["operationId"]?.stringValue == id)
        }
        for name in ["InferenceRequestURL", "VideoProcessingParams", "GenerationParams", "InferenceResponse"] {
            #expect(document["components"]?["schemas"]?[name] != nil)
        }
    }

    private static func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let object):
            object.flatMap { key, value in
                key == "$ref" ? [value.stringValue?.split(separator: "/").last.map(String.init) ?? ""] : references(value)
            }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }
}
