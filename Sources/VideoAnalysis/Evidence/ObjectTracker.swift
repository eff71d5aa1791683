import Engines
import Foundation

/// Joins detections over time into tracks.
///
/// A value: feed it the detections of each looked-at frame in order of time, with `cut` between scenes, then take
/// `tracks`. Boxes are in shares of the picture (0 to 1).
public struct ObjectTracker: Sendable {
    /// Detections below are not looked at; a track's best must reach `sure`.
    static let leastScore = 0.3
    static let sure = 0.5
    /// A track with a single detection must be this sure.
    static let sureAlone = 0.6
    /// Seconds that an object may go unseen without its track ending.
    static let longestGap = 2.2

    struct Sighting: Sendable {
        var time: Double
        var box: PixelRect
        var score: Double
    }

    struct OpenTrack: Sendable {
        var label: String
        var sightings: [Sighting]
        /// Tracks never cross a cut.
        var scene: Int
    }

    private var tracks: [OpenTrack] = []
    private var scene = 0

    public init() {}

    /// A cut: what follows is another scene.
    public mutating func cut() { scene += 1 }

    /// - Parameter detections: boxes in shares of the picture.
    public mutating func add(_ detections: [Detection], at time: Double) {
        let seen = detections.filter { $0.score >= Self.leastScore }
        let open = tracks.indices.filter {
            tracks[$0].scene == scene && time - (tracks[$0].sightings.last?.time ?? -.infinity) <= Self.longestGap
        }
        var pairs: [(closeness: Double, track: Int, detection: Int)] = []
        for track in open {
            guard let last = tracks[track].sightings.last else { continue }
            for (index, detection) in seen.enumerated() where detection.label == tracks[track].label {
                if let closeness = Self.closeness(last.box, detection.box) { pairs.append((closeness, track, index)) }
            }
        }
        pairs.sort { ($0.closeness, $1.track, $1.detection) > ($1.closeness, $0.track, $0.detection) }
        var takenTracks = Set<Int>()
        var takenDetections = Set<Int>()
        for pair in pairs where !takenTracks.contains(pair.track) && !takenDetections.contains(pair.detection) {
            takenTracks.insert(pair.track)
            takenDetections.insert(pair.detection)
            tracks[pair.track].sightings.append(
                Sighting(time: time, box: seen[pair.detection].box, score: seen[pair.detection].score))
        }
        for (index, detection) in seen.enumerated() where !takenDetections.contains(index) {
            tracks.append(
                OpenTrack(
                    label: detection.label,
                    sightings: [Sighting(time: time, box: detection.box, score: detection.score)], scene: scene))
        }
    }

    /// The tracks worth telling, in order of time.
    /// - Parameters:
    ///   - camera: the content's motion between neighbouring frames; an object's motion is told relative to it.
    ///   - scenes: where scenes begin and end, in the order of the calls of `cut`; an object seen in the first or last
    ///     looked-at frame of a scene is taken to be there from its start or to its end.
    ///   - spacing: seconds between looked-at frames.
    public func summaries(
        camera: [CameraStep], scenes: [ClosedRange<Double>], spacing: Double
    ) -> [EvidenceSummary.Track] {
        var kept = tracks.filter { track in
            let best = track.sightings.map(\.score).max() ?? 0
            return best >= (track.sightings.count > 1 ? Self.sure : Self.sureAlone)
        }
        kept = Self.withoutDisputed(kept)
        return kept.map { track in
            let first = track.sightings[0]
            let last = track.sightings[track.sightings.count - 1]
            var (start, end) = (first.time, last.time)
            if scenes.indices.contains(track.scene) {
                let scene = scenes[track.scene]
                if start - scene.lowerBound <= spacing { start = scene.lowerBound }
                if scene.upperBound - end <= spacing { end = scene.upperBound }
            }
            let score = track.sightings.map(\.score).reduce(0, +) / Double(track.sightings.count)
            let middle = track.sightings.map { $0.box.midX }.reduce(0, +) / Double(track.sightings.count)
            return EvidenceSummary.Track(
                label: track.label, start: start, end: max(start, end), score: (score * 1000).rounded() / 1000,
                position: Self.position(middle), motion: Self.motion(first, last, camera))
        }
        .sorted { ($0.start, $1.score, $0.label) < ($1.start, $0.score, $1.label) }
    }

