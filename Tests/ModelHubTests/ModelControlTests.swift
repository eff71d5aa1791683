import Crypto
import Engines
import Foundation
import Foundations
import Logging
import ModelHub
import Networking
import Testing
import UnrulyServer

/// Loading, evicting, unloading and switching with the real llama-server and the small model that set-up provides.
@Suite(.serialized) struct ModelControlTests {
    private static let weights = MartletHome().models.appending(
        path: "smollm2-135m-instruct/SmolLM2-135M-Instruct.Q4_1.gguf")
    private static let llamaServer = MartletHome().engines.appending(path: "llama/bin/llama-server").path
    /// One of the models with its context fits, two don't.
    private static let oneModel = 300 << 20

    private struct Bench: Sendable {
        let hub: ModelHub
        let metrics: MetricsRegistry
        var context: RequestContext { RequestContext(deadline: .after(.seconds(120))) }
        var deadline: Deadline { .after(.seconds(120)) }

        func state(_ id: String) async -> ModelSummary.State? { await summary(id)?.state }
        func summary(_ id: String) async -> ModelSummary? { await hub.models().first { $0.id == id } }

        func stream(_ id: String?, tokens: Int) async throws -> ChatStream {
            var request = ChatRequest(messages: [ChatMessage(.user, "Count from one to one thousand.")])
            request.maxTokens = tokens
            request.temperature = 0
            request.extra = ["ignore_eos": true]
            return try await hub.chatModel(id: id, context: context).stream(request, context: context)
        }

        /// Which model answers when none is named.
        func defaultModel() async throws -> String { try await hub.chatModel(id: nil, context: context).id }
    }

    private static func manifest(_ id: String, file: String, content: URL, parameters: Int64? = nil) throws -> ModelManifest {
        let data = try Data(contentsOf: content, options: .mappedIfSafe)
        let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
        return ModelManifest(
            id: id, engine: .llama, capabilities: [.chat],
            files: [
                ModelFile(
                    file, sha256: digest, size: Int64(data.count),
                    sources: [ModelSource(parts: [.file("file://\(content.path)")])])
            ], licence: "Apache-2.0", parameters: parameters)
    }

