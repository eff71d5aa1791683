import Foundation
import Foundations
import Jobs
import Media

/// Computes a video's expression features as a job: features, where a model was asked for its judgements, and the overlay.
struct ExpressionJob: JobHandler {
    static let kind = "expressions"
    var kind: String { Self.kind }

    let results: ExpressionResults
    let engines: FaceEngines
    let models: [TabRHandler]
    let limits: MediaLimits
    /// A library video's file.
    let file: @Sendable (String) async throws -> URL

    /// What a job is to do, as it is kept with it.
    struct Plan: Sendable, Equatable {
        var options: ExpressionOptions
        var model: String?
        var withOverlay: Bool

        var json: JSONValue {
            [
                "estimator": .string(options.estimator.rawValue), "detection": .string(options.detection.rawValue), "flow": .bool(options.withFlow),
                "model": model.map(JSONValue.string) ?? .null, "overlay": .bool(withOverlay),
            ]
        }

        init(options: ExpressionOptions, model: String?, withOverlay: Bool) {
            self.options = options
            self.model = model
            self.withOverlay = withOverlay
        }

        init(_ json: JSONValue) {
            options = ExpressionOptions(
                estimator: json["estimator"]?.stringValue.flatMap(MotionEstimator.init) ?? .hann2d,
                detection: json["detection"]?.stringValue.flatMap(DetectionMode.init) ?? .exact, withFlow: json["flow"]?.boolValue ?? false)
            model = json["model"]?.stringValue
            withOverlay = json["overlay"]?.boolValue ?? false
        }
    }

    func run(_ run: JobRun) async throws -> JobOutcome {
        guard let path = run.job.subject else { throw ExpressionError.emptyVideo }
        let plan = Plan(run.job.payload)
        let source = MediaSource.file(try await file(path))
        let draft = try await results.draft(path, job: Int(run.job.id), withFlow: plan.options.withFlow)
        do {
            let facts = try await compute(plan, source, path, draft, run)
            try await draft.publish(facts)
            return JobOutcome(
                result: [
                    "rows": facts.report["rows"] ?? .null, "frames": facts.report["frames"] ?? .null, "estimator": facts.report["estimator"] ?? .null,
                    "detection": facts.report["detection"] ?? .null, "seconds": facts.report["seconds"] ?? .null,
                    "prediction_label": facts.prediction["prediction_label"] ?? .null,
                ])
        } catch {
            await draft.discard()
            throw error
        }
    }

    private func compute(
        _ plan: Plan, _ source: MediaSource, _ path: String, _ draft: ExpressionResults.Draft, _ run: JobRun
    ) async throws -> ExpressionResults.Facts {
        var options = plan.options
        let featureShare = plan.withOverlay ? 0.7 : 1.0
        let progress: ProgressHandler = { update in
            var update = update
            let share = update.fraction ?? 0
            update.overall = update.stage == "overlay" ? featureShare + (1 - featureShare) * share : featureShare * share
            run.report(update)
        }
        var judge: RowJudge?
        let engine: FaceEngine
        if let name = plan.model {
            guard let model = models.first(where: { $0.name == name }) else {
                throw ExpressionError.outOfRange(field: "model", allowed: "one of the models that /api/expressions/options lists")
            }
            let loaded = try await model.rowJudge(by: .after(.seconds(300)))
            judge = loaded.judge
            engine = loaded.engine
            if let estimator = loaded.judge.model.facts.estimator { options.estimator = estimator }
        } else {
            engine = try await engines.engine()
        }
        var prediction = judge.map { ExpressionPrediction($0.model.facts) }
        let report = try await ExpressionExtraction(engine: engine, limits: limits).run([source], options, progress: progress) { rows in
            let judgements = try await judge?(rows) ?? []
            prediction?.add(judgements)
            try await draft.rows.add(rows, probabilities: judgements.map(\.probability))
        }
        if plan.withOverlay {
            try await OverlayVideo(limits: limits).write([source], draft.rows.file, to: draft.overlay, progress: progress)
        }
        return ExpressionResults.Facts(
            path: path, job: Int(run.job.id), created: Date(), model: plan.model, isSynthetic: judge?.model.facts.isSynthetic ?? false,
            note: judge?.model.facts.note, withFlow: options.withFlow, report: report.json,
            prediction: prediction.map { prediction in
                // Rows' own numbers are in the row file: a long video has many.
                .object(prediction.json.filter { !["frame_predictions", "frame_probabilities"].contains($0.key) })
            } ?? .null)
    }
}
