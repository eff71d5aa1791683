import Expressions
import Foundation
import Testing

@Suite struct PhaseCorrelationTests {
    private static let side = BlockMotion.side

    private func blocks(_ count: Int, seed: UInt64) -> [UInt8] {
        var numbers = SeededNumbers(seed)
        return (0..<count * 49).map { _ in UInt8.random(in: 0...255, using: &numbers) }
    }

    private func matches(_ baseline: [UInt8], _ current: [UInt8], _ window: PhaseCorrelation.Window) -> [PhaseCorrelation.Match] {
        let correlation = PhaseCorrelation(window: window)
        return correlation.matches(correlation.spectra(current), with: correlation.spectra(baseline))
    }

    /// Blocks whose content went round by (dx, dy), x to the right and y downwards.
    private func shifted(_ blocks: [UInt8], _ dx: Int, _ dy: Int) -> [UInt8] {
        blocks.indices.map { index in
            let (block, row, column) = (index / 49, index % 49 / 7, index % 7)
            return blocks[block * 49 + (row - dy + 7) % 7 * 7 + (column - dx + 7) % 7]
        }
    }

    @Test func withoutAWindowEveryCircularShiftIsFound() {
        let noise = blocks(100, seed: 1)
        for dx in -3...3 {
            for dy in -3...3 {
                let found = matches(noise, shifted(noise, dx, dy), .none)
                #expect(found.allSatisfy { $0.x == dx && $0.y == -dy })
                #expect(found.allSatisfy { abs($0.peak - 1) < 1e-9 })
            }
        }
    }

    /// What the original finds under its window, and what it fails to find.
    @Test func theHannWindowFailsAsTheOriginalDoes() {
        let noise = blocks(400, seed: 2)
        func share(_ dx: Int, _ dy: Int) -> Double {
            let found = matches(noise, shifted(noise, dx, dy), .hann2d)
            return Double(found.filter { $0.x == dx && $0.y == -dy }.count) / Double(found.count)
        }
        #expect(share(0, 0) == 1)
        #expect(share(1, 0) > 0.97)
        #expect((0.75...0.92).contains(share(1, 1)))
        #expect((0.05...0.35).contains(share(2, 0)))
        #expect(share(3, 3) < 0.05)
    }

    @Test func blocksThatAreAlikeDontMove() {
        let noise = blocks(50, seed: 3)
        for window in PhaseCorrelation.Window.allCases {
            #expect(matches(noise, noise, window).allSatisfy { $0.x == 0 && $0.y == 0 && abs($0.peak - 1) < 1e-9 })
        }
    }

    @Test func emptyAndFlatBlocksDontMove() {
        let zero = [UInt8](repeating: 0, count: 49), dark = [UInt8](repeating: 100, count: 49), bright = [UInt8](repeating: 130, count: 49)
        for window in PhaseCorrelation.Window.allCases {
            let found = matches(zero, zero, window)[0]
            #expect(found.x == 0 && found.y == 0 && found.peak == 0)
        }
        let flat = matches(dark, bright, .hann2d)[0]
        #expect(flat.x == 0 && flat.y == 0)
    }

    /// Against the transform written out, in full and with its own window.
    @Test(arguments: PhaseCorrelation.Window.allCases) func surfacesAreThoseOfTheWrittenOutTransform(window: PhaseCorrelation.Window) {
        let (baseline, current) = (blocks(19, seed: 4), blocks(19, seed: 5))
        let correlation = PhaseCorrelation(window: window)
        var surface = [Double](repeating: 0, count: 19 * 49)
        surface.withUnsafeMutableBufferPointer { buffer in
            _ = correlation.matches(correlation.spectra(current), with: correlation.spectra(baseline), surface: buffer)
        }
        for block in 0..<19 {
            let range = block * 49..<(block + 1) * 49
            let expected = writtenOut(Array(baseline[range]), Array(current[range]), window)
            for place in 0..<49 { #expect(abs(surface[block * 49 + place] - expected[place]) < 1e-12) }
        }
    }

    private func writtenOut(_ baseline: [UInt8], _ current: [UInt8], _ window: PhaseCorrelation.Window) -> [Double] {
        let hann = [0, 0.25, 0.75, 1, 0.75, 0.25, 0]
        func transform(_ block: [UInt8], _ u: Int, _ v: Int) -> (Double, Double) {
            var sum = (0.0, 0.0)
            for y in 0..<7 {
                for x in 0..<7 {
                    let value = Double(block[y * 7 + x]) * (window == .none ? 1 : hann[y] * hann[x])
                    let angle = -2 * Double.pi * Double(u * x + v * y) / 7
                    sum = (sum.0 + value * cos(angle), sum.1 + value * sin(angle))
                }
            }
            return sum
        }
        var phases: [(Double, Double)] = []
        for v in 0..<7 {
            for u in 0..<7 {
                let (b, c) = (transform(baseline, u, v), transform(current, u, v))
                let product = (c.0 * b.0 + c.1 * b.1, c.1 * b.0 - c.0 * b.1)
                let length = (product.0 * product.0 + product.1 * product.1).squareRoot()
                phases.append(length == 0 ? (0, 0) : (product.0 / length, product.1 / length))
            }
        }
        return (0..<49).map { place in
            let (dx, dy) = (place % 7 - 3, place / 7 - 3)
            var sum = (0.0, 0.0)
            for v in 0..<7 {
                for u in 0..<7 {
                    let angle = 2 * Double.pi * Double(u * dx + v * dy) / 7
                    let phase = phases[v * 7 + u]
                    sum = (sum.0 + phase.0 * cos(angle) - phase.1 * sin(angle), sum.1 + phase.0 * sin(angle) + phase.1 * cos(angle))
                }
            }
            return (sum.0 * sum.0 + sum.1 * sum.1).squareRoot() / 49
        }
    }
}

@Suite struct BlockMotionTests {
    @Test(arguments: [
        (0, 0, 0.0, 0.0), (3, 0, 0, 3), (0, 3, 90, 3), (-1, 0, 180, 1), (0, -2, 270, 2), (3, 1, 18.435, 3.162), (2, 1, 26.565, 2.236),
        (3, 2, 33.69, 3.606), (1, 1, 45, 1.414), (2, 2, 45, 2.828), (3, 3, 45, 4.243), (2, 3, 56.31, 3.606), (1, 2, 63.435, 2.236),
        (1, 3, 71.565, 3.162), (-2, 1, 153.435, 2.236), (-1, -3, 251.565, 3.162), (1, -1, 315, 1.414), (3, -1, 341.565, 3.162),
    ]) func polarFormIsTheOriginals(x: Int, y: Int, angle: Double, magnitude: Double) {
        let motion = BlockMotion(x: Double(x), y: Double(y))
        #expect(motion.angle == angle)
        #expect(motion.magnitude == magnitude)
    }

    @Test func columnsAreThe392OfTheOriginal() {
        let names = FeatureColumns.features
        #expect(names.count == 392)
        #expect(names.prefix(5) == ["mata_kiri_x1", "mata_kiri_y1", "mata_kiri_t1", "mata_kiri_m1", "mata_kiri_x2"])
        #expect(names.last == "mulut_m50")
        #expect(FaceRegion.allCases.map(\.blocks) == [24, 24, 50])
    }
}
