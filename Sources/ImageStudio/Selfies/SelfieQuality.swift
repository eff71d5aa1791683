import Engines
import Media

/// How sharp a picture is and how its light is spread.
package struct SelfieQuality: Sendable, Equatable {
    /// The variance of the Laplacian.
    package let sharpness: Double
    /// The mean of the grey levels, 0 to 255.
    package let meanGrey: Double
    /// The grey level that a twentieth of the pixels don't exceed.
    package let darkGrey: Int
    /// The grey level that a twentieth of the pixels reach or exceed.
    package let lightGrey: Int
    /// The part of the pixels that is almost white, 0 to 1.
    package let burntShare: Double

    /// Below this a picture is of no use.
    package static let least = 0.2
    /// A Laplacian of this variance counts as fully sharp.
    private static let sharp = 150.0

    /// - Throws: `NativeEngineError.computationFailed`.
    package init(of image: RGBImage) throws {
        let greys = try image.greyLevels()
        var histogram = [Int](repeating: 0, count: 256)
        for grey in greys { histogram[Int(grey)] += 1 }
        let sum = histogram.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        meanGrey = Double(sum) / Double(max(1, greys.count))
        burntShare = Double(histogram[250...].reduce(0, +)) / Double(max(1, greys.count))
        darkGrey = Self.level(in: histogram, above: greys.count / 20)
        lightGrey = Self.level(in: histogram, above: greys.count - greys.count / 20 - 1)
        sharpness = Self.laplacianVariance(greys, width: image.width, height: image.height)
    }

    /// The quality, 0 to 1.
    /// - Parameter faces: how many there are in the picture: one alone is best.
    package func score(faces: Int) -> Double {
        let penalty = faces == 0 ? 0.3 : faces == 1 ? 1 : 0.7
        return (0.6 * min(1, sharpness / Self.sharp) + 0.4 * (1 - min(1, abs(meanGrey - 128) / 128))) * penalty
    }

    /// The score as it is told: three places.
    package func roundedScore(faces: Int) -> Double { (score(faces: faces) * 1000).rounded() / 1000 }

    // Light is judged by the ends of its range, not by its mean: dark skin or dark hair make no dark picture.
    package var isTooDark: Bool { lightGrey < 80 }
    package var isTooBright: Bool { darkGrey > 150 || burntShare > 0.6 }
    /// So little sharpness that it costs half of its share or more.
    package var isBlurred: Bool { sharpness < Self.sharp / 2 }

    /// The population variance of OpenCV's `Laplacian` with an aperture of 1: the four neighbours less four times the pixel. Beyond
    /// the border the picture is mirrored about its outermost pixels (`BORDER_REFLECT_101`).
    private static func laplacianVariance(_ greys: [UInt8], width: Int, height: Int) -> Double {
        guard !greys.isEmpty else { return 0 }
        var (sum, squares) = (0, 0)
        greys.withUnsafeBufferPointer { greys in
            for row in 0..<height {
                let above = (row > 0 ? row - 1 : min(1, height - 1)) * width
                let below = (row < height - 1 ? row + 1 : max(0, height - 2)) * width
                for column in 0..<width {
                    let before = column > 0 ? column - 1 : min(1, width - 1)
                    let behind = column < width - 1 ? column + 1 : max(0, width - 2)
                    let line = row * width
                    let neighbours = Int(greys[above + column]) + Int(greys[below + column]) + Int(greys[line + before]) + Int(greys[line + behind])
                    let value = neighbours - 4 * Int(greys[line + column])
                    sum += value
                    squares += value * value
                }
            }
        }
        let mean = Double(sum) / Double(greys.count)
        return max(0, Double(squares) / Double(greys.count) - mean * mean)
    }

    /// The level of the pixel with that many before it, from dark to light.
    private static func level(in histogram: [Int], above rank: Int) -> Int {
        var seen = 0
        for (level, count) in histogram.enumerated() {
            seen += count
            if seen > rank { return level }
        }
        return histogram.count - 1
    }
}
