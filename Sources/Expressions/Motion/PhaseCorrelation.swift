import Foundation

/// Phase-only correlation of 7 x 7 blocks, as the system whose models are served computes it: whole-pixel motion within three pixels.
///
/// Eight blocks at a time, one in each lane of a vector. Transforms use that pixels are real: of the 49 frequencies 28 are computed, the
/// others mirror them.
///
/// Source: C. D. Kuglin and D. C. Hines, "The phase correlation image alignment method", 1975; block matching with it after Rosiani,
/// Choirina and Shoumi, "Micro-expression recognition based on motion detection method", 2021.
public struct PhaseCorrelation: Sendable {
    /// What blocks are multiplied with before they are transformed.
    public enum Window: String, Sendable, CaseIterable {
        /// A two-dimensional Hann window, as served.
        case hann2d
        /// No window, as the published model was trained.
        case none
    }

    typealias Lanes = SIMD8<Double>

    static let lanes = Lanes.scalarCount
    private static let side = BlockMotion.side
    /// Frequencies 0 to 3 across times all 7 down.
    private static let frequencies = 4 * side

    private let weights: [Double]

    public init(window: Window) {
        let hann = (0..<Self.side).map { window == .none ? 1 : 0.5 - 0.5 * cos(2 * .pi * Double($0) / Double(Self.side - 1)) }
        weights = (0..<Self.side * Self.side).map { hann[$0 / Self.side] * hann[$0 % Self.side] }
    }

    /// Spectra of blocks, eight to a group.
    public struct Spectra: Sendable {
        let blocks: Int
        /// Real and imaginary parts of each group's 28 frequencies.
        fileprivate var values: [Lanes]
    }

    /// The result for one block.
    public struct Match: Sendable, Equatable {
        /// Whole pixels to the right and upwards; (0, 0) where the peak isn't the only one.
        public var x: Int
        public var y: Int
        /// Height of the peak: 1 for blocks that are alike.
        public var peak: Double
    }

    /// Transforms blocks.
    /// - Parameter pixels: 49 values a block, rows from the top.
    public func spectra(_ pixels: [UInt8]) -> Spectra {
        let size = Self.side * Self.side
        let blocks = pixels.count / size
        let groups = (blocks + Self.lanes - 1) / Self.lanes
        let values = [Lanes](unsafeUninitializedCapacity: groups * Self.frequencies * 2) { out, count in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size) { block in
                for group in 0..<groups {
                    let first = group * Self.lanes
                    for pixel in 0..<size {
                        var lane = Lanes.zero
                        for index in 0..<min(Self.lanes, blocks - first) { lane[index] = Double(pixels[(first + index) * size + pixel]) }
                        block[pixel] = lane * weights[pixel]
                    }
                    Transform.forward(block, UnsafeMutableBufferPointer(rebasing: out[(group * Self.frequencies * 2)...]))
                }
            }
            count = groups * Self.frequencies * 2
        }
        return Spectra(blocks: blocks, values: values)
    }

    /// Matches each block with the baseline's block of the same number.
    /// - Parameter surface: receives each block's 49 correlations, no displacement in the middle (row 3, column 3); empty: not asked for.
    public func matches(_ current: Spectra, with baseline: Spectra, surface: UnsafeMutableBufferPointer<Double>? = nil) -> [Match] {
        let size = Self.side * Self.side
        let blocks = min(current.blocks, baseline.blocks)
        var matches: [Match] = []
        matches.reserveCapacity(blocks)
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: Self.frequencies * 2 + size) { scratch in
            let phases = UnsafeMutableBufferPointer(rebasing: scratch[..<(Self.frequencies * 2)])
            let correlation = UnsafeMutableBufferPointer(rebasing: scratch[(Self.frequencies * 2)...])
            for first in stride(from: 0, to: blocks, by: Self.lanes) {
                let offset = first / Self.lanes * Self.frequencies * 2
                for frequency in 0..<Self.frequencies {
                    let at = offset + frequency * 2
                    let (cr, ci) = (current.values[at], current.values[at + 1])
                    let (br, bi) = (baseline.values[at], baseline.values[at + 1])
                    // Current times the baseline's conjugate.
                    let real = cr * br + ci * bi
                    let imaginary = ci * br - cr * bi
                    var length = (real * real + imaginary * imaginary).squareRoot()
                    length.replace(with: 1e-31, where: length .== 0)
                    phases[frequency * 2] = real / length
                    phases[frequency * 2 + 1] = imaginary / length
                }
                Transform.inverse(phases, correlation)
                for lane in 0..<min(Self.lanes, blocks - first) {
                    matches.append(Self.peak(correlation, lane))
                    if let surface {
                        for place in 0..<size { surface[(first + lane) * size + Self.shifted(place)] = correlation[place][lane] }
                    }
                }
            }
        }
        return matches
    }

    /// Where no displacement is at index 3 of both axes.
    private static func shifted(_ place: Int) -> Int { (place / side + 3) % side * side + (place % side + 3) % side }

    private static func peak(_ correlation: UnsafeMutableBufferPointer<Lanes>, _ lane: Int) -> Match {
        var best = correlation[0][lane]
        var place = 0
        var isOnly = true
        for candidate in 1..<side * side {
            let value = correlation[candidate][lane]
            if value > best {
                (best, place, isOnly) = (value, candidate, true)
            } else if value == best {
                isOnly = false
            }
        }
        guard isOnly else { return Match(x: 0, y: 0, peak: best) }
        let middle = shifted(place)
        return Match(x: middle % side - 3, y: 3 - middle / side, peak: best)
    }
}

