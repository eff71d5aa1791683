import Crypto
import Engines
import Foundation
import Foundations
import Logging
import Media
import ModelHub
import Networking
import Synchronization
import Testing
import UnrulyServer

/// Manifests of models that make pictures.
@Suite struct DiffusionManifestTests {
    private static func manifest(_ diffusion: DiffusionManifest?, engine: ModelManifest.Engine = .diffusion) -> ModelManifest {
        ModelManifest(
            id: "m", engine: engine, capabilities: [.imageGeneration],
            files: [ModelFile("a.gguf", sha256: nil, size: nil, sources: [ModelSource(parts: [.hub(HubFile("o/r", "a.gguf"))])])],
            licence: "MIT", diffusion: diffusion)
    }

    @Test func oneThatHoldsTogetherIsTaken() throws {
        try Self.manifest(DiffusionManifest(model: "a.gguf", steps: 1, guidance: 0)).validate()
    }

    @Test(arguments: [
        nil, DiffusionManifest(), DiffusionManifest(model: "a.gguf", diffusionModel: "a.gguf"), DiffusionManifest(model: "b.gguf"),
        DiffusionManifest(model: "a.gguf", vae: "a.gguf", tae: "a.gguf"), DiffusionManifest(model: "a.gguf", steps: 0),
        DiffusionManifest(model: "a.gguf", guidance: .nan), DiffusionManifest(diffusionModel: "a.gguf", llm: "../a.gguf"),
    ]) func othersAreRefused(_ diffusion: DiffusionManifest?) {
        #expect(throws: ModelHubError.self) { try Self.manifest(diffusion).validate() }
    }

    @Test func thePartBelongsToItsEngine() {
        #expect(throws: ModelHubError.self) { try Self.manifest(DiffusionManifest(model: "a.gguf"), engine: .llama).validate() }
    }
}

/// Pictures by the real sd-server and the tiny model that set-up provides, as a model of the hub.
@Suite(.serialized) struct LocalImageModelTests {
    private static let samples = MartletHome().samples.appending(path: "tiny-diffusion")

    /// A hub with the model `tiny`, whose files aren't there yet.
    private static func withHub(
        _ change: @Sendable (inout Configuration) -> Void = { _ in }, _ body: @Sendable (ModelHub, ModelStore) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let files = try ["diffusion.gguf", "llm.gguf", "tae.gguf"].map { name in
                let file = samples.appending(path: name)
                let data = try Data(contentsOf: file, options: .mappedIfSafe)
                let digest = SHA256.hash(data: data).map { String(format: "%02x", $0) }.joined()
                return ModelFile(name, sha256: digest, size: Int64(data.count), sources: [ModelSource(parts: [.file(file.path)])])
            }
            let manifest = ModelManifest(
                id: "tiny", engine: .diffusion, capabilities: [.imageGeneration], files: files, licence: "Apache-2.0", roles: [.defaultImage],
                diffusion: DiffusionManifest(diffusionModel: "diffusion.gguf", llm: "llm.gguf", tae: "tae.gguf", steps: 4, guidance: 1))
            var configuration = Configuration()
            configuration.images.sdServer = MartletHome().engines.appending(path: "diffusion/bin/sd-server").path
            configuration.models.threads = 1
            configuration.models.memoryBudget = 4 << 30
            configuration.pools = [PoolConfiguration(id: "pair", members: [.model("tiny", replicas: 2)])]
            change(&configuration)
            let network = NetworkClient()
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let store = ModelStore(home: MartletHome(root: folder), catalog: try Catalog([manifest]), network: network)
            let hub = ModelHub(configuration: configuration, store: store, logger: logger)
            do {
                try await body(hub, store)
            } catch {
                await hub.shutdown()
                await network.shutdown()
                throw error
            }
            await hub.shutdown()
            await network.shutdown()
        }
    }

    private static func request() -> ImageRequest { ImageRequest(prompt: "a lighthouse", size: PixelSize(width: 64, height: 64), seed: 7) }
    private static var context: RequestContext { RequestContext(deadline: .after(.seconds(120))) }

    private static func code(_ body: () async throws -> Void) async -> String? {
        do {
            try await body()
            return nil
        } catch {
            return ErrorReport(error).code
        }
    }

    @Test func loadsPaintsAndUnloads() async throws {
        try await Self.withHub({ $0.pools = [] }) { hub, store in
            await #expect(throws: ModelFailure.noImageModel) { try await hub.imageGenerator(id: nil) }
            await #expect(throws: ModelHubError.modelNotFetched("tiny")) { try await hub.imageGenerator(id: "tiny") }
            await #expect(throws: ModelHubError.modelNotFound("none")) { try await hub.imageGenerator(id: "none") }
            try await store.fetch("tiny", progress: nil)
            #expect(try await hub.describe("tiny").obstacle == nil)
            let model = try await hub.imageGenerator(id: nil)
            #expect(model.id == "tiny" && model.backend == "diffusion")
            let told = Mutex<[ProgressUpdate]>([])
            let picture = try await model.generate(Self.request(), context: Self.context) { update in told.withLock { $0.append(update) } }
            #expect(!picture.file.isEmpty)
            #expect(told.withLock { $0 }.last?.fraction == 1)
            let loaded = try #require(await hub.models().first { $0.id == "tiny" })
            #expect(loaded.state == .ready && loaded.users == 0 && loaded.memoryBytes ?? 0 > 10 << 20)
            #expect(try await hub.unload("tiny").state == .onDisk)
            #expect(await hub.memory.used == 0)
            #expect(try await hub.load("tiny", by: .after(.seconds(120))).state == .ready)
            #expect(await Self.code { _ = try await hub.switchModel(from: nil, to: "tiny", by: .after(.seconds(9))) } == "model_not_suitable")
            #expect(await Self.code { _ = try await hub.chatModel(id: "tiny", context: Self.context) } == "model_not_suitable")
        }
    }

    @Test func whoeverWaitsIsToldItsPlace() async throws {
        try await Self.withHub({ $0.pools = [] }) { hub, store in
            try await store.fetch("tiny", progress: nil)
            let model = try await hub.imageGenerator(id: "tiny")
            let (places, told) = AsyncStream.makeStream(of: Double.self)
            let waiting = (0..<3).map { _ in
                Task {
                    _ = try await model.generate(Self.request(), context: Self.context) { update in
                        if update.stage == "queue" { told.yield(update.total ?? 0) }
                    }
                }
            }
            for task in waiting { try await task.value }
            told.finish()
            // Two of three waited, one of them behind the other at first.
            #expect(await places.reduce(into: [Double]()) { $0.append($1) }.sorted() == [1, 1, 2])
        }
    }

    @Test func aPoolHasEnginesOfItsOwn() async throws {
        try await Self.withHub { hub, store in
            try await store.fetch("tiny", progress: nil)
            let pool = try await hub.imageGenerator(id: nil)
            #expect(pool.id == "pair")
            let pictures = try await withThrowingTaskGroup(of: GeneratedImage.self) { group in
                for _ in 0..<4 { group.addTask { try await pool.generate(Self.request(), context: Self.context, progress: nil) } }
                return try await group.reduce(into: [GeneratedImage]()) { $0.append($1) }
            }
            #expect(pictures.count == 4 && pictures.allSatisfy { $0 == pictures[0] })
            #expect(await hub.poolSummaries().first { $0.id == "pair" }?.endpoints.map(\.id) == ["tiny.1", "tiny.2"])
            let more = try await hub.add(.replica(model: "tiny", id: "third"), to: "pair")
            #expect(more.endpoints.count == 3)
        }
    }
}
