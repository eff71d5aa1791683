import Media
import Testing
import VideoAnalysis

@Suite struct SceneTests {
    private func cuts(_ images: [RGBImage], every step: Double = 0.2) -> [Int] {
        let signatures = images.enumerated().map { FrameSignature(time: Double($0.offset) * step, thumbnail: $0.element) }
        return SceneCuts.starts(
            differences: zip(signatures, signatures.dropFirst()).map { $1.difference(to: $0) }, times: signatures.map(\.time))
    }

    private func checks(_ phase: Int) -> RGBImage {
        Pictures.drawn { x, y in (x + phase) / 8 % 2 == y / 8 % 2 ? (200, 180, 150) : (60, 90, 40) }
    }

    @Test func findsHardCuts() {
        let images = [Pictures.plain((0, 0, 250)), Pictures.plain((250, 0, 0)), checks(0)]
        #expect(cuts(images.flatMap { Array(repeating: $0, count: 10) }) == [0, 10, 20])
    }

    @Test func findsACutBetweenPicturesOfLikeColours() {
        let field = Pictures.drawn { x, y in x < 48 ? (200, 180, 150) : (60, 90, 40) }
        let other = Pictures.drawn { x, y in y < 27 ? (60, 90, 40) : (205, 182, 150) }
        let images: [RGBImage] = Array(repeating: field, count: 8) + Array(repeating: other, count: 8)
        #expect(cuts(images) == [0, 8])
    }

