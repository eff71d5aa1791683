import Foundation
import Foundations
import Jobs
import Media

/// Finds tags over time in a video of the library, as a job: segment by segment, each kept when it is done, so that a job that
/// breaks off goes on after the last finished one.
public struct TagAnalysis: JobHandler {
    public static let kind = "analysis"

    public var kind: String { Self.kind }

    let store: LibraryStore
    let roots: LibraryRoots
    let answerers: TagAnswerers
    /// Gathers the evidence of a whole video.
    let evidence: @Sendable (MediaFile, @escaping ProgressHandler) async throws -> EvidenceSummary
    let limits: MediaLimits
    /// The share of looks that may fail.
    let failureBudget: Double
    /// Gets the `.AI.json` files that don't go beside their videos.
    let sideCars: URL
    let threads: WorkerThreads

    /// The share of the progress that the tags are, where evidence comes behind them.
    private static let tagShare = 0.8
    /// Before so many looks failed, the share of failures says little.
    private static let fewFailures = 3

    public func run(_ run: JobRun) async throws -> JobOutcome {
        let started = ContinuousClock.now
        guard let path = run.job.subject, let plan = AnalysisPlan(json: run.job.payload) else { throw LibraryError.videoNotFound }
        let video = try await store.video(path)
        let url = try await threads.run { [roots] in try roots.file(path) }
        let file = try await MediaFile.open(.file(url), limits: limits)
        guard let track = file.info.video else { throw VideoQuestionError.noVideoTrack }
        let times = try await file.frameTimes()
        let duration = max(track.duration, times.last ?? 0)
        let answerer = try await answerers.answerer(plan.model, context: run.context)
        let unsupported = answerer.unsupported(plan.tags)
        let rules = try plan.tagRules().filter { !unsupported.contains($0.name) }
        guard !rules.isEmpty else { throw LibraryError.outOfRange(field: "analysis_tags", allowed: "tags that \"\(answerer.name)\" can judge") }

        // Pieces of an attempt with another model, or at another file of the same name, don't fit these.
        let identity = JSONValue.string("\(answerer.name) \(times.count) \(duration)")
        var checkpoints = try await run.checkpoints()
        if checkpoints["identity"] != identity {
            checkpoints = [:]
            try await run.commit("identity", identity)
        }
        let looks = FrameLooks(
            file: file, times: times, answerer: answerer, tags: rules.map(\.name), context: run.context, width: plan.width)
        var search = SegmentedSearch(
            rules: rules, settings: plan.searchSettings, duration: duration, tagShare: plan.evidence ? Self.tagShare : 1)
        for number in 0..<search.count {
            let name = "segment-\(number)"
            if let kept = checkpoints[name].flatMap(SegmentRecord.init(json:)) {
                search.take(kept, number)
            } else {
                let record = try await analyse(number, &search, looks, run)
                search.take(record, number)
                try await run.commit(name, record.json)
            }
        }
        if plan.evidence, checkpoints["evidence"] == nil {
            let found = try await evidence(file) { update in
                var update = update
                // Of the kinds gathered side by side, objects take longest.
                let share = update.stage == "objects" ? update.fraction ?? 0 : 0
                update.overall = Self.tagShare + (1 - Self.tagShare) * share
                run.report(update)
            }
            try await run.commit("evidence", true) { try LibraryStore.replaceEvidence(of: path, found.timeline, $0) }
        }

        let timeline = search.timeline()
        let stamps = timeline.spans.map {
            Timestamp(tag: $0.tag, start: $0.start, end: $0.end, confidence: $0.confidence, source: .analysis, job: run.job.id)
        }
        let gaps = timeline.unknown.map { TimelineEntry(kind: .unknown, start: $0.lowerBound, end: $0.upperBound, text: "") }
        let facts = SideCar.Facts(
            frameInterval: plan.frameInterval, threshold: TagRule(name: "").threshold, model: answerer.name, job: run.job.id, calls: search.asked)
        let isWritten = await write(SideCar.document(of: video, stamps, facts), for: video, beside: url, plan.sideCar)
        var tags: [String: JSONValue] = [:]
        for (tag, spans) in Dictionary(grouping: timeline.spans, by: \.tag) {
            tags[tag] = ["spans": .integer(spans.count), "seconds": .number(spans.reduce(0) { $0 + $1.end - $1.start })]
        }
        let result: JSONValue = [
            "tags": .object(tags), "listed_tags": .array(timeline.listed.map(JSONValue.string)), "calls": .integer(search.asked),
            "failed_calls": .integer(search.failed), "segments": .integer(search.count), "answered_by": .string(answerer.name),
            "unsupported_tags": .array(unsupported.map(JSONValue.string)),
            "unknown_seconds": .number(timeline.unknown.reduce(0) { $0 + $1.upperBound - $1.lowerBound }),
            "sidecar": .bool(isWritten), "seconds": .number((ContinuousClock.now - started) / .seconds(1)),
        ]
        return JobOutcome(result: result) {
            try LibraryStore.replaceAnalysis(of: path, stamps, unknown: gaps, model: answerer.name, $0)
        }
    }

