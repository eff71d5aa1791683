import Foundation
import Foundations
import Jobs
import ModelHub

/// Expression features of the library's videos: computed as jobs, kept, shown, exported, deleted.
public struct ExpressionLibrary: Sendable {
    private let queue: JobQueue
    private let results: ExpressionResults
    private let engines: FaceEngines
    private let models: [TabRHandler]
    private let configuration: Configuration
    private let threads = WorkerThreads(name: "expressions", width: 2)
    private let file: @Sendable (String) async throws -> URL

    /// Points of a chart's series.
    private static let maxPoints = 2000
    /// Seconds of vectors that are given at once.
    private static let maxVectorSeconds = 30.0

    /// - Parameters:
    ///   - models: what `ExpressionHandlers` made.
    ///   - file: a library video's file, by its path.
    public init(
        queue: JobQueue, handlers: ExpressionHandlers, configuration: Configuration, file: @escaping @Sendable (String) async throws -> URL
    ) {
        self.queue = queue
        engines = handlers.engines
        models = handlers.models
        self.configuration = configuration
        self.file = file
        results = ExpressionResults(dataDirectory: configuration.dataDirectory, threads: threads)
    }

    /// What does the jobs.
    public var jobHandler: any JobHandler {
        ExpressionJob(results: results, engines: engines, models: models, limits: configuration.media, file: file)
    }

    // MARK: Computing

    /// What can be chosen.
    public func options() async -> JSONValue {
        let isAvailable = await engines.isAvailable()
        return [
            "models": .array(models.map { .string($0.name) }), "estimators": .array(MotionEstimator.allCases.map { .string($0.rawValue) }),
            "detections": .array(DetectionMode.allCases.map { .string($0.rawValue) }), "available": .bool(isAvailable),
            "reason": isAvailable ? .null : .string(ExpressionError.landmarksMissing.report.message),
        ]
    }

    /// Begins to compute a video's features.
    /// - Parameters:
    ///   - path: of a video that is in the library.
    ///   - model: the name of a handler of kind `tabr` that judges the rows.
    /// - Throws: `ExpressionError.outOfRange`, `.inProgress`; `JobError.queueFull`.
    public func compute(
        _ path: String, _ options: ExpressionOptions, model: String?, withOverlay: Bool, owner: String, idempotencyKey: String? = nil
    ) async throws -> Job {
        if let model, !models.contains(where: { $0.name == model }) {
            let names = models.map(\.name)
            throw ExpressionError.outOfRange(field: "model", allowed: names.isEmpty ? "left out: no model is configured" : "one of \(names.joined(separator: ", "))")
        }
        let plan = ExpressionJob.Plan(options: options, model: model, withOverlay: withOverlay)
        do {
            return try await queue.submit(
                JobRequest(
                    kind: ExpressionJob.kind, payload: plan.json, subject: path, isExclusive: true, owner: owner,
                    maxAttempts: configuration.jobs.maxAttempts, idempotencyKey: idempotencyKey))
        } catch JobError.inProgress(let id) {
            throw ExpressionError.inProgress(job: id)
        }
    }

    // MARK: Results