/// Discrete Fourier transforms of 7 x 7 real values, eight blocks at once.
private enum Transform {
    typealias Lanes = PhaseCorrelation.Lanes

    // Cosines and sines of 2, 4 and 6 sevenths of pi.
    private static let c1 = 0.6234898018587336, c2 = -0.22252093395631434, c3 = -0.9009688679024191
    private static let s1 = 0.7818314824680298, s2 = 0.9749279121818236, s3 = 0.43388373911755823

    /// A complex value in each lane.
    struct Complex {
        var re: Lanes
        var im: Lanes
    }

    /// - Parameter out: for each of the frequencies 0 to 3 across and 0 to 6 down: real, imaginary.
    @inline(__always)
    static func forward(_ block: UnsafeMutableBufferPointer<Lanes>, _ out: UnsafeMutableBufferPointer<Lanes>) {
        withUnsafeTemporaryAllocation(of: Complex.self, capacity: 28) { rows in
            for row in 0..<7 {
                let x = UnsafeMutableBufferPointer(rebasing: block[(row * 7)..<(row * 7 + 7)])
                let e1 = x[1] + x[6], e2 = x[2] + x[5], e3 = x[3] + x[4]
                let o1 = x[1] - x[6], o2 = x[2] - x[5], o3 = x[3] - x[4]
                rows[row] = Complex(re: x[0] + e1 + e2 + e3, im: .zero)
                rows[7 + row] = Complex(re: x[0] + e1 * c1 + e2 * c2 + e3 * c3, im: -(o1 * s1 + o2 * s2 + o3 * s3))
                rows[14 + row] = Complex(re: x[0] + e1 * c2 + e2 * c3 + e3 * c1, im: -(o1 * s2 - o2 * s3 - o3 * s1))
                rows[21 + row] = Complex(re: x[0] + e1 * c3 + e2 * c1 + e3 * c2, im: -(o1 * s3 - o2 * s1 + o3 * s2))
            }
            for across in 0..<4 {
                let column = UnsafeMutableBufferPointer(rebasing: rows[(across * 7)..<(across * 7 + 7)])
                transform(column, sign: -1) { down, value in
                    out[(across * 7 + down) * 2] = value.re
                    out[(across * 7 + down) * 2 + 1] = value.im
                }
            }
        }
    }