    @Test func motionIsNoCut() { #expect(cuts((0..<30).map { checks($0 * 2) }) == [0]) }
    @Test func aMovingBallIsNoCut() { #expect(cuts((0..<20).map { Pictures.ball(Double($0) / 20, 0.5) }) == [0]) }

    @Test func aFadeIsAtMostOneCut() {
        let fade = (0..<20).map { (step: Int) -> RGBImage in
            let level = UInt8(step * 12)
            return Pictures.plain((level, level, level))
        }
        #expect(cuts(fade).count <= 2)
    }

    @Test func aFlashMakesNoSceneOfItsOwn() {
        var images = Array(repeating: Pictures.plain((30, 60, 30)), count: 20)
        images[10] = Pictures.plain((255, 255, 255))
        #expect(cuts(images).count <= 2)
    }

    @Test func fewFrames() {
        #expect(SceneCuts.starts(differences: [], times: []) == [])
        #expect(SceneCuts.starts(differences: [], times: [0]) == [0])
        #expect(SceneCuts.starts(differences: [0.9], times: [0, 1]) == [0, 1])
    }

    @Test func differenceIsZeroForEqualAndSymmetric() {
        let a = FrameSignature(time: 0, thumbnail: checks(0))
        let b = FrameSignature(time: 1, thumbnail: Pictures.plain((9, 9, 9)))
        #expect(a.difference(to: a) == 0)
        #expect(a.difference(to: b) == b.difference(to: a))
        #expect(a.difference(to: b) > SceneCuts.certain)
    }
}

@Suite struct MovingRegionTests {
    private func track(_ positions: [(Double, Double)]) -> EvidenceSummary.Track? {
        MovingRegion.track(
            in: positions.enumerated().map { FrameSignature(time: Double($0.offset) * 0.2, thumbnail: Pictures.ball($0.element.0, $0.element.1)) })
    }

    @Test func tellsDirectionAndColour() {
        let right = track((0..<12).map { (step: Int) -> (Double, Double) in (0.1 + 0.07 * Double(step), 0.5) })
        #expect(right?.motion == "right")
        #expect(right?.label == "red object")
        #expect(track((0..<12).map { (step: Int) -> (Double, Double) in (0.9 - 0.07 * Double(step), 0.5) })?.motion == "left")
        #expect(track((0..<12).map { (step: Int) -> (Double, Double) in (0.5, 0.1 + 0.07 * Double(step)) })?.motion == "down")
    }

    @Test func nothingMoves() { #expect(track(Array(repeating: (0.5, 0.5), count: 12)) == nil) }
    @Test func swayingIsNoDirection() { #expect(track((0..<12).map { (step: Int) -> (Double, Double) in (0.3 + 0.4 * Double(step % 2), 0.5) }) == nil) }
    @Test func tooFewFrames() { #expect(track([(0.1, 0.5), (0.5, 0.5)]) == nil) }
}

@Suite struct CameraMotionTests {
    private func steps(dx: Double = 0, dy: Double = 0, growth: Double = 0, count: Int = 15, reliable: Bool = true) -> [CameraStep] {
        (0..<count).map {
            CameraStep(from: Double($0) * 0.2, to: Double($0 + 1) * 0.2, dx: dx, dy: dy, growth: growth, isReliable: reliable)
        }
    }

    @Test func namesMotions() {
        #expect(CameraMotion.name(steps()) == "still")
        // The content goes left when the camera turns right.
        #expect(CameraMotion.name(steps(dx: -0.02)) == "pan right")
        #expect(CameraMotion.name(steps(dx: 0.02)) == "pan left")
        #expect(CameraMotion.name(steps(dy: 0.02)) == "tilt up")
        #expect(CameraMotion.name(steps(dy: -0.02)) == "tilt down")
        #expect(CameraMotion.name(steps(growth: 0.01)) == "zoom in")
        #expect(CameraMotion.name(steps(growth: -0.01)) == "zoom out")
        #expect(CameraMotion.name(steps(dx: 0.02, growth: 0.04)) == "pan left and zoom in")
        #expect(CameraMotion.name(steps(reliable: false)) == "unknown")
        #expect(CameraMotion.name([]) == "still")
    }

    @Test func toAndFroIsShaky() {
        let shaking = (0..<16).map { (step: Int) -> CameraStep in
            let dx = step % 2 == 0 ? 0.03 : -0.03
            let dy = step % 4 < 2 ? 0.02 : -0.02
            return CameraStep(from: Double(step), to: Double(step + 1), dx: dx, dy: dy, growth: 0, isReliable: true)
        }
        #expect(CameraMotion.name(shaking) == "shaky")
    }
}

@Suite struct ColourPaletteTests {
    @Test(arguments: [
        ((0, 0, 0), "black"), ((255, 255, 255), "white"), ((128, 128, 128), "grey"), ((255, 0, 0), "red"), ((0, 128, 0), "green"),
        ((0, 255, 0), "green"), ((0, 0, 255), "blue"), ((10, 20, 70), "dark blue"), ((255, 255, 0), "yellow"), ((255, 165, 0), "orange"),
        ((139, 69, 19), "brown"), ((128, 0, 128), "purple"), ((255, 150, 190), "pink"), ((64, 64, 64), "dark grey"),
    ] as [((UInt8, UInt8, UInt8), String)])
    func names(colour: (UInt8, UInt8, UInt8), name: String) {
        #expect(ColourPalette.name(red: colour.0, green: colour.1, blue: colour.2) == name)
    }

    @Test func strongestFirstAndBounded() {
        let image = Pictures.drawn { x, _ in x < 60 ? (0, 0, 255) : x < 90 ? (255, 255, 255) : (255, 0, 0) }
        #expect(ColourPalette.strongest(in: ColourPalette.histogram(of: image)) == ["blue", "white"])
        #expect(ColourPalette.strongest(in: []) == [])
    }
}

@Suite struct EvidenceScheduleTests {
    @Test func coversTheVideo() {
        let schedule = EvidenceSchedule(frameCount: 300, frameRate: 25, settings: .init())
        #expect(schedule.scene.first == 0)
        #expect(schedule.scene.last == 299)
        #expect(schedule.scene.count == 60)
        #expect(schedule.detail.count == 24)
        #expect(schedule.detail.isSubset(of: Set(schedule.scene)))
    }

    @Test(arguments: [1, 2, 3, 7, 1000, 90_000, 5_000_000])
    func isBoundedAndAscending(count: Int) {
        let settings = EvidenceSettings()
        let schedule = EvidenceSchedule(frameCount: count, frameRate: 30, settings: settings)
        #expect(schedule.scene.count <= settings.maxSceneFrames)
        #expect(schedule.detail.count <= settings.maxDetailFrames && !schedule.detail.isEmpty)
        #expect(zip(schedule.scene, schedule.scene.dropFirst()).allSatisfy(<))
        #expect(schedule.scene.allSatisfy { (0..<count).contains($0) })
    }

    @Test func keepsToTheRange() {
        let schedule = EvidenceSchedule(frameCount: 250, frameRate: 25, range: 2...4, settings: .init())
        #expect(schedule.scene.first == 50)
        #expect(schedule.scene.last == 100)
    }

    @Test func oddInput() {
        #expect(EvidenceSchedule(frameCount: 0, frameRate: 25, settings: .init()).scene == [])
        #expect(EvidenceSchedule(frameCount: 10, frameRate: .nan, settings: .init()).scene.last == 9)
        #expect(EvidenceSchedule(frameCount: 10, frameRate: 25, range: 50...60, settings: .init()).scene == [9])
    }
}
