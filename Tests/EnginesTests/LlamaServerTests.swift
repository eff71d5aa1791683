import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import NIOCore
import Testing

/// The real llama-server with the small language model that set-up provides.
@Suite(.serialized) struct LlamaServerTests {
    private static let model = MartletHome().models.appending(
        path: "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")

    private func server(model: URL = LlamaServerTests.model, contextLength: Int = 1024) async throws -> LlamaServer {
        var options = LlamaServerOptions(model: model, alias: "smollm2")
        options.contextLength = contextLength
        options.policy.initialDelay = .milliseconds(50)
        return LlamaServer(
            executable: try await LlamaExecutable.find(configured: nil), options: options, client: EngineFixtures.http,
            logger: EngineFixtures.logger)
    }

    private func request(_ text: String, tokens: Int = 12) -> ChatRequest {
        var request = ChatRequest(messages: [ChatMessage(.user, text)])
        request.maxTokens = tokens
        request.temperature = 0
        return request
    }

    private func busySlots(_ server: LlamaServer) async throws -> Int {
        guard case .ready(let address) = await server.process.state else { return 0 }
        var request = HTTPClientRequest(url: address.baseURL + "/slots")
        request.headers.add(name: "authorization", value: "Bearer \(address.apiKey)")
        let body = try await EngineFixtures.http.execute(request, timeout: .seconds(5)).body.collect(upTo: 1 << 20)
        let slots = try JSONValue(parsing: Data(body.readableBytesView)).arrayValue ?? []
        return slots.filter { $0["is_processing"] == true }.count
    }

    @Test func executableTellsItsVersion() async throws {
        #expect(try await !LlamaExecutable.find(configured: nil).version.isEmpty)
        await #expect(throws: EndpointError.programMissing(name: "llama")) {
            try await LlamaExecutable.find(configured: "/bin/true")
        }
        await #expect(throws: EndpointError.programMissing(name: "llama")) {
            try await LlamaExecutable.find(configured: "/nonexistent/llama-server")
        }
    }

    @Test func answersReusesItsCacheAndStopsWhenCancelled() async throws {
        let server = try await server()
        let client = try await server.start(by: .after(.seconds(120)))
        #expect(try await client.models(context: EngineFixtures.context) == ["smollm2"])

        let story = "The red house stands by the river. The blue house stands on the hill. Anna lives in the red house. "
        let first = try await EngineFixtures.answer(client, request(story + "Who lives in the red house?"))
        #expect(!first.text.isEmpty)
        #expect(first.progress > 0)
        #expect(first.finish?.completionTokens ?? 0 > 0)
        let second = try await EngineFixtures.answer(client, request(story + "Where does the blue house stand?"))
        #expect(second.finish?.cachedTokens ?? 0 > 15)
        #expect(second.finish?.promptTokens ?? 0 > second.finish?.cachedTokens ?? 0)

        // Nobody reads on, so the engine stops writing.
        var long = request("Count from one to one thousand.", tokens: 900)
        long.extra = ["ignore_eos": true]
        var pieces = 0
        for try await event in try await client.stream(long, context: EngineFixtures.context).events {
            if case .text = event { pieces += 1 }
            if pieces == 3 {
                #expect(try await busySlots(server) == 1)
                break
            }
        }
        #expect(try await EngineFixtures.eventually(within: 3) { try await busySlots(server) == 0 })

        let report = await EngineFixtures.report {
            _ = try await EngineFixtures.answer(client, request(String(repeating: "many words ", count: 2000)))
        }
        #expect(report?.code == "context_length_exceeded")
        await server.stop()
    }

    @Test func killedDuringAnAnswerItFailsThatRequestAndComesBack() async throws {
        let server = try await server()
        let client = try await server.start(by: .after(.seconds(120)))
        let pid = try #require(await server.process.processID)
        var long = request("Count from one to one thousand.", tokens: 900)
        long.extra = ["ignore_eos": true]
        let report = await EngineFixtures.report {
            var pieces = 0
            for try await event in try await client.stream(long, context: EngineFixtures.context).events {
                if case .text = event { pieces += 1 }
                if pieces == 3 { kill(pid, SIGKILL) }
            }
        }
        #expect(report?.code == "engine_died")
        #expect(report?.kind.status == 503)
        let back = try await server.client(by: .after(.seconds(120)))
        #expect(await server.process.processID != pid)
        #expect(try await !EngineFixtures.answer(back, request("Say hello.")).text.isEmpty)
        await server.stop()
    }

    @Test func damagedModelFailsAtOnceWithAReason() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString).gguf")
        try Data("GGUF and then nothing sensible".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let server = try await server(model: file)
        let report = await EngineFixtures.report { _ = try await server.start(by: .after(.seconds(60))) }
        #expect(report?.code == "engine_start_failed")
        #expect(report?.message.contains("file") == true)
        #expect(report?.message.contains(file.lastPathComponent) == false)
        // Known not to help, so not tried again.
        #expect(await server.process.recentLog.filter { $0.hasPrefix("martlet: start") }.count == 1)
    }
}
