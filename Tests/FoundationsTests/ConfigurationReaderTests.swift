import Foundation
import Foundations
import Testing

@Suite struct ConfigurationReaderTests {
    private func problems(
        yaml: String? = nil, environment: [String: String] = [:], overrides: [(key: String, value: String)] = []
    ) -> [ConfigurationProblem] {
        do {
            _ = try ConfigurationReader.read(yaml: yaml, environment: environment, overrides: overrides)
            return []
        } catch let error as ConfigurationError {
            return error.problems
        } catch {
            Issue.record("unexpected error \(error)")
            return []
        }
    }

    @Test func nothingGivesTheDefaults() throws {
        #expect(try ConfigurationReader.read(yaml: nil) == Configuration())
        #expect(try ConfigurationReader.read(yaml: "# only a comment\n") == Configuration())
    }

    @Test func endpointsSayWhatTheyCan() throws {
        func read(_ more: String) throws -> EndpointConfiguration? {
            try ConfigurationReader.read(yaml: "endpoints:\n  - {id: e, url: 'http://x/v1'\(more)}\n").endpoints.first
        }
        #expect(try read("")?.capabilities == [.chat])
        #expect(try read(", vision: true")?.capabilities == [.chat, .vision])
        #expect(try read(", capabilities: [embedding]")?.capabilities == [.embedding])
        #expect(try read(", capabilities: [hearing, embedding]")?.capabilities == [.chat, .hearing, .embedding])
        #expect(throws: ConfigurationError.self) { try read(", capabilities: [flying]") }
        #expect(throws: ConfigurationError.self) { try read(", capabilities: []") }
        #expect(throws: ConfigurationError.self) { try read(", capabilities: [chat], vision: true") }
    }

    @Test func laterPlacesWin() throws {
        let configuration = try ConfigurationReader.read(
            yaml: "server:\n  port: 1000\n  host: 127.0.0.2\nvideo:\n  fps: 1.5\n",
            environment: ["MARTLET_SERVER_PORT": "2000", "MARTLET_VIDEO_FPS": "3"],
            overrides: [("server.port", "3000")])
        #expect(configuration.server.port == 3000)
        #expect(configuration.server.host == "127.0.0.2")
        #expect(configuration.video.fps == 3)
    }