    /// A hub with the models `a` and `b` that work, `broken` that has no weights, and two giants that are headers alone.
    private static func withHub(
        _ change: @Sendable (inout Configuration) -> Void = { _ in }, _ body: @Sendable (Bench, URL) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let home = MartletHome(root: folder)
            func put(_ id: String, _ content: URL) throws -> ModelManifest {
                let place = home.models.appending(path: id)
                try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
                let file = place.appending(path: "m.gguf")
                // A second name for the same bytes, where the file system can.
                if (try? FileManager.default.linkItem(at: content, to: file)) == nil {
                    try FileManager.default.copyItem(at: content, to: file)
                }
                return try manifest(id, file: "m.gguf", content: file)
            }
            func header(_ name: String, _ writer: GGUFWriter) throws -> URL {
                let file = folder.appending(path: name)
                try Data(writer.bytes).write(to: file)
                return file
            }
            var broken = GGUFWriter.model()
            broken.tensor("token_embd.weight", [512, 1000], type: 12)
            let catalog = try Catalog([
                put("a", weights), put("b", weights), put("broken", header("broken.gguf", broken)),
                put("giant", header("giant.gguf", .giant(mixture: false))),
                put("giant-mixture", header("mixture.gguf", .giant(mixture: true))),
            ])
            var configuration = Configuration()
            configuration.models.llamaServer = llamaServer
            configuration.models.contextLength = 512
            configuration.models.parallel = 1
            configuration.models.chat = "a"
            configuration.models.memoryBudget = 4 << 30
            change(&configuration)
            let network = NetworkClient()
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let metrics = MetricsRegistry()
            let hub = ModelHub(
                configuration: configuration, store: ModelStore(home: home, catalog: catalog, network: network),
                logger: logger, metrics: metrics)
            do {
                try await body(Bench(hub: hub, metrics: metrics), folder)
            } catch {
                await hub.shutdown()
                await network.shutdown()
                throw error
            }
            await hub.shutdown()
            await network.shutdown()
        }
    }

    @Test func loadsWeighsAndUnloads() async throws {
        try await Self.withHub({ $0.models.warmUp = true }) { bench, _ in
            #expect(await bench.state("a") == .onDisk)
            let loaded = try await bench.hub.load("a", by: bench.deadline)
            #expect(loaded.state == .ready && loaded.users == 0 && loaded.isPinned == false)
            // Weighed right after the load: a real process's memory, not the estimate.
            let bytes = try #require(loaded.memoryBytes)
            #expect(bytes > 50 << 20 && bytes < 2 << 30)
            #expect(try await bench.hub.load("a", by: bench.deadline).state == .ready)
            #expect(try await bench.hub.unload("a").state == .onDisk)
            #expect(await bench.summary("a")?.memoryBytes == nil)
            #expect(try await bench.hub.unload("a").state == .onDisk)
            #expect(await bench.hub.memory.used == 0)
            let figures = await bench.metrics.text()
            #expect(figures.contains(#"martlet_model_load_seconds_count{model="a",result="loaded"} 1"#))
        }
    }

    @Test func anIdleModelMakesRoomAndOneInUseIsWaitedFor() async throws {
        try await Self.withHub({
            $0.models.memoryBudget = Self.oneModel
            $0.models.memoryTimeout = .milliseconds(1500)
        }) { bench, _ in
            _ = try await bench.hub.load("a", by: bench.deadline)
            _ = try await bench.hub.load("b", by: bench.deadline)
            #expect(await bench.state("a") == .onDisk)
            #expect(await bench.state("b") == .ready)

            let answer = try await bench.stream("b", tokens: 400)
            let error = await Self.report { _ = try await bench.hub.load("a", by: bench.deadline) }
            #expect(error?.code == "model_memory_in_use" && error?.retryAfter != nil)
            #expect(await bench.state("b") == .ready)
            // Once its reader has gone, it makes room. On a busy machine its process takes longer to go than a load waits:
            // a caller comes again then, as the refusal says.
            let reading = Task { for try await _ in answer {} }
            reading.cancel()
            _ = await reading.result
            let end = Deadline.after(.seconds(30))
            while await Self.report({ _ = try await bench.hub.load("a", by: bench.deadline) })?.code == "model_memory_in_use",
                !end.isPast
            {}
            #expect(await bench.state("a") == .ready)
            #expect(await bench.state("b") == .onDisk)
        }
    }

    @Test func pinnedModelsAreNotEvicted() async throws {
        try await Self.withHub({
            $0.models.memoryBudget = Self.oneModel
            $0.models.pinned = ["a"]
        }) { bench, _ in
            let pinned = try await bench.hub.load("a", by: bench.deadline)
            #expect(pinned.isPinned == true)
            let error = await Self.report { _ = try await bench.hub.load("b", by: bench.deadline) }
            #expect(error?.code == "model_too_large")
            #expect(await bench.state("a") == .ready)
        }
    }

    @Test func unloadingLetsAnswersEndAndCutsOffThoseThatTakeTooLong() async throws {
        try await Self.withHub({ $0.models.drainTimeout = .seconds(60) }) { bench, _ in
            _ = try await bench.hub.load("a", by: bench.deadline)
            let answer = try await bench.stream("a", tokens: 20)
            let unload = Task { try await bench.hub.unload("a") }
            var last: ChatFinish?
            for try await event in answer.events { if case .finished(let finish) = event { last = finish } }
            #expect(last?.completionTokens == 20)
            #expect(try await unload.value.state == .onDisk)
        }
        try await Self.withHub({ $0.models.drainTimeout = .milliseconds(100) }) { bench, _ in
            _ = try await bench.hub.load("a", by: bench.deadline)
            let answer = try await bench.stream("a", tokens: 450)
            let reading = Task { await Self.report { for try await _ in answer {} } }
            #expect(try await bench.hub.unload("a").state == .onDisk)
            #expect(await reading.value?.kind == .unavailable)
        }
    }

    @Test func switchesWithoutAGapWhereBothFit() async throws {
        try await Self.withHub { bench, _ in
            _ = try await bench.hub.load("a", by: bench.deadline)
            #expect(try await bench.defaultModel() == "a")
            let done = try await bench.hub.switchModel(from: nil, to: "b", by: bench.deadline)
            #expect(done.from == "a" && done.to == "b" && done.overlapped)
            #expect(await bench.state("a") == .onDisk)
            #expect(await bench.state("b") == .ready)
            #expect(try await bench.defaultModel() == "b")
        }
    }

    @Test func aFailedSwitchLeavesTheOldModelAnswering() async throws {
        // With room for both, and with room for one only: then the old one has left and comes back.
        for budget in [4 << 30, Self.oneModel] {
            try await Self.withHub({ $0.models.memoryBudget = budget }) { bench, _ in
                _ = try await bench.hub.load("a", by: bench.deadline)
                let error = await Self.report { _ = try await bench.hub.switchModel(from: "a", to: "broken", by: bench.deadline) }
                #expect(error?.code == "engine_start_failed" && error?.details["rolled_back"] == true, "\(String(describing: error))")
                #expect(error?.details["model"] == "a")
                #expect(await bench.state("a") == .ready)
                #expect(await bench.state("broken") == .failed)
                #expect(try await bench.defaultModel() == "a")
                for try await _ in try await bench.stream(nil, tokens: 3) {}
            }
        }
    }

    @Test func switchesWhereOneFits() async throws {
        try await Self.withHub({ $0.models.memoryBudget = Self.oneModel }) { bench, _ in
            _ = try await bench.hub.load("a", by: bench.deadline)
            let done = try await bench.hub.switchModel(from: "a", to: "b", by: bench.deadline)
            #expect(!done.overlapped)
            #expect(await bench.state("a") == .onDisk)
            for try await _ in try await bench.stream(nil, tokens: 3) {}
            #expect(await bench.state("b") == .ready)
        }
    }

    /// Nothing is started for a model that the GPU guard refuses: the engine given here leaves a mark when it is.
    @Test(arguments: ["giant", "giant-mixture"]) func giantsFailBeforeAnythingIsStarted(_ id: String) async throws {
        try await withTemporaryFolder { folder in
            let mark = folder.appending(path: "started")
            let program = folder.appending(path: "llama-server")
            let script = """
                #!/bin/sh
                case $1 in
                --version) echo "version: test" ;;
                --list-devices) echo "Available devices:" ;;
                *) touch \(mark.path) ;;
                esac
                """
            try script.write(to: program, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
            try await Self.withHub({ $0.models.llamaServer = program.path }) { bench, _ in
                for attempt in [
                    { _ = try await bench.hub.load(id, by: bench.deadline) }, { _ = try await bench.stream(id, tokens: 1) },
                    { _ = try await bench.hub.switchModel(from: nil, to: id, by: bench.deadline) },
                ] as [@Sendable () async throws -> Void] {
                    let error = await Self.report(attempt)
                    #expect(error?.code == "gpu_required", "\(String(describing: error))")
                    #expect(error?.details["parameters"]?.intValue ?? 0 > 30_000_000_000)
                }
                #expect(await bench.state(id) == .failed)
                #expect(await bench.summary(id)?.reason?.contains("GPU") == true)
                #expect(await bench.hub.memory.used == 0)
            }
            #expect(!FileManager.default.fileExists(atPath: mark.path))
        }
    }

    @Test func onlyLocalChatModelsAreControlled() async throws {
        try await Self.withHub({
            $0.endpoints = [EndpointConfiguration(id: "far", url: "http://127.0.0.1:1/v1")]
        }) { bench, _ in
            #expect(await Self.report { _ = try await bench.hub.load("far", by: bench.deadline) }?.code == "model_not_controllable")
            #expect(await Self.report { _ = try await bench.hub.unload("none") }?.code == "model_not_found")
            let error = await Self.report { _ = try await bench.hub.switchModel(from: "none", to: "a", by: bench.deadline) }
            #expect(error?.code == "model_not_found")
        }
    }

    private static func report(_ body: () async throws -> Void) async -> ErrorReport? {
        do {
            try await body()
            return nil
        } catch {
            return ErrorReport(error)
        }
    }
}