    private func analyse(
        _ number: Int, _ whole: inout SegmentedSearch, _ looks: FrameLooks, _ run: JobRun
    ) async throws -> SegmentRecord {
        var search = whole.search(number)
        var known: [Int: [Double?]] = [:]
        var asked = 0
        var failures = 0
        while !search.isFinished {
            let times = search.next(limit: 64)
            guard !times.isEmpty else { break }
            try await looks.look(at: times, known: &known) { look in
                search.record(look.observation, for: look.requested)
                if look.isNew { asked += 1 }
                if let failure = look.failure {
                    if look.isNew { failures += 1 }
                    try check(failed: whole.failed + failures, asked: whole.asked + asked, failure)
                }
                run.report(whole.progress(asked, of: search.planned, in: number))
            }
        }
        return SegmentRecord(observations: search.observations, asked: asked, failed: failures)
    }

    private func check(failed: Int, asked: Int, _ failure: ErrorReport) throws {
        guard failed >= Self.fewFailures, Double(failed) > failureBudget * Double(asked) else { return }
        throw LibraryError.tooManyFailures(failed: failed, asked: asked, reason: failure.message)
    }

    /// - Returns: whether the file was written. Without it the result is in the database all the same.
    private func write(_ document: JSONValue, for video: LibraryVideo, beside url: URL, _ place: LibrarySettings.SideCar) async -> Bool {
        let target: URL
        switch place {
        case .none: return false
        case .beside: target = URL(fileURLWithPath: url.path + SideCar.suffix)
        case .data: target = sideCars.appending(path: "\(video.id)" + SideCar.suffix)
        }
        do {
            try await threads.run { try SideCar.write(document, to: target) }
            return true
        } catch {
            return false
        }
    }
}

extension AnalysisPlan {
    var searchSettings: TagSearchSettings {
        var settings = TagSearchSettings()
        settings.frameInterval = frameInterval
        settings.tolerance = tolerance
        return settings
    }
}

extension EvidenceSummary {
    /// As the library keeps it.
    var timeline: [TimelineEntry] {
        let texts = texts.map { TimelineEntry(kind: .screenText, start: $0.start, end: $0.end, text: $0.text, confidence: $0.score) }
        let objects = tracks.map { TimelineEntry(kind: .object, start: $0.start, end: $0.end, text: $0.label, confidence: $0.score) }
        let shots = scenes.enumerated().map { number, scene in
            let camera = scene.camera == "unknown" ? "" : ", camera \(scene.camera)"
            return TimelineEntry(kind: .scene, start: scene.start, end: scene.end, text: "scene \(number + 1)\(camera)")
        }
        let words = speech.map { TimelineEntry(kind: .transcript, start: $0.start, end: $0.end, text: $0.text) }
        let gone = missing.sorted { $0.key < $1.key }.map { TimelineEntry(kind: .missing, start: 0, end: duration, text: "\($0.key): \($0.value)") }
        return words + texts + objects + shots + gone
    }
}
