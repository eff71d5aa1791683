import Engines
import Expressions
import Foundation
import Foundations
import Gateway
import ImageStudio
import Jobs
import Logging
import ModelHub
import Networking
import ServiceLifecycle
import VideoAnalysis
import Voice

/// The parts of the program, put together as the configuration says. Lives as long as a command runs.
struct Assembly: Sendable {
    let configuration: Configuration
    let home: MartletHome
    let logger: Logger
    let metrics = MetricsRegistry()
    let store: ModelStore
    let hub: ModelHub
    let predictors: PredictorRegistry
    let questions: VideoQuestionPipeline
    let voice: VoicePipeline
    private let expressionHandlers: ExpressionHandlers
    private let answerers: TagAnswerers
    private let perception: PerceptionModels
    let speech: SpeechModels
    private let embedders: EmbeddingModels
    private let network = NetworkClient()
    private let traces: TraceExporter?

    /// Puts the parts together, runs `body` and takes them apart again: engines are stopped however it ends.
    /// - Parameter forServing: a server logs what happens; other commands only what goes wrong.
    static func running<T: Sendable>(
        _ configuration: Configuration, forServing: Bool, _ body: @Sendable (Assembly) async throws -> T
    ) async throws -> T {
        let assembly = try Assembly(configuration, forServing: forServing)
        do {
            let result = try await body(assembly)
            await assembly.shutdown()
            return result
        } catch {
            await assembly.shutdown()
            throw error
        }
    }

    private init(_ configuration: Configuration, forServing: Bool) throws {
        self.configuration = configuration
        home = MartletHome()
        var log = configuration.log
        if !forServing, log.level == LogConfiguration().level { log.level = "error" }
        logger = LineLogHandler.logger(log)
        traces = TraceExporter(configuration: configuration.telemetry, network: network, metrics: metrics, logger: logger)
        let catalog = try Catalog.builtIn.adding(manifestsIn: home.root.appending(path: "catalog"))
        store = ModelStore(
            home: home, catalog: catalog, network: network, policy: FetchPolicy(models: configuration.models),
            importers: [
                "moonshine-tokens": { source, target in
                    try MoonshineTokens.convert(tokenizerBin: Data(contentsOf: source)).write(to: target)
                },
            ])
        hub = ModelHub(configuration: configuration, store: store, logger: logger, metrics: metrics)
        let expressionHandlers = ExpressionHandlers(configuration)
        self.expressionHandlers = expressionHandlers
        predictors = PredictorRegistry(
            configuration: configuration, store: store, logger: logger, natives: [PhaseCorrelationPredictor()],
            make: { expressionHandlers.handler($0) })
        let speech = SpeechModels(configuration: configuration, store: store)
        self.speech = speech
        voice = VoicePipeline(models: hub, speech: speech, configuration: configuration, metrics: metrics)
        let perception = PerceptionModels(store: store)
        self.perception = perception
        embedders = EmbeddingModels(configuration: configuration, store: store)
        answerers = TagAnswerers(models: hub, objects: { try await perception.objectDetector() })
        questions = VideoQuestionPipeline(
            models: hub,
            tools: EvidenceTools(
                objects: { try await perception.objectDetector() }, faces: { try await perception.faceDetector() },
                text: { try await perception.textReader() },
                speech: { try await speech.transcriber(id: nil, context: RequestContext(deadline: .after(configuration.models.loadTimeout))) }),
            home: home, configuration: configuration)
    }

    private func shutdown() async {
        await hub.shutdown()
        await predictors.shutdown()
        await embedders.shutdown()
        await speech.shutdown()
        await network.shutdown()
    }

    var doctor: Doctor { Doctor(configuration: configuration, home: home, store: store) }

    /// The library, in the database that the configuration names.
    /// - Throws: `DatabaseError`.
    private func library() async throws -> VideoLibrary {
        let store = try await JobStore(try await configuration.openDatabase())
        let queue = JobQueue(store: store, configuration: configuration.jobs, metrics: metrics)
        await metrics.collect {
            let counts = (try? await store.counts()) ?? [:]
            return [
                .init(
                    "martlet_jobs_current", "Jobs in each state.",
                    JobState.allCases.map { ([("state", $0.rawValue)], Double(counts[$0] ?? 0)) })
            ]
        }
        return try await VideoLibrary(queue: queue, answerers: answerers, configuration: configuration) { [questions] in
            try await questions.evidence(of: $0, progress: $1)
        }
    }

    /// Expression features of the library's videos.
    private func expressions(_ library: VideoLibrary) -> ExpressionLibrary {
        ExpressionLibrary(queue: library.queue, handlers: expressionHandlers, configuration: configuration) { try await library.content(of: $0) }
    }

