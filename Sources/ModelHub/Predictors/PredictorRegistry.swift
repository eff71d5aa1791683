import AsyncHTTPClient
import Engines
import Foundation
import Foundations
import Logging

/// Every model that takes tensors: the operator's handlers, those of remote servers, and the ONNX files of the catalog.
///
/// A catalog model with one ONNX file is served by its id (`centerface`); one with several by id and the word of the file's
/// name that the others lack (`pp-ocrv4.det`). They load when they are first used.
public actor PredictorRegistry: PredictorDirectory {
    private let store: ModelStore
    private let settings: Configuration
    private let logger: Logger
    /// Connections to handler children.
    private let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: OpenAIClient.configuration)
    private let onnx: SharedLoad<OnnxLibrary>
    private let own: [any Handler]
    private let natives: [any Predictor]
    private let remote: [RemotePredictor]
    private let files: [(name: String, model: String, file: String)]
    private var opened: [String: OnnxPredictor] = [:]
    /// Unloaded by request: not ready until they are loaded or used.
    private var unloaded: Set<String> = []

    /// - Parameters:
    ///   - make: makes the handlers of kinds that other modules bring.
    ///   - natives: predictors that the program brings itself, always ready.
    public init(
        configuration: Configuration, store: ModelStore, logger: Logger, natives: [any Predictor] = [],
        make: (HandlerConfiguration) -> (any Handler)? = { _ in nil }
    ) {
        self.store = store
        self.logger = logger
        settings = configuration
        let onnx = SharedLoad { try OnnxLibrary(home: store.home) }
        self.onnx = onnx
        let threads = WorkerThreads(name: "handlers", width: 2)
        let engineThreads = Self.threads(configuration)
        let client = client
        let handlers: [any Handler] = configuration.handlers.compactMap { handler in
            switch handler.kind {
            case .process:
                ProcessHandler(
                    handler, startTimeout: configuration.models.loadTimeout, maxBytes: configuration.inference.maxBytes,
                    client: client, threads: threads, logger: logger)
            case .onnx:
                OnnxHandler(handler, limits: configuration.media) { file in
                    try await OnnxSession.load(model: file, threads: engineThreads, library: try await onnx.value())
                }
            case .tabr: make(handler)
            }
        }
        own = handlers
        let handlerNames = Set(handlers.map(\.name))
        self.natives = natives.filter { !handlerNames.contains($0.name) }
        let ownNames = handlerNames.union(self.natives.map(\.name))
        remote = configuration.endpoints.filter { $0.takesTensors && !ownNames.contains($0.id) }.compactMap { endpoint in
            // The configuration has checked its URL.
            try? RemotePredictor(endpoint, maxBytes: configuration.inference.maxBytes, client: client)
        }
        let taken = ownNames.union(remote.map(\.name))
        files = Self.onnxFiles(of: store.catalog).filter { !taken.contains($0.name) }
    }

    private static func threads(_ configuration: Configuration) -> Int {
        configuration.models.threads > 0 ? configuration.models.threads : ProcessInfo.processInfo.activeProcessorCount
    }

    // MARK: Looking

    public func handlers() -> [any Handler] { own }

    public func predictors() async -> [PredictorSummary] {
        let names = own.map(\.name) + natives.map(\.name) + remote.map(\.name) + files.map(\.name)
        // All at once: a server that doesn't answer takes its time to be given up.
        let summaries = await withTaskGroup(of: PredictorSummary?.self) { group in
            for name in names { group.addTask { await self.summary(of: name) } }
            var summaries: [String: PredictorSummary] = [:]
            for await case let summary? in group { summaries[summary.name] = summary }
            return summaries
        }
        return names.compactMap { summaries[$0] }
    }

    public func summary(of name: String) async -> PredictorSummary? {
        if let handler = own.first(where: { $0.name == name }) { return await summary(of: handler, isEager: true) }
        if let predictor = natives.first(where: { $0.name == name }) { return await summary(of: predictor, isEager: false) }
        if let predictor = remote.first(where: { $0.name == name }) { return await summary(of: predictor, isEager: true) }
        guard let entry = files.first(where: { $0.name == name }) else { return nil }
        if let predictor = opened[name] { return await summary(of: predictor, isEager: false) }
        if (try? await store.state(of: entry.model)) == .onDisk { return PredictorSummary(name: name, isReady: true) }
        return PredictorSummary(name: name, isReady: false, reason: "Its files aren't on this machine.")
    }

    public func predictor(_ name: String, version: String?) async throws -> any Predictor {
        let predictor = try await find(name)
        if let version, !version.isEmpty, version != PredictorSummary.onlyVersion {
            throw InferenceError.noSuchVersion(model: name, version: version)
        }
        return predictor
    }

    private func find(_ name: String) async throws -> any Predictor {
        if let handler = own.first(where: { $0.name == name }) { return handler }
        if let predictor = natives.first(where: { $0.name == name }) { return predictor }
        if let predictor = remote.first(where: { $0.name == name }) { return predictor }
        guard let entry = files.first(where: { $0.name == name }) else { throw ModelHubError.modelNotFound(name) }
        let file = try await store.file(entry.file, of: entry.model)
        if let predictor = opened[name] { return predictor }
        let onnx = onnx
        let threads = Self.threads(settings)
        let predictor = OnnxPredictor(name: name) {
            try await OnnxSession.load(model: file, threads: threads, library: try await onnx.value())
        }
        opened[name] = predictor
        return predictor
    }

    /// - Parameter isEager: whether it loads by itself at start, so that one that isn't loaded isn't ready.
    private func summary(of predictor: any Predictor, isEager: Bool) async -> PredictorSummary {
        let name = predictor.name
        let state = await predictor.state
        let summary =
            switch state {
            case .ready: PredictorSummary(name: name, isReady: true)
            case .onDisk: PredictorSummary(name: name, isReady: !isEager, reason: isEager ? "It isn't loaded." : nil)
            case .loading: PredictorSummary(name: name, isReady: !isEager, reason: isEager ? "It is loading." : nil)
            case .failed(let reason): PredictorSummary(name: name, isReady: false, reason: reason)
            }
        return withUnloading(summary, isLoaded: state == .ready)
    }

    private func withUnloading(_ summary: PredictorSummary, isLoaded: Bool) -> PredictorSummary {
        guard !isLoaded, unloaded.contains(summary.name) else { return summary }
        return PredictorSummary(name: summary.name, isReady: false, reason: "It was unloaded by request.")
    }

    // MARK: Loading

    public func loadPredictor(_ name: String, by deadline: Deadline) async throws {
        let predictor = try await find(name)
        unloaded.remove(name)
        try await predictor.load(by: deadline)
    }

    public func unloadPredictor(_ name: String) async throws {
        let predictor = try await find(name)
        try await predictor.unload()
        unloaded.insert(name)
    }

    /// Loads the handlers, each for itself: one that fails is logged, and tried again when it is used.
    public func loadHandlers() async {
        await withTaskGroup(of: Void.self) { group in
            for handler in own {
                group.addTask { [settings, logger] in
                    do {
                        try await handler.load(by: .after(settings.models.loadTimeout))
                        logger.notice("handler ready", metadata: ["model": "\(handler.name)"])
                    } catch {
                        logger.error(
                            "handler not loaded",
                            metadata: ["model": "\(handler.name)", "reason": "\(ErrorReport(error).message)"])
                    }
                }
            }
        }
    }

    /// Stops every child.
    public func shutdown() async {
        await withTaskGroup(of: Void.self) { group in
            for handler in own { group.addTask { try? await handler.unload() } }
        }
        // Throws only when it is shut down already.
        try? await client.shutdown()
    }

    // MARK: Names

    /// The catalog's ONNX files by the names they are served under. A model's own id wins over a composed name.
    package static func onnxFiles(of catalog: Catalog) -> [(name: String, model: String, file: String)] {
        var entries: [(name: String, model: String, file: String)] = []
        for manifest in catalog.manifests where manifest.engine == .onnx || manifest.engine == .speech {
            let files = manifest.files.map(\.name).filter { $0.hasSuffix(".onnx") }
            for file in files {
                let others = Set(files.filter { $0 != file }.flatMap(words))
                let word = words(file).last { !others.contains($0) } ?? file
                let name = files.count == 1 ? manifest.id : "\(manifest.id).\(word)"
                guard files.count == 1 || catalog[name] == nil, !entries.contains(where: { $0.name == name }) else { continue }
                entries.append((name, manifest.id, file))
            }
        }
        return entries
    }

    private static func words(_ file: String) -> [String] {
        file.dropLast(".onnx".count).split(separator: "_").map { $0.lowercased() }
    }
}
