import Engines
import Foundation
import Foundations
import Media
import Synchronization
import Testing

/// What `sd-server` writes, and how it is started.
@Suite struct DiffusionOutputTests {
    private static let output = "[INFO ] main.cpp:148 - listening on: 127.0.0.1:1\n"
        + "\r  |=====>     | 49/196 - 11.02MB/s\u{1B}[K\r  |=>      | 1/4 - 37.88it/s\u{1B}[K\r  |==>   | 2/4 - 2.10s/it\u{1B}[K"
        + "\r  |====| 4/4 - 38.00it/s\u{1B}[K\n[INFO ] sampling completed\n"
    private static let steps = [SamplerProgress(done: 1, total: 4), SamplerProgress(done: 2, total: 4), SamplerProgress(done: 4, total: 4)]

    @Test func stepsAreReadHoweverTheBytesAreCut() {
        for size in 1...40 {
            var parser = SamplerProgressParser()
            let bytes = Array(Self.output.utf8)
            let found = stride(from: 0, to: bytes.count, by: size).flatMap { parser.take(bytes[$0..<min(bytes.count, $0 + size)]) }
            #expect(found == Self.steps, "pieces of \(size) bytes")
        }
    }

    @Test(arguments: [
        "|=>| 5/4 - 1it/s", "|=>| 1/0 - 1it/s", "|=>| 1/4", "|=>| 1/4 - 1MB/s", "|=>| 123456/123457 - 1it/s", "|=>| -1/4 - 1it/s", "1/4 - 1it/s",
        "|x>| 1/4 - 1it/s", "|=>| 1/4 - 1it/s and more",
    ]) func otherLinesAreNone(_ line: String) {
        var parser = SamplerProgressParser()
        #expect(parser.take("\r  \(line)\n".utf8).isEmpty)
    }

    @Test func aGraphicsProcessorIsOneOfTheDevicesThatAreListed() {
        let alone = ["[DEBUG] util.cpp:715  - Devices:", "[DEBUG] util.cpp:716  - #0: CPU (Some processor)"]
        #expect(!DiffusionExecutable.namesGraphicsProcessor(alone) && !DiffusionExecutable.namesGraphicsProcessor([]))
        #expect(DiffusionExecutable.namesGraphicsProcessor(["[DEBUG] util.cpp:716  - #0: CUDA0 (NVIDIA H100)"] + alone))
        #expect(DiffusionExecutable.namesGraphicsProcessor(alone + ["[DEBUG] util.cpp:716  - #1: Vulkan0 (card)"]))
    }

    @Test func noiseIsPassedOver() {
        var parser = SamplerProgressParser()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            let noise = (0..<Int.random(in: 0...700, using: &generator)).map { _ in
                Bool.random(using: &generator) ? UInt8.random(in: 0...255, using: &generator) : Array("\r |=>1/4 - its\n\u{1B}".utf8).randomElement() ?? 0
            }
            for step in parser.take(noise) { #expect(step.total > 0 && (0...step.total).contains(step.done)) }
        }
        // An endless line isn't kept, and what follows it is read.
        #expect(parser.take(Array(repeating: UInt8(ascii: "|"), count: 1 << 20)).isEmpty)
        #expect(parser.take(Self.output.utf8) == Self.steps)
    }

    @Test func filesBecomeOptions() {
        var options = DiffusionServerOptions(
            files: [.diffusionModel: URL(fileURLWithPath: "/m/z.gguf"), .llm: URL(fileURLWithPath: "/m/q.gguf"), .vae: URL(fileURLWithPath: "/m/ae")],
            steps: 8, guidance: 1)
        let base = ["--listen-ip", "127.0.0.1", "--listen-port", "9", "--lora-model-dir", "/nonexistent"]
        #expect(
            options.arguments(port: 9)
                == base + ["--diffusion-model", "/m/z.gguf", "--llm", "/m/q.gguf", "--vae", "/m/ae", "--steps", "8", "--cfg-scale", "1.0"])
        options.files = [.model: URL(fileURLWithPath: "/m/sd.safetensors")]
        (options.steps, options.guidance, options.threads, options.offloads) = (nil, nil, 2, true)
        #expect(options.arguments(port: 9) == base + ["--model", "/m/sd.safetensors", "--threads", "2", "--offload-to-cpu"])
    }
}