    /// - Parameter out: absolute values of the 49 results, rows from the top.
    @inline(__always)
    static func inverse(_ phases: UnsafeMutableBufferPointer<Lanes>, _ out: UnsafeMutableBufferPointer<Lanes>) {
        withUnsafeTemporaryAllocation(of: Complex.self, capacity: 35) { scratch in
            let column = UnsafeMutableBufferPointer(rebasing: scratch[28...])
            for across in 0..<4 {
                for down in 0..<7 {
                    column[down] = Complex(re: phases[(across * 7 + down) * 2], im: phases[(across * 7 + down) * 2 + 1])
                }
                transform(column, sign: 1) { row, value in scratch[row * 4 + across] = value }
            }
            let scale = 1.0 / 49
            for row in 0..<7 {
                let z0 = scratch[row * 4].re, z1 = scratch[row * 4 + 1], z2 = scratch[row * 4 + 2], z3 = scratch[row * 4 + 3]
                // Frequencies 4 to 6 are the conjugates of 3 to 1.
                let r1 = z1.re * c1 + z2.re * c2 + z3.re * c3, i1 = z1.im * s1 + z2.im * s2 + z3.im * s3
                let r2 = z1.re * c2 + z2.re * c3 + z3.re * c1, i2 = z1.im * s2 - z2.im * s3 - z3.im * s1
                let r3 = z1.re * c3 + z2.re * c1 + z3.re * c2, i3 = z1.im * s3 - z2.im * s1 + z3.im * s2
                let line = row * 7
                out[line] = absolute((z0 + (z1.re + z2.re + z3.re) * 2) * scale)
                out[line + 1] = absolute((z0 + (r1 - i1) * 2) * scale)
                out[line + 6] = absolute((z0 + (r1 + i1) * 2) * scale)
                out[line + 2] = absolute((z0 + (r2 - i2) * 2) * scale)
                out[line + 5] = absolute((z0 + (r2 + i2) * 2) * scale)
                out[line + 3] = absolute((z0 + (r3 - i3) * 2) * scale)
                out[line + 4] = absolute((z0 + (r3 + i3) * 2) * scale)
            }
        }
    }

    @inline(__always)
    private static func absolute(_ value: Lanes) -> Lanes { value.replacing(with: -value, where: value .< 0) }

    /// Seven complex values; sign -1 forward, 1 back (without the division).
    @inline(__always)
    private static func transform(
        _ z: UnsafeMutableBufferPointer<Complex>, sign: Double, _ put: (Int, Complex) -> Void
    ) {
        let z0 = z[0]
        let e1 = Complex(re: z[1].re + z[6].re, im: z[1].im + z[6].im), o1 = Complex(re: z[1].re - z[6].re, im: z[1].im - z[6].im)
        let e2 = Complex(re: z[2].re + z[5].re, im: z[2].im + z[5].im), o2 = Complex(re: z[2].re - z[5].re, im: z[2].im - z[5].im)
        let e3 = Complex(re: z[3].re + z[4].re, im: z[3].im + z[4].im), o3 = Complex(re: z[3].re - z[4].re, im: z[3].im - z[4].im)
        put(0, Complex(re: z0.re + e1.re + e2.re + e3.re, im: z0.im + e1.im + e2.im + e3.im))
        @inline(__always)
        func pair(_ k: Int, _ a: Double, _ b: Double, _ c: Double, _ p: Double, _ q: Double, _ r: Double) {
            let re = z0.re + e1.re * a + e2.re * b + e3.re * c
            let im = z0.im + e1.im * a + e2.im * b + e3.im * c
            // i times sign times the sines' sum.
            let turnedRe = -(o1.im * p + o2.im * q + o3.im * r) * sign
            let turnedIm = (o1.re * p + o2.re * q + o3.re * r) * sign
            put(k, Complex(re: re + turnedRe, im: im + turnedIm))
            put(7 - k, Complex(re: re - turnedRe, im: im - turnedIm))
        }
        pair(1, c1, c2, c3, s1, s2, s3)
        pair(2, c2, c3, c1, s2, -s3, -s1)
        pair(3, c3, c1, c2, s3, -s1, s2)
    }
}