    @Test func readsEveryKindOfValue() throws {
        let configuration = try ConfigurationReader.read(
            yaml: """
                server:
                  tokens: {ada: secret-of-ada, bob: secret-of-bob}
                  cors_origins: [https://a.example, https://b.example]
                  max_upload: 1.5GiB
                  request_timeout: 90s
                fetch:
                  allow_private_addresses: yes
                models:
                  keep_alive: 5m
                  chat: null
                log: {format: json}
                endpoints:
                  - {id: big, url: "http://gpu.example:8000/v1", dialect: vllm, model: org/name, vision: true}
                """)
        #expect(configuration.server.tokens == ["ada": "secret-of-ada", "bob": "secret-of-bob"])
        #expect(configuration.server.corsOrigins == ["https://a.example", "https://b.example"])
        #expect(configuration.server.maxUploadBytes == 1_610_612_736)
        #expect(configuration.server.requestTimeout == .seconds(90))
        #expect(configuration.fetch.allowPrivateAddresses)
        #expect(configuration.models.keepAlive == .seconds(300))
        #expect(configuration.models.chat == nil)
        #expect(configuration.log.format == .json)
        #expect(
            configuration.endpoints == [
                EndpointConfiguration(
                    id: "big", url: "http://gpu.example:8000/v1", dialect: .vllm, model: "org/name", vision: true)
            ])
    }

    @Test func namesTheLineOfAnUnknownKeyAndSuggestsTheRightOne() {
        let found = problems(yaml: "video:\n  fps: 2\nserver:\n  prot: 80\n")
        #expect(
            found == [
                .init(place: .file(line: 4), key: "server.prot", message: "unknown key; did you mean server.port?")
            ])
    }

    @Test func reportsAllProblemsAtOnce() {
        let found = problems(
            yaml: "server:\n  port: many\n  request_timeout: soon\nvideo: 7\nlog:\n  format: xml\n",
            environment: ["MARTLET_SERVER_PROT": "1", "MARTLET_VIDEO_FPS": "0"])
        #expect(found.count == 6)
        #expect(found.map(\.place).contains(.file(line: 2)))
        #expect(found.map(\.place).contains(.environment(name: "MARTLET_SERVER_PROT")))
        #expect(found.map(\.place).contains(.environment(name: "MARTLET_VIDEO_FPS")))
    }

    @Test(arguments: ["server: [", "a: b: c", "\t- x", "- 1\n- 2", "just text"])
    func brokenFilesAreErrors(yaml: String) {
        #expect(!problems(yaml: yaml).isEmpty)
    }

    @Test func legacyNamesAreHonouredButYieldToOurs() throws {
        let configuration = try ConfigurationReader.read(
            yaml: nil,
            environment: [
                "AI_API_TOKEN": "legacy-token", "CORS_ORIGINS": #"["http://localhost:3000"]"#, "DEFAULT_VIDEO_FPS": "4",
                "MARTLET_VIDEO_FPS": "1", "INTERFACE_CHAT1TO1_HEIGHT": "768", "INTERFACE_SCENES_NUM_INFERENCE_STEPS": "9",
            ])
        #expect(configuration.images.oneToOne.height == 768 && configuration.images.scenes.steps == 9)
        #expect(configuration.server.tokens == ["default": "legacy-token"])
        #expect(configuration.server.corsOrigins == ["http://localhost:3000"])
        #expect(configuration.video.fps == 1)
    }

    @Test func variablesOfSetUpAreNoKeysAndNoFaults() throws {
        let environment = ["MARTLET_HOME": "/x", "MARTLET_SKIP_PACKAGES": "1", "MARTLET_PYTHON": "python3"]
        #expect(try ConfigurationReader.read(yaml: nil, environment: environment) == Configuration())
    }

    @Test func readsPools() throws {
        let configuration = try ConfigurationReader.read(
            yaml: """
                endpoints:
                  - {id: big, url: "http://gpu.example:8000/v1", slots: 7}
                pools:
                  - id: crowd
                    pick: round_robin
                    members:
                      - {model: small, replicas: 2}
                      - {model: other}
                      - endpoint: big
                lanes: {capacity: 3, max_wait: 1s, batch_aging: 500ms}
                """)
        #expect(configuration.endpoints.first?.slots == 7)
        #expect(
            configuration.pools == [
                PoolConfiguration(
                    id: "crowd", members: [.model("small", replicas: 2), .model("other", replicas: 1), .endpoint("big")],
                    pick: .roundRobin)
            ])
        #expect(configuration.lanes.capacity == 3 && configuration.lanes.maxWait == .seconds(1))
        let rendered = configuration.rendered["pools"]?.arrayValue?.first
        #expect(rendered?["members"]?.arrayValue?.first == ["model": "small", "replicas": 2])
    }

    @Test(arguments: [
        ("crowd", "expected a list of pools"),
        ("[{id: a}]", "each pool needs an id and members"),
        ("[{id: a, members: []}]", "pool \"a\": members must be a list that isn't empty"),
        ("[{id: a, members: [{model: x, replicas: 0}]}]", "pool \"a\": replicas must be a whole number from 1 to 16"),
        ("[{id: a, members: [{model: x, endpoint: e}]}]", "pool \"a\": each member is {model: ID, replicas: N} or {endpoint: ID}"),
        ("[{id: a, members: [{endpoint: e, replicas: 2}]}]", "pool \"a\": each member is {model: ID, replicas: N} or {endpoint: ID}"),
        ("[{id: a, members: [{model: x, count: 2}]}]", "pool \"a\": a member has an unknown key \"count\""),
        ("[{id: a, members: [{model: x}, {model: x}]}]", "pool \"a\" names \"x\" twice"),
        ("[{id: a, members: [{model: x}], pik: p2c}]", "pool \"a\" has an unknown key \"pik\""),
        ("[{id: a, members: [{model: x}], pick: best}]", "expected one of p2c, round_robin, found \"best\""),
        ("[{id: a, members: [{model: x}]}, {id: a, members: [{model: y}]}]", "two pools are named \"a\""),
        ("[{id: e, members: [{model: x}]}]", "pool \"e\" has the id of an endpoint"),
        ("[{id: a, members: [{endpoint: f}]}]", "pool \"a\" names an endpoint \"f\" that isn't in endpoints"),
    ])
    func faultsOfPoolsAreNamed(_ pools: String, _ message: String) {
        let found = problems(yaml: "endpoints: [{id: e, url: 'http://x/v1'}]\npools: \(pools)\n")
        #expect(found.map(\.message) == [message])
    }

    @Test func slotsOfEndpointsAreChecked() {
        let found = problems(yaml: "endpoints: [{id: e, url: 'http://x/v1', slots: none}]\n")
        #expect(found.map(\.message) == ["endpoint \"e\": slots must be a whole number from 1 to 10000"])
    }

    @Test func renderingMasksSecrets() throws {
        let configuration = try ConfigurationReader.read(
            yaml: "server:\n  tokens: {ada: very-secret-token}\nendpoints:\n  - {id: e, url: 'http://x/v1', api_key: sk-hidden}\n")
        let text = String(decoding: configuration.rendered.encoded(), as: UTF8.self)
        #expect(!text.contains("very-secret-token") && !text.contains("sk-hidden"))
        #expect(text.contains("ada"))
    }

    @Test func everyKeyRendersAndReadsBack() throws {
        for key in ConfigurationKey.all where !["server.tokens", "endpoints", "pools"].contains(key.path) {
            var value = Configuration().rendered
            for part in key.path.split(separator: ".") { value = value[String(part)] ?? .null }
            let text =
                switch value {
                case .string(let text): text
                case .integer(let number): String(number)
                case .number(let number): String(number)
                case .bool(let flag): String(flag)
                default: ""
                }
            let again = try ConfigurationReader.read(yaml: nil, overrides: [(key.path, text)])
            #expect(again == Configuration(), "\(key.path)")
        }
    }
}

