import Engines
import Foundation
import Foundations
import Media
import ModelHub

/// The handler `tabr`: a model folder that judges videos of a face, and rows of their features.
actor TabRHandler: Handler {
    nonisolated let name: String
    nonisolated let directory: String
    private let folder: URL
    private let settings: ExpressionsConfiguration
    private let limits: MediaLimits
    private let engines: FaceEngines
    private let threads: WorkerThreads
    private var loading: SharedLoad<Loaded>
    private var loaded: Loaded?
    private var isLoading = false
    private var failure: ErrorReport?

    private struct Loaded: Sendable {
        let model: TabRModel
        let engine: FaceEngine
        /// Where the model's features are among those that are measured.
        let places: [Int]
    }

    init(
        _ configuration: HandlerConfiguration, settings: ExpressionsConfiguration, limits: MediaLimits, engines: FaceEngines, threads: WorkerThreads
    ) {
        name = configuration.name
        directory = configuration.directory
        folder = URL(fileURLWithPath: configuration.directory, isDirectory: true)
        self.settings = settings
        self.limits = limits
        self.engines = engines
        self.threads = threads
        loading = Self.load(configuration.name, folder, engines, threads)
    }

    private static func load(_ name: String, _ folder: URL, _ engines: FaceEngines, _ threads: WorkerThreads) -> SharedLoad<Loaded> {
        SharedLoad {
            let model = try await threads.run {
                do {
                    return try TabRModel(folder: folder)
                } catch let fault as SafetensorsFile.Fault {
                    throw ExpressionError.modelUnusable(name: name, reason: fault.reason)
                }
            }
            let known = Dictionary(FeatureColumns.features.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
            let places = try model.facts.features.map { feature in
                guard let place = known[feature] else {
                    throw ExpressionError.modelUnusable(name: name, reason: "The feature \(feature.prefix(64)) isn't one that is measured.")
                }
                return place
            }
            return Loaded(model: model, engine: try await engines.engine(in: folder), places: places)
        }
    }

    var state: PredictorState {
        if loaded != nil { return .ready }
        if isLoading { return .loading }
        return failure.map { .failed($0.message) } ?? .onDisk
    }

    func load(by deadline: Deadline) async throws { _ = try await open(by: deadline) }

    func unload() {
        loaded = nil
        failure = nil
        loading = Self.load(name, folder, engines, threads)
    }

    private func open(by deadline: Deadline) async throws -> Loaded {
        if let loaded { return loaded }
        let loading = loading
        isLoading = true
        defer { isLoading = false }
        do {
            let opened = try await withDeadline(deadline, waitingFor: "the model to load") { try await loading.value() }
            // Unloaded meanwhile: this caller may use it, later ones load anew.
            if loading === self.loading { loaded = opened }
            failure = nil
            return opened
        } catch {
            failure = ErrorReport(error)
            throw error
        }
    }

    // MARK: Tensors

    func metadata(context: RequestContext) async throws -> InferenceMetadata {
        metadata(of: try await open(by: context.deadline).model)
    }

    private func metadata(of model: TabRModel) -> InferenceMetadata {
        InferenceMetadata(
            name: name, versions: [PredictorSummary.onlyVersion], platform: "martlet_tabr",
            inputs: [.init(name: "features", datatype: .float32, shape: [-1, model.facts.features.count])],
            outputs: [
                .init(name: "probability", datatype: .float32, shape: [-1]), .init(name: "prediction", datatype: .int64, shape: [-1]),
                .init(name: "neighbours", datatype: .int64, shape: [-1, model.neighbours]),
            ])
    }

    func predict(_ request: InferenceRequest, context: RequestContext) async throws -> InferenceResponse {
        let model = try await open(by: context.deadline).model
        try metadata(of: model).check(request)
        guard let features = request.inputs.first else { throw InferenceError.missingInput(name: "features", model: name) }
        let columns = model.facts.features.count
        let judgements = try await threads.run {
            let values = features.numbers(Float.self).map(Double.init)
            let rows = stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
            return stride(from: 0, to: rows.count, by: Self.batch).flatMap { model.judge(Array(rows[$0..<min(rows.count, $0 + Self.batch)])) }
        }
        let votes = judgements.map { Int64(Double($0.probability) > model.facts.threshold ? 1 : 0) }
        return InferenceResponse(
            model: name, version: PredictorSummary.onlyVersion, id: request.id,
            outputs: [
                try InferenceTensor(name: "probability", shape: [votes.count], judgements.map(\.probability)),
                try InferenceTensor(name: "prediction", shape: [votes.count], votes),
                try InferenceTensor(
                    name: "neighbours", shape: [votes.count, model.neighbours], judgements.flatMap { $0.neighbours.map(Int64.init) }),
            ]
        ).reduced(to: request)
    }

    private static let batch = 256

    // MARK: Videos

    func answer(_ files: [HandlerFile], context: RequestContext) async throws -> JSONValue {
        let options = ExpressionOptions(
            estimator: settings.estimator, detection: settings.detection, maxSeconds: settings.maxSeconds)
        let judged = try await judge(files.map { .file($0.url) }, options, context: context)
        return .object(judged.json)
    }

    /// Measures a video's expressions and judges each of its rows.
    func judge(_ sources: [MediaSource], _ options: ExpressionOptions, context: RequestContext, progress: ProgressHandler? = nil) async throws
        -> JudgedVideo
    {
        let loaded = try await open(by: context.deadline)
        var options = options
        // A model's own estimator is part of it: others give numbers that it never saw.
        if let estimator = loaded.model.facts.estimator { options.estimator = estimator }
        let extraction = ExpressionExtraction(engine: loaded.engine, limits: limits)
        let judge = RowJudge(model: loaded.model, places: loaded.places, threads: threads)
        var prediction = ExpressionPrediction(loaded.model.facts)
        let report = try await extraction.run(sources, options, progress: progress) { rows in
            prediction.add(try await judge(rows))
        }
        return JudgedVideo(prediction: prediction, report: report, facts: loaded.model.facts)
    }

    /// What judges rows as they come.
    func rowJudge(by deadline: Deadline) async throws -> (judge: RowJudge, engine: FaceEngine) {
        let loaded = try await open(by: deadline)
        return (RowJudge(model: loaded.model, places: loaded.places, threads: threads), loaded.engine)
    }
}

/// Judges the rows of a video.
struct RowJudge: Sendable {
    let model: TabRModel
    let places: [Int]
    let threads: WorkerThreads

    func callAsFunction(_ rows: [ExpressionRow]) async throws -> [TabRModel.Judgement] {
        try await threads.run {
            model.judge(
                rows.map { row in
                    let features = row.features
                    return places.map { features[$0] }
                })
        }
    }
}

/// A video's prediction with what it rests on.
struct JudgedVideo: Sendable {
    var prediction: ExpressionPrediction
    var report: ExpressionReport
    var facts: TabRModel.Facts

    var json: [String: JSONValue] {
        var json = prediction.json
        json["estimator"] = .string(report.estimator.rawValue)
        json["detection"] = .string(report.detection.rawValue)
        json["frames"] = report.framesJSON
        json["warnings"] = report.warningsJSON
        json["synthetic"] = .bool(facts.isSynthetic)
        json["note"] = facts.note.map(JSONValue.string) ?? .null
        return json
    }
}
