import Foundation
import Foundations
import Media

/// What was found in one frame.
struct FrameFinding: Sendable {
    /// Position in the video, from 0, over all its segments.
    var videoFrame: Int
    /// Seconds from the start of the first segment.
    var time: Double
    /// Whether only the last face's neighbourhood was looked at.
    var isTracked: Bool
    var faces: Int
    var faceWidth: Int
    /// `nil`: no face, or one whose regions lie outside of the picture.
    var view: FaceView?
    /// `nil`: no face, or the baseline itself.
    var motion: FaceMotion?
}

/// Looks at frames on several threads at once, in an order that gives the same result however many there are: with tracking, faces are
/// looked for one frame after the other; the first usable face of all becomes the baseline.
// Safe to share: `tracking` and `lastFace` are touched by whoever passes `faceOrder`, the baseline under its lock.
final class FrameAnalysis: @unchecked Sendable {
    private let engine: FaceEngine
    private let meter: MotionMeter
    private let mode: DetectionMode
    private let faceOrder = TurnOrder()
    private let baselineOrder = TurnOrder()
    private let schedule: FaceTracking
    private var tracking: FaceTracking
    private var lastFace: Face?
    private let lock = NSLock()
    private var chosen: MotionBaseline?

    init(engine: FaceEngine, options: ExpressionOptions, keyInterval: Int) {
        self.engine = engine
        mode = options.detection
        meter = MotionMeter(options.estimator, withFlow: options.withFlow)
        schedule = FaceTracking(mode: options.detection, keyInterval: keyInterval)
        tracking = schedule
    }

    /// Ends the waits of threads whose turn won't come.
    func stop() {
        faceOrder.stop()
        baselineOrder.stop()
    }

    /// What one thread does with frames.
    /// - Parameters:
    ///   - offset: frames of the segments before.
    ///   - start: seconds of the segments before.
    func worker(offset: Int, start: Double) throws -> (BGRFrame) throws -> FrameFinding {
        let scanner = try FaceScanner(engine)
        return { [self] frame in
            let number = offset + frame.index
            let picture = try GreyPicture(frame)
            let (faces, isTracked) = try find(scanner, picture, number)
            var finding = FrameFinding(
                videoFrame: number, time: start + frame.time, isTracked: isTracked, faces: faces.count, faceWidth: faces.first?.box.width ?? 0)
            if let face = faces.first { finding.view = try view(of: face, in: picture) }
            guard let (baseline, isNew) = try baseline(finding.view, picture, number), let view = finding.view, !isNew else { return finding }
            finding.motion = try meter.motion(of: view, in: picture, from: baseline)
            return finding
        }
    }

    private func find(_ scanner: FaceScanner, _ picture: GreyPicture, _ number: Int) throws -> (faces: [Face], isTracked: Bool) {
        // Scans of the whole that don't depend on earlier frames run side by side.
        let whole = schedule.isKey(number) ? try scanner.everywhere(picture) : nil
        if mode == .exact, let whole { return (whole, false) }
        return try faceOrder.pass(number) {
            let look = tracking.next(number, width: picture.width, height: picture.height)
            var near: [Face]?
            if look == .near, let last = lastFace { near = try scanner.near(last, in: picture) }
            let faces = try near ?? whole ?? scanner.everywhere(picture)
            tracking.looked(foundFace: !faces.isEmpty)
            lastFace = faces.first
            return (faces, near != nil)
        }
    }

    private func view(of face: Face, in picture: GreyPicture) throws -> FaceView? {
        let landmarks = try engine.landmarks(of: face, in: picture)
        let boxes = FaceRegion.allCases.map { $0.box(landmarks, width: picture.width, height: picture.height) }
        return boxes.contains(where: \.isEmpty) ? nil : FaceView(face: face.box, landmarks: landmarks, boxes: boxes)
    }

    /// The baseline, and whether this frame has just become it.
    private func baseline(_ view: FaceView?, _ picture: GreyPicture, _ number: Int) throws -> (MotionBaseline, isNew: Bool)? {
        // Once there is one, nobody need wait: it came from an earlier frame.
        if let chosen = lock.withLock({ chosen }) { return (chosen, false) }
        return try baselineOrder.pass(number) {
            if let chosen = lock.withLock({ chosen }) { return (chosen, false) }
            guard let view else { return nil }
            let new = try meter.baseline(view, in: picture)
            lock.withLock { chosen = new }
            // Those that wait behind may pass all at once.
            baselineOrder.open()
            return (new, true)
        }
    }
}