@Suite struct ExampleConfigurationTests {
    /// The example file states every default; it must keep doing so.
    @Test func exampleEqualsTheDefaults() throws {
        let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../martlet.example.yaml")
        let yaml = try String(contentsOf: example, encoding: .utf8)
        #expect(try ConfigurationReader.read(yaml: yaml) == Configuration())
        for key in ConfigurationKey.all {
            #expect(yaml.contains("\(key.path.split(separator: ".").last ?? ""):"), "\(key.path) is missing")
        }
    }
}

@Suite struct HandlerConfigurationTests {
    @Test func handlersComeFromTheFileAndFromTheRegistryVariable() throws {
        let expected = [
            HandlerConfiguration(name: "a", kind: .process, directory: "/srv/a"),
            HandlerConfiguration(name: "B.2", kind: .onnx, directory: "models/b"),
        ]
        let yaml = "handlers:\n  - {name: a, handler: process, dir: /srv/a}\n  - B.2:onnx:models/b\n"
        #expect(try ConfigurationReader.read(yaml: yaml).handlers == expected)
        let registry = ["MODEL_REGISTRY": " a:process:/srv/a, ,B.2:onnx:models/b"]
        #expect(try ConfigurationReader.read(yaml: nil, environment: registry).handlers == expected)
        #expect(try ConfigurationReader.read(yaml: yaml, environment: ["MARTLET_HANDLERS": ""]).handlers.isEmpty)
    }

    @Test(arguments: [
        "a:process", "a:process:/x:y", "a:tabr9:/x", "../a:process:/x", ":process:/x", "a:process:", "a:onnx:/x,a:onnx:/y",
    ]) func wrongEntriesAreRefused(text: String) {
        #expect(throws: ConfigurationError.self) {
            try ConfigurationReader.read(yaml: nil, environment: ["MODEL_REGISTRY": text])
        }
    }
}