/// The real sd-server with the tiny model that set-up provides.
@Suite(.serialized) struct DiffusionServerTests {
    private func server(llm: URL? = nil) async throws -> DiffusionServer {
        let folder = MartletHome().samples.appending(path: "tiny-diffusion")
        var options = DiffusionServerOptions(
            files: [
                .diffusionModel: folder.appending(path: "diffusion.gguf"), .llm: llm ?? folder.appending(path: "llm.gguf"),
                .tae: folder.appending(path: "tae.gguf"),
            ], steps: 4, guidance: 1)
        options.threads = 1
        options.policy.initialDelay = .milliseconds(50)
        return DiffusionServer(
            executable: try await .find(configured: nil), options: options, client: EngineFixtures.http, logger: EngineFixtures.logger)
    }

    private func request(side: Int = 64, steps: Int? = nil) -> ImageRequest {
        ImageRequest(prompt: "a lighthouse", size: PixelSize(width: side, height: side), seed: 7, steps: steps)
    }

    @Test func executableIsFoundOrSaidToBeMissing() async throws {
        #expect(try await DiffusionExecutable.find(configured: nil).url.lastPathComponent == "sd-server")
        await #expect(throws: EndpointError.programMissing(name: "diffusion")) { try await DiffusionExecutable.find(configured: "/bin/true") }
    }

    @Test func paintsTellsStepsAndComesBackWhenKilled() async throws {
        let server = try await server()
        let client = try await server.start(by: .after(.seconds(120)))
        let told = Mutex<[ProgressUpdate]>([])
        let first = try await client.generate(request(), context: EngineFixtures.context) { update in told.withLock { $0.append(update) } }
        #expect(first.file.starts(with: [0x89, 0x50, 0x4E, 0x47]))
        let updates = told.withLock { $0 }
        #expect(updates.last?.done == 4)
        #expect(updates.allSatisfy { $0.stage == "paint" && $0.total == 4 && $0.unit == .items })
        let pid = try #require(await server.process.processID)
        kill(pid, SIGKILL)
        let again = try await server.client(by: .after(.seconds(120))).generate(request(), context: EngineFixtures.context, progress: nil)
        #expect(again == first)
        await server.stop()
        #expect(!EngineFixtures.isAlive(pid))
    }

    @Test func aLongPictureThatNobodyWantsIsEnded() async throws {
        let server = try await server()
        let client = try await server.start(by: .after(.seconds(120)))
        let pid = try #require(await server.process.processID)
        let (steps, told) = AsyncStream.makeStream(of: Double.self)
        let painting = Task {
            try await client.generate(request(side: 512, steps: 100), context: EngineFixtures.context) { told.yield($0.done) }
        }
        for await _ in steps { break }
        painting.cancel()
        await #expect(throws: (any Error).self) { try await painting.value }
        // A restart isn't a crash: the next one waits for the new process, and gets its picture.
        let next = try await server.client(by: .after(.seconds(120)))
        #expect(try await !next.generate(request(), context: EngineFixtures.context, progress: nil).file.isEmpty)
        #expect(await server.process.processID != pid)
        await server.stop()
    }

    @Test func damagedFilesAreTold() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "martlet-\(UUID().uuidString).gguf")
        try Data("GGUF and then nothing sensible".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let server = try await server(llm: file)
        let report = await EngineFixtures.report { _ = try await server.start(by: .after(.seconds(60))) }
        #expect(report?.code == "engine_start_failed" && report?.message.contains("file") == true)
        #expect(report?.message.contains(file.lastPathComponent) == false)
        #expect(await server.process.recentLog.filter { $0.hasPrefix("martlet: start") }.count == 1)
    }
}