    static func position(_ x: Double) -> String { x < 0.36 ? "left" : x > 0.64 ? "right" : "centre" }

    /// How well two boxes fit as the same object, `nil` when they don't: overlap, or nearness for quick small objects.
    private static func closeness(_ a: PixelRect, _ b: PixelRect) -> Double? {
        let overlap = a.overlap(with: b)
        if overlap >= 0.2 { return 1 + overlap }
        let size = (a.area.squareRoot() + b.area.squareRoot()) / 2
        let distance = hypot(a.midX - b.midX, a.midY - b.midY)
        let ratio = a.area > 0 && b.area > 0 ? min(a.area, b.area) / max(a.area, b.area) : 0
        guard size > 0, ratio >= 0.4, distance <= 1.5 * size else { return nil }
        return 1 - distance / (1.5 * size)
    }

    /// Leaves out a track that lies on a stronger one with another name: one thing has one name.
    private static func withoutDisputed(_ tracks: [OpenTrack]) -> [OpenTrack] {
        func weight(_ track: OpenTrack) -> Double { track.sightings.map(\.score).reduce(0, +) }
        return tracks.enumerated().filter { index, track in
            !tracks.enumerated().contains { other, rival in
                guard other != index, rival.label != track.label, rival.scene == track.scene,
                    (weight(rival), other) > (1.5 * weight(track), index)
                else { return false }
                let shared = track.sightings.filter { sighting in
                    rival.sightings.contains { abs($0.time - sighting.time) <= 1.1 && $0.box.overlap(with: sighting.box) >= 0.6 }
                }
                return shared.count * 2 > track.sightings.count
            }
        }.map(\.element)
    }

    /// Whether a side of a box lies at the picture's edge.
    private static func reaches(_ start: Double, _ length: Double) -> Bool { start < 0.02 || start + length > 0.98 }

    private static func motion(_ first: Sighting, _ last: Sighting, _ camera: [CameraStep]) -> String {
        guard last.time > first.time else { return "still" }
        let between = camera.filter { $0.from >= first.time - 0.001 && $0.to <= last.time + 0.001 }
        let expected = between.reduce((x: first.box.midX, y: first.box.midY)) { $1.moved($0) }
        let growth = between.filter(\.isReliable).map(\.growth).reduce(0, +)
        var (dx, dy) = (last.box.midX - expected.x, last.box.midY - expected.y)
        // A box cut off by the picture's edge doesn't move along with what it shows: under a moving camera it tells nothing.
        let clippedX = reaches(first.box.x, first.box.width) || reaches(last.box.x, last.box.width)
        let clippedY = reaches(first.box.y, first.box.height) || reaches(last.box.y, last.box.height)
        let cameraMoves = hypot(expected.x - first.box.midX, expected.y - first.box.midY) > 0.03 || abs(growth) > 0.03
        if cameraMoves, clippedX { dx = 0 }
        if cameraMoves, clippedY { dy = 0 }
        let isWhole = !clippedX && !clippedY
        let size = isWhole && first.box.area > 0 && last.box.area > 0 ? log(last.box.area / first.box.area) / 2 - growth : 0
        if max(abs(dx), abs(dy)) >= 0.12 {
            return abs(dx) >= abs(dy) ? (dx > 0 ? "right" : "left") : (dy > 0 ? "down" : "up")
        }
        if abs(size) >= 0.3 { return size > 0 ? "closer" : "away" }
        return "still"
    }
}