    /// Pictures of words, people and chats.
    /// - Throws: `DatabaseError`.
    private func studio(_ library: VideoLibrary) async throws -> StudioServices {
        let settings = configuration.images
        let pictures = PicturePipeline(models: hub, detector: { [perception] in try await perception.nudityDetector() }, metrics: metrics)
        return StudioServices(
            studio: Studio(pictures: pictures, models: hub, writer: settings.writer),
            files: PictureFiles(folder: URL(fileURLWithPath: configuration.dataDirectory, isDirectory: true).appending(path: "pictures"), configuration: settings),
            profiles: try await ProfileStore(library.queue.store.database, retention: settings.profileRetention),
            selfies: SelfieAnalyzer(
                faces: { [perception] in try await perception.faceDetector() },
                vision: ChatSelfieVision(models: hub, id: settings.eye ?? settings.writer), limits: configuration.media))
    }

    /// Makes pictures in the background, beside the worker of long jobs: people wait for pictures. `nil`: nobody does here.
    private func pictureWorker(_ library: VideoLibrary, _ studio: StudioServices) -> JobWorker? {
        guard configuration.images.jobs > 0 else { return nil }
        var own = configuration.jobs
        own.workers = configuration.images.jobs
        return JobWorker(
            queue: library.queue, handlers: [StudioJob(studio: studio.studio, files: studio.files)], configuration: own, logger: logger)
    }

    /// - Parameter width: jobs at once; 0: none, but what other processes do is followed.
    private func jobs(_ library: VideoLibrary, _ expressions: ExpressionLibrary, width: Int) -> JobService {
        let fetcher = GuardedVideoFetcher(configuration: configuration.fetch)
        var handlers = library.handlers { url, folder, deadline, progress in
            try await fetcher.fetch(url, into: folder, maxBytes: nil, deadline: deadline, progress: progress)
        }
        handlers.append(expressions.jobHandler)
        var own = configuration.jobs
        own.workers = width
        return JobService(
            library: library, expressions: expressions,
            worker: width == 0 ? nil : JobWorker(queue: library.queue, handlers: handlers, configuration: own, logger: logger))
    }

