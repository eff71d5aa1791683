/// Which frames evidence looks at: all of `scene` pass by once; those in `detail` also go to the detectors.
public struct EvidenceSchedule: Sendable, Equatable {
    /// Frame numbers, ascending, each once.
    public let scene: [Int]
    /// A subset of `scene`.
    public let detail: Set<Int>

    /// - Parameters:
    ///   - frameCount: frames in the video.
    ///   - frameRate: frames per second; anything not above zero counts as 25.
    ///   - range: seconds; `nil` means the whole video.
    public init(frameCount: Int, frameRate: Double, range: ClosedRange<Double>? = nil, settings: EvidenceSettings) {
        let rate = frameRate > 0 && frameRate.isFinite ? frameRate : 25
        guard frameCount > 0 else {
            scene = []
            detail = []
            return
        }
        let last = frameCount - 1
        func frame(at seconds: Double) -> Int { Int(max(0, min(Double(last), (seconds * rate).rounded()))) }
        let first = range.map { frame(at: $0.lowerBound) } ?? 0
        let end = max(first, range.map { frame(at: $0.upperBound) } ?? last)
        let seconds = Double(end - first + 1) / rate

        func spread(_ perSecond: Double, _ ceiling: Int) -> Int {
            max(2, min(ceiling, Int((seconds * perSecond).rounded(.up)), end - first + 1))
        }
        let sceneFrames = Self.evenly(from: first, to: end, count: spread(settings.sceneFramesPerSecond, settings.maxSceneFrames))
        let detailCount = min(spread(settings.detailFramesPerSecond, settings.maxDetailFrames), sceneFrames.count)
        scene = sceneFrames
        // The middle of each of `detailCount` equal parts: the very first and last frames are often black.
        detail = Set(
            (0..<detailCount).map { part in
                sceneFrames[min(sceneFrames.count - 1, (2 * part + 1) * sceneFrames.count / (2 * detailCount))]
            })
    }

    private static func evenly(from first: Int, to last: Int, count: Int) -> [Int] {
        guard count > 1, last > first else { return [first] }
        var frames: [Int] = []
        for step in 0..<count {
            let frame = first + Int((Double(step) * Double(last - first) / Double(count - 1)).rounded())
            if frames.last != frame { frames.append(frame) }
        }
        return frames
    }
}
