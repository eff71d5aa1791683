import Engines
import Foundation
import Foundations

/// Models with engines of our own.
extension ModelHub {
    /// All that were made so far.
    var managedModels: [any ManagedModel] { localChat.values.map(\.local) + localImage.values.map(\.local) + Array(replicas.values) }

    /// The engines of a local model that were made so far, the main one first.
    func instances(of id: String) -> [any ManagedModel] {
        let main: [(any ManagedModel)?] = [localChat[id]?.local, localImage[id]?.local]
        return main.compactMap(\.self) + replicas.values.filter { $0.id == id }
    }

    /// What loads and unloads a model; `nil` for models that aren't loaded as a whole.
    /// - Throws: `ModelHubError.modelNotFetched`.
    func managedModel(_ manifest: ModelManifest) async throws -> (any ManagedModel)? {
        switch manifest.engine {
        case .llama: try await localChatModel(manifest).local
        case .diffusion: try await localImageModel(manifest).local
        case .speech, .onnx, .opencv: nil
        }
    }

    private func residence(of manifest: ModelManifest) -> LocalResidence {
        LocalResidence(
            keepAlive: configuration.models.keepAlive, loadTimeout: configuration.models.loadTimeout, memory: memory,
            isPinned: configuration.models.pinned.contains(manifest.id), metrics: metrics)
    }

    private func launch<Server: EngineServer>(
        _ manifest: ModelManifest, in folder: URL, _ options: Server.Options, _ recipe: EngineLaunch<Server>.Recipe
    ) -> EngineLaunch<Server> {
        EngineLaunch(
            manifest: manifest, folder: folder, options: options, recipe: recipe, settings: configuration.models, logger: logger,
            threads: threads)
    }

    // MARK: Chat

    /// - Throws: `ModelHubError.modelNotFetched`.
    func localChatModel(_ manifest: ModelManifest) async throws -> LocalChatModel {
        let folder = try await store.path(of: manifest.id)
        if let model = localChat[manifest.id] { return model }
        let model = newLocalChatModel(manifest, in: folder)
        localChat[manifest.id] = model
        return model
    }

    /// A model with an engine of its own; nothing is started yet.
    func newLocalChatModel(_ manifest: ModelManifest, in folder: URL) -> LocalChatModel {
        let files = manifest.files.map(\.name).filter { $0.hasSuffix(".gguf") }
        let projector = files.first { $0.lowercased().hasPrefix("mmproj") }
        let weights = files.first { $0 != projector } ?? ""
        let settings = configuration.models
        var options = LlamaServerOptions(
            model: folder.appending(path: weights), projector: projector.map { folder.appending(path: $0) },
            alias: manifest.id)
        options.contextLength = min(settings.contextLength, manifest.contextLength ?? .max)
        options.parallel = settings.parallel
        options.threads = settings.threads
        let (client, logger, home) = (client, logger, store.home)
        let recipe = EngineLaunch<LlamaServer>.Recipe(
            name: "llama", contextTokens: options.contextLength * max(1, options.parallel),
            seesGraphicsProcessor: {
                try await LlamaExecutable.find(configured: settings.llamaServer, home: home).seesGraphicsProcessor()
            },
            // All layers, or the engine refuses: its own choice might leave some to the processor.
            place: { $0.gpuLayers = $1 == .graphics ? 999 : nil },
            server: {
                LlamaServer(
                    executable: try await .find(configured: settings.llamaServer, home: home), options: $0, client: client, logger: logger)
            })
        return LocalChatModel(
            id: manifest.id, seesImages: manifest.capabilities.contains(.vision), contextTokens: options.contextLength,
            patchSize: manifest.patchSize, warmsUp: settings.warmUp, residence: residence(of: manifest),
            engine: launch(manifest, in: folder, options, recipe).engine)
    }

    // MARK: Pictures

    /// - Throws: `ModelHubError.modelNotFetched`.
    func localImageModel(_ manifest: ModelManifest) async throws -> LocalImageModel {
        let folder = try await store.path(of: manifest.id)
        if let model = localImage[manifest.id] { return model }
        let model = newLocalImageModel(manifest, in: folder)
        localImage[manifest.id] = model
        return model
    }

    /// A model with an engine of its own; nothing is started yet. It isn't warmed up: a picture takes too long on a processor.
    func newLocalImageModel(_ manifest: ModelManifest, in folder: URL) -> LocalImageModel {
        var options = DiffusionServerOptions(
            files: (manifest.diffusion?.files ?? [:]).mapValues { folder.appending(path: $0) }, steps: manifest.diffusion?.steps,
            guidance: manifest.diffusion?.guidance)
        options.threads = configuration.models.threads
        let (client, logger, home, program) = (client, logger, store.home, configuration.images.sdServer)
        let recipe = EngineLaunch<DiffusionServer>.Recipe(
            name: "diffusion", contextTokens: 0,
            seesGraphicsProcessor: { try await DiffusionExecutable.find(configured: program, home: home).seesGraphicsProcessor() },
            place: { $0.offloads = $1 == .shared },
            server: {
                DiffusionServer(executable: try await .find(configured: program, home: home), options: $0, client: client, logger: logger)
            })
        return LocalImageModel(
            local: LocalModel(id: manifest.id, residence: residence(of: manifest), engine: launch(manifest, in: folder, options, recipe).engine))
    }
}