    /// Works on jobs until a stop signal, and gives those under way back.
    func work(width: Int) async throws {
        let library = try await library()
        logger.notice("working on jobs", metadata: ["at_once": "\(width)"])
        try await ServiceGroup(
            configuration: .init(
                services: [.init(service: HubWatch(hub: hub)), .init(service: jobs(library, expressions(library), width: width))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        await library.queue.store.database.close()
    }

    /// Talks on one chat platform until a stop signal.
    func talk(on platform: ChatPlatform) async throws {
        let library = try await library()
        let history = try await MessageHistory(library.queue.store.database, retention: configuration.voice.retention)
        if let bots = try Bots([platform], queue: library.queue, history: history, assembly: self, network: network, isAlone: true) {
            logger.notice("talking", metadata: ["platform": "\(platform.rawValue)"])
            try await ServiceGroup(
                configuration: .init(
                    services: [
                        .init(service: HubWatch(hub: hub)), .init(service: QueueWatch(queue: library.queue)),
                        .init(service: bots, successTerminationBehavior: .gracefullyShutdownGroup, failureTerminationBehavior: .gracefullyShutdownGroup),
                    ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
            ).run()
        }
        await library.queue.store.database.close()
    }

    /// Serves until a stop signal, and lets running requests end.
    func serve() async throws {
        let library = try await library()
        let expressions = expressions(library)
        let history = try await MessageHistory(library.queue.store.database, retention: configuration.voice.retention)
        let bots = try Bots(ChatPlatform.allCases, queue: library.queue, history: history, assembly: self, network: network, isAlone: false)
        let studio = try await studio(library)
        let server = GatewayServer(
            configuration: configuration,
            dependencies: GatewayDependencies(
                questions: questions, models: hub, control: hub, predictors: predictors, pools: hub,
                fetcher: GuardedVideoFetcher(configuration: configuration.fetch),
                metrics: metrics, tracer: traces?.tracer, gpus: { await GPUStatus.current() },
                embedders: embedders,
                findings: { [doctor] in (try? await doctor.examine()) ?? [] }, library: library,
                expressions: expressions, speech: speech, voice: voice, history: history, telegram: bots?.webhook,
                studio: studio),
            logger: logger
        ) { port in
            logger.notice("listening", metadata: ["address": "http://\(configuration.server.host):\(port)"])
        }
        var group: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: server), .init(service: HubWatch(hub: hub)),
            .init(service: HandlerLoading(predictors: predictors)),
            .init(service: jobs(library, expressions, width: configuration.jobs.workers)),
            .init(service: StudioService(studio: studio, worker: pictureWorker(library, studio))),
        ]
        if let bots { group.append(.init(service: bots)) } else { group.append(.init(service: HistorySweep(history: history))) }
        if configuration.server.grpcPort != 0 {
            group.append(
                .init(
                    service: GRPCSurface(server: server, logger: logger) { port in
                        logger.notice("listening for gRPC", metadata: ["address": "\(configuration.server.host):\(port)"])
                    }))
        }
        // Services are stopped from the last one on: traces of the very last requests go out too.
        if let traces { group.insert(.init(service: TraceExport(exporter: traces)), at: 0) }
        try await ServiceGroup(
            configuration: .init(
                services: group, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        ).run()
        await library.queue.store.database.close()
    }

    /// Fetches what answering needs and isn't here yet. A vision model is taken where a hub has it; where none answers,
    /// the text model with its evidence does.
    /// - Parameter chat: the model the caller named, which is then the only chat model needed.
    func prepareDefaultModels(
        chat: String?, _ progress: @escaping @Sendable (ProgressUpdate) async -> Void
    ) async throws {
        guard !configuration.models.offline else { return }
        try await withProgress(progress) { handler in
            try await DefaultModels(store: store, configuration: configuration).fetch(chat: chat, progress: handler)
        }
    }

    /// Fetches what hearing, speaking and thinking need and isn't here yet.
    /// - Parameters: the model that the caller named for each, if any; `nil`: that isn't needed.
    func prepareSpeech(
        hearing: String?? = nil, speaking: String?? = nil, chat: String?? = nil, _ progress: @escaping @Sendable (ProgressUpdate) async -> Void
    ) async throws {
        guard !configuration.models.offline else { return }
        let defaults = DefaultModels(store: store, configuration: configuration)
        try await withProgress(progress) { handler in
            if let hearing { try await defaults.fetchHearing(hearing, progress: handler) }
            if let speaking { try await defaults.fetchSpeaking(speaking, progress: handler) }
            if let chat { try await defaults.fetchChatModel(chat, progress: handler) }
        }
    }

    func fetch(_ id: String, _ progress: @escaping @Sendable (ProgressUpdate) async -> Void) async throws {
        try await withProgress(progress) { try await store.fetch(id, progress: $0) }
    }
}

/// Unloads idle models and watches over endpoints while a server runs.
private struct HubWatch: Service {
    let hub: ModelHub

    func run() async throws {
        await cancelWhenGracefulShutdown {
            async let idle: Void = hub.watchIdleModels()
            async let health: Void = hub.watchEndpoints()
            _ = await (idle, health)
        }
    }
}

/// Messages end when their time is up, also while the program runs on. Bots see to it themselves.
private struct HistorySweep: Service {
    let history: MessageHistory

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat { _ = try? await history.sweep() } while (try? await Task.sleep(for: .seconds(600))) != nil
        }
    }
}

/// Follows what other processes do to jobs.
private struct QueueWatch: Service {
    let queue: JobQueue

    func run() async throws { await cancelWhenGracefulShutdown { await queue.watch() } }
}

/// Sends traces to their collector while a server runs, and what is left of them at its end.
private struct TraceExport: Service {
    let exporter: TraceExporter

    func run() async throws {
        await cancelWhenGracefulShutdown { await exporter.run() }
        await exporter.flush()
    }
}

/// Loads the operator's own models when a server starts.
private struct HandlerLoading: Service {
    let predictors: PredictorRegistry

    func run() async throws {
        await cancelWhenGracefulShutdown { await predictors.loadHandlers() }
        // A service that ends would end the group.
        try? await gracefulShutdown()
    }
}

/// The gateway's videos from URLs, through the guarded fetcher.
private struct GuardedVideoFetcher: VideoFetching {
    let configuration: FetchConfiguration
    private let fetcher = GuardedFetcher()

    init(configuration: FetchConfiguration) { self.configuration = configuration }

    func fetch(
        _ url: String, into directory: URL, maxBytes: Int?, deadline: Deadline, progress: ProgressHandler?
    ) async throws -> URL {
        var configuration = configuration
        if let maxBytes { configuration.maxBytes = min(configuration.maxBytes, maxBytes) }
        return try await fetcher.fetch(
            url, into: directory, configuration: configuration, deadline: deadline, progress: progress
        ).file
    }
}

extension GPUStatus {
    /// The machine's graphics processors.
    fileprivate static func current() async -> [GPUStatus] {
        let machine = try? await Machine.current(threads: WorkerThreads(name: "gpu", width: 1))
        return (machine?.gpus ?? []).enumerated().map { index, gpu in
            let used = Double(gpu.memory - gpu.freeMemory) / 1e9
            return GPUStatus(id: index, name: gpu.name, memoryAllocatedGB: used, memoryReservedGB: used)
        }
    }
}
