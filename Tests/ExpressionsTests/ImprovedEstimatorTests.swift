import Expressions
import Foundation
import Testing

/// The estimator `improved` against the original's, on scenes whose motion is known.
@Suite struct ImprovedEstimatorTests {
    private static let columns = 6, rows = 4
    private static let width = WidePhaseCorrelation.before + columns * BlockMotion.side + WidePhaseCorrelation.behind
    private static let height = WidePhaseCorrelation.before + rows * BlockMotion.side + WidePhaseCorrelation.behind

    private struct Errors {
        var improved = 0.0, original = 0.0, zero = 0.0
        var count = 0

        var root: (improved: Double, original: Double, zero: Double) {
            let n = Double(2 * count)
            return ((improved / n).squareRoot(), (original / n).squareRoot(), (zero / n).squareRoot())
        }
    }

    private func errors(noise: Double, blur: Double) -> Errors {
        let wide = WidePhaseCorrelation(), narrow = PhaseCorrelation(window: .hann2d)
        var errors = Errors()
        var numbers = SeededNumbers(7)
        for seed in 0..<12 {
            let scene = Scene(seed: UInt64(seed) + 100, blur: blur)
            let (dx, dy) = (Double.random(in: -1.5...1.5, using: &numbers), Double.random(in: -1.5...1.5, using: &numbers))
            let baseline = scene.picture(width: Self.width, height: Self.height, dx: 0, dy: 0, noise: noise, numbers: &numbers)
            let current = scene.picture(width: Self.width, height: Self.height, dx: dx, dy: dy, noise: noise, numbers: &numbers)
            let found = wide.motions(
                wide.spectra(current.map(Float.init), columns: Self.columns, rows: Self.rows),
                from: wide.spectra(baseline.map(Float.init), columns: Self.columns, rows: Self.rows))
            let original = narrow.matches(narrow.spectra(blocks(current)), with: narrow.spectra(blocks(baseline)))
            for (improved, first) in zip(found, original) {
                errors.improved += pow(improved.motion.x - dx, 2) + pow(improved.motion.y + dy, 2)
                errors.original += pow(Double(first.x) - dx, 2) + pow(Double(first.y) + dy, 2)
                errors.zero += dx * dx + dy * dy
                errors.count += 1
            }
        }
        return errors
    }

    private func blocks(_ picture: [Double]) -> [UInt8] {
        (0..<Self.columns * Self.rows).flatMap { block in
            (0..<49).map { pixel in
                let x = WidePhaseCorrelation.before + block % Self.columns * 7 + pixel % 7, y = WidePhaseCorrelation.before + block / Self.columns * 7 + pixel / 7
                return UInt8(picture[y * Self.width + x])
            }
        }
    }

    @Test(arguments: [(0.0, 1.5), (2.0, 1.5), (0.0, 0.7), (2.0, 0.7)])
    func itMeasuresMotionWhereTheOriginalIsNoBetterThanZero(noise: Double, blur: Double) {
        let root = errors(noise: noise, blur: blur).root
        print("noise \(noise), blur \(blur): improved \(root.improved), original \(root.original), zero \(root.zero)")
        #expect(root.improved < 0.1)
        #expect(root.original > 0.75 * root.zero)
    }

    /// A scene that stands still, seen twice through noise: what is claimed to move by half a pixel or more.
    @Test func noiseAloneHardlyMoves() {
        let wide = WidePhaseCorrelation()
        var numbers = SeededNumbers(9)
        var moved = 0, all = 0
        for seed in 0..<8 {
            let scene = Scene(seed: UInt64(seed) + 500)
            let first = scene.picture(width: Self.width, height: Self.height, dx: 0, dy: 0, noise: 2, numbers: &numbers)
            let second = scene.picture(width: Self.width, height: Self.height, dx: 0, dy: 0, noise: 2, numbers: &numbers)
            let motions = wide.motions(
                wide.spectra(second.map(Float.init), columns: Self.columns, rows: Self.rows),
                from: wide.spectra(first.map(Float.init), columns: Self.columns, rows: Self.rows))
            moved += motions.filter { $0.motion.magnitude > 0.25 }.count
            all += motions.count
        }
        #expect(Double(moved) / Double(all) < 0.01)
    }