    /// A video's result with series for charts: thinned evenly where there are many rows.
    /// - Throws: `ExpressionError.notFound`.
    public func result(of path: String) async throws -> JSONValue {
        let kept = try await results.kept(path)
        let facts = kept.facts
        let series = try await threads.run {
            let count = try kept.rows.count()
            let every = max(1, (count + Self.maxPoints - 1) / Self.maxPoints)
            var frames: [JSONValue] = [], times: [JSONValue] = [], probabilities: [JSONValue] = []
            var magnitudes = [[JSONValue]](repeating: [], count: FaceRegion.allCases.count)
            var index = 0
            try kept.rows.forEach { record in
                if index % every == 0 {
                    frames.append(.integer(record.row.videoFrame))
                    times.append(.number(record.row.time))
                    for (place, region) in FaceRegion.allCases.enumerated() {
                        magnitudes[place].append(.number((record.row.magnitude(of: region) * 10_000).rounded() / 10_000))
                    }
                    if !record.probability.isNaN { probabilities.append(.number(Double(record.probability))) }
                }
                index += 1
                return true
            }
            let magnitude = Dictionary(uniqueKeysWithValues: zip(FaceRegion.allCases.map(\.rawValue), magnitudes.map(JSONValue.array)))
            return JSONValue.object([
                "video_frame": .array(frames), "time": .array(times), "magnitude": .object(magnitude),
                "probability": probabilities.isEmpty ? .null : .array(probabilities), "thinned": .integer(every),
            ])
        }
        return [
            "video_path": .string(facts.path), "job_id": .integer(facts.job), "created_at": .string(facts.created.formatted(.iso8601)),
            "model": facts.model.map(JSONValue.string) ?? .null, "synthetic": .bool(facts.isSynthetic), "note": facts.note.map(JSONValue.string) ?? .null,
            "flow": .bool(facts.withFlow), "report": facts.report, "prediction": facts.prediction, "overlay": .bool(kept.overlay != nil), "series": series,
        ]
    }

    /// The boxes and motions of the rows in a span of time, both ends included.
    /// - Throws: `ExpressionError.notFound`, `.outOfRange`.
    public func vectors(of path: String, from: Double, to: Double) async throws -> JSONValue {
        guard from >= 0, to >= from, to - from <= Self.maxVectorSeconds else {
            throw ExpressionError.outOfRange(field: "to", allowed: "from 'from' to \(Int(Self.maxVectorSeconds)) s after it")
        }
        let rows = try await results.kept(path).rows
        let list = try await threads.run {
            var list: [JSONValue] = []
            try rows.forEach(from: try rows.index(at: from)) { record in
                guard record.row.time <= to else { return false }
                list.append([
                    "video_frame": .integer(record.row.videoFrame), "time": .number(record.row.time),
                    "boxes": .array(record.row.boxes.map { .array([$0.left, $0.top, $0.right, $0.bottom].map(JSONValue.integer)) }),
                    "vectors": .array(record.row.motions.flatMap { [JSONValue.number($0.x), .number($0.y)] }),
                ])
                return true
            }
            return list
        }
        func sizes(_ size: (FaceRegion) -> (Int, Int)) -> JSONValue {
            .object(Dictionary(uniqueKeysWithValues: FaceRegion.allCases.map { ($0.rawValue, .array([.integer(size($0).0), .integer(size($0).1)])) }))
        }
        return ["grid": sizes { ($0.columns, $0.rows) }, "resized": sizes { ($0.width, $0.height) }, "rows": .array(list)]
    }

    /// Writes a feature file of a video.
    /// - Throws: `ExpressionError.notFound`, `.storageFull`, `.storageFailed`.
    public func write(_ format: FeatureFormat, of path: String, to url: URL) async throws {
        let kept = try await results.kept(path)
        try await threads.run {
            do {
                try FeatureFile(rows: kept.rows, report: kept.facts.report).write(format, to: url)
            } catch {
                throw ExpressionError(writing: error)
            }
        }
    }

    /// - Throws: `ExpressionError.notFound`, `.overlayNotFound`.
    public func overlay(of path: String) async throws -> URL {
        guard let overlay = try await results.kept(path).overlay else { throw ExpressionError.overlayNotFound }
        return overlay
    }

    /// Deletes all that was computed of a video, and stops what is being computed.
    /// - Throws: `ExpressionError.notFound` when there was nothing.
    public func remove(_ path: String) async throws {
        let open = try await queue.store.jobs(JobQuery(kind: ExpressionJob.kind, subject: path)).filter { !$0.state.isOver }
        for job in open { _ = try? await queue.cancel(job.id) }
        do {
            try await results.remove(path)
        } catch ExpressionError.notFound where !open.isEmpty {}
    }

    /// Deletes results that are older than `expressions.retention`, and what broken-off jobs left.
    public func sweep() async {
        await results.sweep(olderThan: configuration.expressions.retention) { [queue] id in
            guard let job = try? await queue.store.job(Int64(id)) else { return false }
            return !job.state.isOver
        }
    }
}
