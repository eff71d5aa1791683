import Foundation
import Media

/// A hash that looks alike for videos that look alike: 25 frames from all over the video in a 5 x 5 sprite, then the signs of its
/// lowest frequencies against their median (pHash, http://phash.org; Zauner 2010, "Implementation and Benchmarking of Perceptual
/// Image Hash Functions").
package enum PerceptualHash {
    static let columns = 5
    /// Pixels; as in the sprites of the players that compare such hashes.
    static let frameWidth = 160
    /// Hashes that differ in at most so many bits belong to one video.
    package static let sameWithin = 5

    /// Frames in the middle of equal parts of the video.
    package static func frameIndices(count: Int) -> [Int] {
        guard count > 0 else { return [] }
        let parts = columns * columns
        return (0..<parts).map { min(count - 1, (2 * $0 + 1) * count / (2 * parts)) }
    }

    /// - Parameter frames: all of one size.
    /// - Throws: `VideoQuestionError.pictureFailed`.
    package static func hash(_ frames: [RGBImage]) throws -> String? {
        guard let first = frames.first, frames.count == columns * columns else { return nil }
        let (width, height) = (first.width, first.height)
        var sprite = [UInt8](repeating: 0, count: width * height * 3 * frames.count)
        for (number, frame) in frames.enumerated() where frame.width == width && frame.height == height {
            let left = number % columns * width
            let top = number / columns * height
            for row in 0..<height {
                let target = ((top + row) * width * columns + left) * 3
                sprite.replaceSubrange(target..<target + width * 3, with: frame.pixels[row * width * 3..<(row + 1) * width * 3])
            }
        }
        let image = RGBImage(width: width * columns, height: height * columns, pixels: sprite)
        return hash(try PictureOperations.grey(try PictureOperations.resized(image, width: side, height: side)))
    }

    private static let side = 32
    private static let kept = 8

    static func hash(_ grey: GreyImage) -> String {
        let values = grey.pixels.map(Double.init)
        // DCT-II by its definition: 64 of 1024 coefficients, once per video.
        let cosines = (0..<kept).map { k in (0..<side).map { cos(Double.pi * (Double($0) + 0.5) * Double(k) / Double(side)) } }
        var coefficients: [Double] = []
        for v in 0..<kept {
            for u in 0..<kept {
                var sum = 0.0
                for y in 0..<side {
                    var row = 0.0
                    for x in 0..<side { row += values[y * side + x] * cosines[u][x] }
                    sum += row * cosines[v][y]
                }
                coefficients.append(sum)
            }
        }
        let median = coefficients.sorted()[coefficients.count / 2]
        var bits: UInt64 = 0
        for coefficient in coefficients { bits = bits << 1 | (coefficient > median ? 1 : 0) }
        let text = String(bits, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    package static func distance(_ a: String, _ b: String) -> Int {
        guard let a = UInt64(a, radix: 16), let b = UInt64(b, radix: 16) else { return 64 }
        return (a ^ b).nonzeroBitCount
    }
}
