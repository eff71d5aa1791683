import Engines
import Testing
import VideoAnalysis

@Suite struct ObjectTrackerTests {
    private func found(_ label: String, _ x: Double, _ y: Double = 0.5, size: Double = 0.2, score: Double = 0.8) -> Detection {
        Detection(label: label, score: score, box: PixelRect(x: x - size / 2, y: y - size / 2, width: size, height: size))
    }

    private func tracks(
        _ frames: [(Double, [Detection])], camera: [CameraStep] = [], length: Double = 10
    ) -> [EvidenceSummary.Track] {
        var tracker = ObjectTracker()
        for (time, found) in frames { tracker.add(found, at: time) }
        return tracker.summaries(camera: camera, scenes: [0...length], spacing: 0.6)
    }

    @Test func joinsDetectionsOfOneThing() {
        let frames = (0..<6).map { (step: Int) -> (Double, [Detection]) in (Double(step) * 0.5 + 2, [found("cat", 0.5)]) }
        #expect(tracks(frames) == [.init(label: "cat", start: 2, end: 4.5, score: 0.8, position: "centre", motion: "still")])
    }

    @Test func bridgesGapsUpToTheLimit() {
        let bridged = tracks([(2, [found("cat", 0.5)]), (4, [found("cat", 0.5)])])
        #expect(bridged.count == 1)
        let apart = tracks([(2, [found("cat", 0.5)]), (2.5, [found("cat", 0.5)]), (6, [found("cat", 0.5)]), (6.5, [found("cat", 0.5)])])
        #expect(apart.map(\.start) == [2, 6])
    }

    @Test func keepsTwoOfAKindApart() {
        let frames = (0..<4).map { (Double($0) + 3, [found("person", 0.2), found("person", 0.8)]) }
        let people = tracks(frames)
        #expect(people.map(\.label) == ["person", "person"])
        #expect(Set(people.map(\.position)) == ["left", "right"])
    }

    @Test func dropsWeakAndLonelySightings() {
        #expect(tracks([(3, [found("dog", 0.5, score: 0.55)])]).isEmpty)
        #expect(tracks([(3, [found("dog", 0.5, score: 0.7)])]).count == 1)
        #expect(tracks([(3, [found("dog", 0.5, score: 0.4)]), (3.5, [found("dog", 0.5, score: 0.45)])]).isEmpty)
    }

    @Test func oneThingHasOneName() {
        var frames = (0..<6).map { (Double($0) * 0.5 + 2, [found("cat", 0.5, score: 0.9)]) }
        frames[2].1.append(found("dog", 0.51, score: 0.65))
        #expect(tracks(frames).map(\.label) == ["cat"])
    }

    @Test(arguments: [(0.2, 0.8, "right"), (0.8, 0.2, "left"), (0.5, 0.52, "still")])
    func tellsMotion(from: Double, to: Double, motion: String) {
        let frames = (0...6).map { (step: Int) -> (Double, [Detection]) in (2 + Double(step) * 0.5, [found("car", from + (to - from) * Double(step) / 6)]) }
        #expect(tracks(frames).map(\.motion) == [motion])
    }

    @Test func tellsComingCloserAndGoingAway() {
        let nearer = (0...6).map { (step: Int) -> (Double, [Detection]) in (2 + Double(step) * 0.5, [found("car", 0.5, size: 0.2 + 0.05 * Double(step))]) }
        #expect(tracks(nearer).map(\.motion) == ["closer"])
        let farther = (0...6).map { (step: Int) -> (Double, [Detection]) in (2 + Double(step) * 0.5, [found("car", 0.5, size: 0.5 - 0.05 * Double(step))]) }
        #expect(tracks(farther).map(\.motion) == ["away"])
    }

    @Test func motionIsRelativeToTheCamera() {
        let frames = (0...6).map { (step: Int) -> (Double, [Detection]) in (2 + Double(step) * 0.5, [found("bench", 0.8 - 0.1 * Double(step))]) }
        let pan = (0..<6).map { CameraStep(from: 2 + Double($0) * 0.5, to: 2.5 + Double($0) * 0.5, dx: -0.1, dy: 0, growth: 0, isReliable: true) }
        #expect(tracks(frames, camera: pan).map(\.motion) == ["still"])
        #expect(tracks(frames).map(\.motion) == ["left"])
    }

    @Test func aBoxAtTheEdgeTellsNoMotionUnderAMovingCamera() {
        let frames = (0...6).map { (step: Int) -> (Double, [Detection]) in (2 + Double(step) * 0.5, [found("person", 0.5, 0.6, size: 0.8)]) }
        let tilt = (0..<6).map { CameraStep(from: 2 + Double($0) * 0.5, to: 2.5 + Double($0) * 0.5, dx: 0, dy: 0.05, growth: 0, isReliable: true) }
        #expect(tracks(frames, camera: tilt).map(\.motion) == ["still"])
    }

    @Test func tracksEndAtCuts() {
        var tracker = ObjectTracker()
        for time in [0.25, 0.75, 1.25, 1.75] { tracker.add([found("cat", 0.5)], at: time) }
        tracker.cut()
        for time in [2.25, 2.75, 3.25, 3.75] { tracker.add([found("cat", 0.5)], at: time) }
        let tracks = tracker.summaries(camera: [], scenes: [0...2, 2...4], spacing: 0.6)
        #expect(tracks.map(\.start) == [0, 2])
        #expect(tracks.map(\.end) == [2, 4])
    }

    @Test func nothingFoundGivesNothing() { #expect(tracks([(0, []), (1, [])]).isEmpty) }
}