    @Test func brightnessIsNoMotion() {
        let wide = WidePhaseCorrelation()
        var numbers = SeededNumbers(11)
        let scene = Scene(seed: 900)
        let first = scene.picture(width: Self.width, height: Self.height, dx: 0, dy: 0, numbers: &numbers)
        let brighter = first.map { $0 * 0.8 + 30 }
        let motions = wide.motions(
            wide.spectra(brighter.map(Float.init), columns: Self.columns, rows: Self.rows),
            from: wide.spectra(first.map(Float.init), columns: Self.columns, rows: Self.rows))
        #expect(motions.allSatisfy { $0.motion.magnitude < 0.02 && $0.peak > 0.9 })
    }
}

/// What the whole head does is undone.
@Suite struct FaceStabiliserTests {
    private static let size = 200

    private func landmarks(_ motion: Similarity = .identity, jitter: Int = 0) -> [Landmark] {
        var numbers = SeededNumbers(3)
        return (0..<68).map { index in
            let (x, y) = (60.0 + Double(index * 37 % 80), 60.0 + Double(index * 53 % 80))
            let at = motion(x, y)
            return Landmark(
                x: Int(at.x.rounded()) + Int.random(in: -jitter...jitter, using: &numbers),
                y: Int(at.y.rounded()) + Int.random(in: -jitter...jitter, using: &numbers))
        }
    }

    @Test func theHeadsMotionIsFoundBetweenPixels() {
        let scene = Scene(seed: 42, blur: 3)
        var numbers = SeededNumbers(1)
        let still = scene.picture(width: Self.size, height: Self.size, dx: 0, dy: 0, numbers: &numbers)
        let baseline = GreyPicture(width: Self.size, height: Self.size, pixels: still.map { UInt8($0) })
        let (dx, dy) = (2.3, -1.6)
        let moved = GreyPicture(
            width: Self.size, height: Self.size,
            pixels: scene.picture(width: Self.size, height: Self.size, dx: dx, dy: dy, numbers: &numbers).map { UInt8($0) })
        let boxes = [PixelBox(left: 60, top: 60, right: 110, bottom: 95), PixelBox(left: 90, top: 60, right: 140, bottom: 95), PixelBox(left: 65, top: 100, right: 135, bottom: 140)]
        let stabiliser = FaceStabiliser(baseline, landmarks: landmarks(), boxes: boxes)
        let motion = stabiliser.motion(to: moved, landmarks: landmarks(Similarity(a: 1, b: 0, tx: dx, ty: dy), jitter: 1))
        let centre = motion(100, 100)
        #expect(abs(centre.x - 100 - dx) < 0.05)
        #expect(abs(centre.y - 100 - dy) < 0.05)
        #expect(abs(motion.a - 1) < 0.002 && abs(motion.b) < 0.002)
    }

    @Test func aSimilarityIsFittedToPoints() throws {
        let from: [(x: Double, y: Double)] = [(0, 0), (10, 0), (0, 10), (7, 3)]
        let truth = Similarity(a: 0.9, b: 0.2, tx: 3, ty: -4)
        let found = try #require(Similarity(from: from, to: from.map { truth($0.x, $0.y) }))
        #expect(abs(found.a - 0.9) < 1e-12 && abs(found.b - 0.2) < 1e-12 && abs(found.tx - 3) < 1e-12 && abs(found.ty + 4) < 1e-12)
        #expect(Similarity(from: [(1, 1), (1, 1)], to: [(2, 2), (2, 2)]) == nil)
    }
}
