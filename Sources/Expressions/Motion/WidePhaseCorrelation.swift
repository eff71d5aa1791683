import Foundation

/// Martlet's own estimator (`improved`): phase correlation of a window of 32 x 32 pixels around each block, with fractions of pixels.
///
/// A block of 7 x 7 pixels holds too little texture to tell a motion of one pixel. Here the windows of neighbouring blocks overlap; their
/// mean is removed, so that brightness doesn't count; a Gaussian over the phases keeps the low frequencies, where pictures have their
/// signal; and a parabola through the logarithms around the peak, which is then Gaussian itself, gives its place between pixels.
///
/// Source: K. Takita, T. Aoki, Y. Sasaki, T. Higuchi and K. Kobayashi, "High-accuracy subpixel image registration based on phase-only
/// correlation", 2003.
package struct WidePhaseCorrelation: Sendable {
    typealias Lanes = SIMD16<Float>

    static let lanes = Lanes.scalarCount
    /// Pixels of a window's side, and how many of them lie before its block and behind it.
    package static let window = 32
    package static let before = 13
    package static let behind = window - before - BlockMotion.side
    /// Motions up to this many pixels are found.
    private static let reach = 3
    /// Displacements computed: one more on each side, for the parabola.
    private static let span = 2 * (reach + 1) + 1
    /// Frequencies that matter under the Gaussian: 0 to 11 across, -11 to 11 down.
    private static let across = 12
    private static let down = 2 * across - 1
    /// The Gaussian's standard deviation, cycles a pixel.
    private static let deviation = 0.12
    /// A peak below this share of a perfect one is noise, and no motion is claimed.
    private static let leastPeak: Float = 0.3

    private let hann: [Float]
    /// cos and sin of 2 pi k x / 32 by frequency and position.
    private let cosines: [Float]
    private let sines: [Float]
    /// By frequency across and down; those beyond 0 across count twice, for their mirrored ones. Sum 1.
    private let gains: [Float]

    package init() {
        let side = Self.window
        hann = (0..<side).map { Float(0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(side))) }
        let angle = { (k: Int, x: Int) in 2 * Double.pi * Double(k * x) / Double(side) }
        cosines = (0..<Self.across).flatMap { k in (0..<side).map { Float(cos(angle(k, $0))) } }
        sines = (0..<Self.across).flatMap { k in (0..<side).map { Float(sin(angle(k, $0))) } }
        var gains = [Double](repeating: 0, count: Self.across * Self.down)
        for kx in 0..<Self.across {
            for ky in 0..<Self.down {
                let (u, v) = (Double(kx) / Double(side), Double(ky - Self.across + 1) / Double(side))
                let isMean = kx == 0 && ky == Self.across - 1
                gains[kx * Self.down + ky] = isMean ? 0 : (kx == 0 ? 1 : 2) * exp(-(u * u + v * v) / (2 * Self.deviation * Self.deviation))
            }
        }
        let sum = gains.reduce(0, +)
        self.gains = gains.map { Float($0 / sum) }
    }

    /// Spectra of a region's windows, sixteen to a group.
    package struct Spectra: Sendable {
        fileprivate let blocks: Int
        fileprivate var values: [Lanes]
    }

    private static let groupSize = across * down * 2

    /// Transforms the windows around a region's blocks.
    /// - Parameter patch: the region with `before` pixels on its left and top and `behind` on its right and bottom.
    package func spectra(_ patch: [Float], columns: Int, rows: Int) -> Spectra {
        let width = Self.before + columns * BlockMotion.side + Self.behind
        let blocks = columns * rows
        let groups = (blocks + Self.lanes - 1) / Self.lanes
        let side = Self.window
        let values = [Lanes](unsafeUninitializedCapacity: groups * Self.groupSize) { out, count in
            withUnsafeTemporaryAllocation(of: Lanes.self, capacity: side * side + side * Self.across * 2) { scratch in
                let pixels = UnsafeMutableBufferPointer(rebasing: scratch[..<(side * side)])
                let lines = UnsafeMutableBufferPointer(rebasing: scratch[(side * side)...])
                for group in 0..<groups {
                    gather(patch, width, columns, first: group * Self.lanes, blocks: blocks, pixels)
                    removeMean(pixels)
                    transform(pixels, lines, UnsafeMutableBufferPointer(rebasing: out[(group * Self.groupSize)...]))
                }
            }
            count = groups * Self.groupSize
        }
        return Spectra(blocks: blocks, values: values)
    }

    private func gather(
        _ patch: [Float], _ width: Int, _ columns: Int, first: Int, blocks: Int, _ pixels: UnsafeMutableBufferPointer<Lanes>
    ) {
        for lane in 0..<Self.lanes {
            // Lanes without a block repeat the last one.
            let block = min(first + lane, blocks - 1)
            let start = block / columns * BlockMotion.side * width + block % columns * BlockMotion.side
            for y in 0..<Self.window {
                for x in 0..<Self.window { pixels[y * Self.window + x][lane] = patch[start + y * width + x] }
            }
        }
    }

    /// Takes the weighted mean away, then applies the weights.
    private func removeMean(_ pixels: UnsafeMutableBufferPointer<Lanes>) {
        var sum = Lanes.zero
        var total: Float = 0
        for y in 0..<Self.window {
            for x in 0..<Self.window {
                let weight = hann[y] * hann[x]
                sum.addProduct(pixels[y * Self.window + x], Lanes(repeating: weight))
                total += weight
            }
        }
        let mean = sum / total
        for y in 0..<Self.window {
            for x in 0..<Self.window { pixels[y * Self.window + x] = (pixels[y * Self.window + x] - mean) * (hann[y] * hann[x]) }
        }
    }

    private func transform(
        _ pixels: UnsafeMutableBufferPointer<Lanes>, _ lines: UnsafeMutableBufferPointer<Lanes>, _ out: UnsafeMutableBufferPointer<Lanes>
    ) {
        let side = Self.window
        for y in 0..<side {
            for k in 0..<Self.across {
                var re = Lanes.zero, im = Lanes.zero
                for x in 0..<side {
                    let value = pixels[y * side + x]
                    re.addProduct(value, Lanes(repeating: cosines[k * side + x]))
                    im.addProduct(value, Lanes(repeating: sines[k * side + x]))
                }
                lines[(k * side + y) * 2] = re
                lines[(k * side + y) * 2 + 1] = -im
            }
        }
        for k in 0..<Self.across {
            for down in 0..<Self.across {
                // Frequencies down and -down together: a cosine's and a sine's part.
                var rc = Lanes.zero, ic = Lanes.zero, rs = Lanes.zero, `is` = Lanes.zero
                for y in 0..<side {
                    let re = lines[(k * side + y) * 2], im = lines[(k * side + y) * 2 + 1]
                    let c = Lanes(repeating: cosines[down * side + y]), s = Lanes(repeating: sines[down * side + y])
                    rc.addProduct(re, c)
                    ic.addProduct(im, c)
                    rs.addProduct(re, s)
                    `is`.addProduct(im, s)
                }
                let plus = (k * Self.down + Self.across - 1 + down) * 2, minus = (k * Self.down + Self.across - 1 - down) * 2
                out[plus] = rc + `is`
                out[plus + 1] = ic - rs
                out[minus] = rc - `is`
                out[minus + 1] = ic + rs
            }
        }
    }

    /// How each block moved, and how high its peak is (1: the whole window moved as one).
    package func motions(_ current: Spectra, from baseline: Spectra) -> [(motion: BlockMotion, peak: Float)] {
        var motions: [(BlockMotion, Float)] = []
        motions.reserveCapacity(current.blocks)
        let span = Self.span
        withUnsafeTemporaryAllocation(of: Lanes.self, capacity: Self.across * span * 2 + span * span) { scratch in
            let lines = UnsafeMutableBufferPointer(rebasing: scratch[..<(Self.across * span * 2)])
            let surface = UnsafeMutableBufferPointer(rebasing: scratch[(Self.across * span * 2)...])
            for first in stride(from: 0, to: current.blocks, by: Self.lanes) {
                correlate(current.values, baseline.values, first / Self.lanes * Self.groupSize, lines, surface)
                for lane in 0..<min(Self.lanes, current.blocks - first) { motions.append(Self.peak(surface, lane)) }
            }
        }
        return motions
    }

    private func correlate(
        _ current: [Lanes], _ baseline: [Lanes], _ offset: Int, _ lines: UnsafeMutableBufferPointer<Lanes>,
        _ surface: UnsafeMutableBufferPointer<Lanes>
    ) {
        let (span, side) = (Self.span, Self.window)
        for index in 0..<lines.count { lines[index] = .zero }
        for kx in 0..<Self.across {
            for ky in 0..<Self.down {
                let at = offset + (kx * Self.down + ky) * 2
                let cr = current[at], ci = current[at + 1], br = baseline[at], bi = baseline[at + 1]
                let real = cr * br + ci * bi, imaginary = ci * br - cr * bi
                let square = real * real + imaginary * imaginary
                let gain = (gains[kx * Self.down + ky] / square.squareRoot()).replacing(with: 0, where: square .< 1e-12)
                let re = real * gain, im = imaginary * gain
                let frequency = ky - Self.across + 1
                for d in 0..<span {
                    let place = ((frequency * (d - span / 2)) % side + side) % side
                    let c = Lanes(repeating: cosines[side + place]), s = Lanes(repeating: sines[side + place])
                    lines[(kx * span + d) * 2] += re * c - im * s
                    lines[(kx * span + d) * 2 + 1] += re * s + im * c
                }
            }
        }
        for dy in 0..<span {
            for dx in 0..<span {
                var sum = Lanes.zero
                for kx in 0..<Self.across {
                    let place = ((kx * (dx - span / 2)) % side + side) % side
                    sum.addProduct(lines[(kx * span + dy) * 2], Lanes(repeating: cosines[side + place]))
                    sum.addProduct(lines[(kx * span + dy) * 2 + 1], Lanes(repeating: -sines[side + place]))
                }
                surface[dy * span + dx] = sum
            }
        }
    }

    private static func peak(_ surface: UnsafeMutableBufferPointer<Lanes>, _ lane: Int) -> (BlockMotion, Float) {
        var best = -Float.infinity
        var place = (x: 0, y: 0)
        for y in 1..<span - 1 {
            for x in 1..<span - 1 where surface[y * span + x][lane] > best {
                best = surface[y * span + x][lane]
                place = (x, y)
            }
        }
        guard best >= leastPeak else { return (.none, max(0, best)) }
        let at = { (x: Int, y: Int) in Double(max(surface[y * span + x][lane], best * 1e-3)) }
        let middle = log(Double(best))
        let fraction = { (before: Double, behind: Double) -> Double in
            let curve = log(before) - 2 * middle + log(behind)
            return curve < 0 ? min(0.5, max(-0.5, (log(before) - log(behind)) / (2 * curve))) : 0
        }
        let x = Double(place.x - span / 2) + fraction(at(place.x - 1, place.y), at(place.x + 1, place.y))
        let y = Double(place.y - span / 2) + fraction(at(place.x, place.y - 1), at(place.x, place.y + 1))
        return (BlockMotion(x: x, y: -y), best)
    }
}
