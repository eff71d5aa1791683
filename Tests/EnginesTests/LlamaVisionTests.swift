import Engines
import Foundation
import Foundations
import Media
import Testing

/// The vision path through the real llama-server, with a tiny model of random weights: it knows nothing, but pictures
/// become tokens, their order counts, and the prompt cache works.
@Suite(.serialized) struct LlamaVisionTests {
    /// Made on first use; the script writes each file whole or not at all.
    private static func models() async throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "martlet-tiny-vision")
        let own = MartletHome().root.appending(path: "python/bin/python").path
        let made = try await EngineFixtures.run(
            FileManager.default.isExecutableFile(atPath: own) ? own : "python3",
            [EngineFixtures.repository.appending(path: "scripts/make-tiny-vision-model.py").path, folder.path])
        try #require(made.status == 0, "\(made.output)")
        return folder
    }

    /// A solid picture in PPM, the simplest form llama-server reads.
    private func frame(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> Data {
        Data("P6\n32 32\n255\n".utf8) + Data((0..<1024).flatMap { _ in [red, green, blue] })
    }

    @Test func picturesBecomeTokensInTheirOrderAndAreCached() async throws {
        let folder = try await Self.models()
        var options = LlamaServerOptions(
            model: folder.appending(path: "model.gguf"), projector: folder.appending(path: "mmproj.gguf"), alias: "tiny")
        options.parallel = 1
        options.contextLength = 2048
        let server = LlamaServer(
            executable: try await LlamaExecutable.find(configured: nil), options: options, client: EngineFixtures.http,
            logger: EngineFixtures.logger)
        let client = try await server.start(by: .after(.seconds(60)))

        func ask(_ frames: [Data], _ question: String) async throws -> (finish: ChatFinish, logprobs: [Double]) {
            let times = frames.indices.map(Double.init)
            var request = ChatRequest(
                messages: [ChatMessage(.user, [.text(question), .video(frames: frames, times: times)])])
            request.maxTokens = 8
            request.temperature = 0
            // Letters only: llama-server holds back the figures of bytes that aren't a whole character yet.
            request.extra = ["logprobs": true, "top_logprobs": 1, "grammar": "root ::= [a-z]{40}"]
            let answer = try await EngineFixtures.answer(client, request)
            let logprobs = answer.deltas.compactMap { $0["logprobs"]?["content"]?.arrayValue }.flatMap { $0 }
                .compactMap { $0["logprob"]?.doubleValue }
            return (try #require(answer.finish), logprobs)
        }

        let red = frame(255, 0, 0)
        let green = frame(0, 255, 0)
        let blue = frame(0, 0, 255)

        let one = try await ask([red], "What?")
        let two = try await ask([red, green], "What?")
        let three = try await ask([red, green, blue], "What?")
        let sizes = [one, two, three].compactMap(\.finish.promptTokens)
        try #require(sizes.count == 3)
        // 16 tokens for each picture, and its time in letters.
        #expect(sizes[1] - sizes[0] >= 16)
        #expect(sizes[2] - sizes[1] == sizes[1] - sizes[0])

        let again = try await ask([red, green, blue], "What?")
        let reversed = try await ask([blue, green, red], "What?")
        #expect(three.logprobs.count == 8)
        let difference = zip(three.logprobs, again.logprobs).map { abs($0 - $1) }.max() ?? 1
        #expect(difference < 0.01)
        #expect(reversed.finish.promptTokens == three.finish.promptTokens)
        let change = zip(three.logprobs, reversed.logprobs).map { abs($0 - $1) }.max() ?? 0
        #expect(change > 0.05)

        // A second question about the same frames: everything up to the question comes out of the cache.
        let second = try await ask([blue, green, red], "And who is it then?")
        #expect(try #require(second.finish.cachedTokens) >= sizes[2] - 20)
        await server.stop()
    }
}
