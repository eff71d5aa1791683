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
                "MARTLET_VIDEO_FPS": "1",
            ])
        #expect(configuration.server.tokens == ["default": "legacy-token"])
        #expect(configuration.server.corsOrigins == ["http://localhost:3000"])
        #expect(configuration.video.fps == 1)
    }

    @Test func variablesOfSetUpAreNoKeysAndNoFaults() throws {
        let environment = ["MARTLET_HOME": "/x", "MARTLET_SKIP_PACKAGES": "1", "MARTLET_PYTHON": "python3"]
        #expect(try ConfigurationReader.read(yaml: nil, environment: environment) == Configuration())
    }

    @Test func renderingMasksSecrets() throws {
        let configuration = try ConfigurationReader.read(
            yaml: "server:\n  tokens: {ada: very-secret-token}\nendpoints:\n  - {id: e, url: 'http://x/v1', api_key: sk-hidden}\n")
        let text = String(decoding: configuration.rendered.encoded(), as: UTF8.self)
        #expect(!text.contains("very-secret-token") && !text.contains("sk-hidden"))
        #expect(text.contains("ada"))
    }

    @Test func everyKeyRendersAndReadsBack() throws {
        for key in ConfigurationKey.all where !["server.tokens", "endpoints"].contains(key.path) {
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
