import Foundation
import Foundations
import Media

/// Measures the movements of a face in videos, frame by frame as they are decoded; memory doesn't grow with their length.
///
/// ```swift
/// let extraction = ExpressionExtraction(engine: engine, limits: limits)
/// let report = try await extraction.run([.file(url)], ExpressionOptions()) { rows in … }
/// ```
///
/// Steps: decode → grey → face and 68 landmarks → three regions, resized → motion of 98 blocks against the first usable face. Frames are
/// worked on in parallel; rows come in order.
public struct ExpressionExtraction: Sendable {
    private let engine: FaceEngine
    private let limits: MediaLimits

    public init(engine: FaceEngine, limits: MediaLimits) {
        self.engine = engine
        self.limits = limits
    }

    /// Rows handed on at once.
    private static let batch = 64

    /// - Parameters:
    ///   - sources: files that follow each other as one video; the baseline comes from the first face of all.
    ///   - progress: told after each batch.
    ///   - places: where each usable frame's face lay.
    ///   - rows: gets the rows in order, a batch at a time.
    /// - Throws: `ExpressionError`, `MediaError`, `CancellationError`, what `rows` and `places` throw.
    public func run(
        _ sources: [MediaSource], _ options: ExpressionOptions, progress: ProgressHandler? = nil,
        places: (@Sendable (FacePlace) async throws -> Void)? = nil, rows: ([ExpressionRow]) async throws -> Void
    ) async throws -> ExpressionReport {
        let started = ContinuousClock.now
        var report = ExpressionReport(options)
        let files = try await open(sources, options, &report)
        let keyInterval = Int((ExpressionOptions.keySeconds * max(1, report.frameRate)).rounded())
        let analysis = FrameAnalysis(engine: engine, options: options, keyInterval: keyInterval)
        defer { analysis.stop() }
        let total = files.reduce(0) { $0 + ($1.info.video?.frameCount ?? 0) }
        var withFace = 0
        var start = 0.0
        var batch: [ExpressionRow] = []
        for file in files {
            guard let track = file.info.video else { throw ExpressionError.emptyVideo }
            let offset = report.framesTotal
            let segmentStart = start
            for try await finding in file.mapFrames(
                at: Array(0..<track.frameCount), { try analysis.worker(offset: offset, start: segmentStart) })
            {
                if finding.faces > 0 { withFace += 1 }
                if let row = report.add(finding) { batch.append(row) }
                if let view = finding.view, let places { try await places(FacePlace(videoFrame: finding.videoFrame, face: view.face, landmarks: view.landmarks)) }
                if batch.count == Self.batch {
                    try await rows(batch)
                    batch = []
                }
                if report.framesTotal % Self.batch == 0 {
                    progress?(
                        ProgressUpdate(
                            stage: "features", done: Double(report.framesTotal), total: Double(max(total, report.framesTotal)), unit: .frames))
                }
            }
            start += track.duration
        }
        let frames = ExpressionError.Frames(total: report.framesTotal, withFace: report.framesUsed)
        guard report.framesTotal >= 2 else { throw ExpressionError.tooFewFrames(frames) }
        guard withFace > 0 else { throw ExpressionError.noFace(frames) }
        guard report.framesUsed >= 2 else { throw ExpressionError.tooFewFaces(frames) }
        if !batch.isEmpty { try await rows(batch) }
        report.seconds = (ContinuousClock.now - started) / .seconds(1)
        return report
    }

    /// Opens the files and checks them, before anything is decoded.
    private func open(_ sources: [MediaSource], _ options: ExpressionOptions, _ report: inout ExpressionReport) async throws -> [MediaFile] {
        var files: [MediaFile] = []
        for source in sources {
            let file = try await MediaFile.open(source, limits: limits)
            guard let track = file.info.video, track.frameCount > 0 else { throw ExpressionError.emptyVideo }
            report.duration += track.duration
            report.isVariableFrameRate = report.isVariableFrameRate || track.isVariableFrameRate
            if files.isEmpty {
                report.frameRate = track.frameRate
                report.width = track.size.width
                report.height = track.size.height
            }
            files.append(file)
        }
        // A frame more or less is no reason to refuse a clip cut to the limit.
        if let allowed = options.maxSeconds, report.duration > allowed + 0.1 {
            throw ExpressionError.tooLong(seconds: report.duration, allowed: allowed)
        }
        report.segments = files.count
        return files
    }
}

extension ExpressionReport {
    /// Counts a frame, and makes its row where it has one.
    fileprivate mutating func add(_ finding: FrameFinding) -> ExpressionRow? {
        framesTotal += 1
        if finding.faces > 1 { framesWithSeveralFaces += 1 }
        guard let view = finding.view else { return nil }
        framesUsed += 1
        narrowestFace = min(narrowestFace, finding.faceWidth)
        if finding.isTracked { framesTracked += 1 } else { framesDetected += 1 }
        guard let motion = finding.motion else {
            baselineFrame = finding.videoFrame
            baselineTime = finding.time
            return nil
        }
        return ExpressionRow(
            frame: framesUsed, videoFrame: finding.videoFrame, time: finding.time, boxes: view.boxes, motions: motion.blocks, flow: motion.flow)
    }
}
