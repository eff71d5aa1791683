import Foundation
import Media

/// Finds the one thing that moves before a still background, also when no detector knows its name.
public enum MovingRegion {
    /// Differences below are noise, 0 to 255 per channel.
    static let leastContrast = 40
    static let leastShare = 0.003
    static let largestShare = 0.35

    /// - Parameters:
    ///   - frames: the small pictures of one scene with a still camera, all the same size, in order of time.
    /// - Returns: a track labelled with the thing's colour (`red object`), when it moved clearly in one direction.
    public static func track(in frames: [FrameSignature]) -> EvidenceSummary.Track? {
        guard frames.count >= 4, let first = frames.first?.thumbnail else { return nil }
        guard frames.allSatisfy({ $0.thumbnail.size == first.size }) else { return nil }
        let background = median(of: frames.map(\.thumbnail))
        let (width, height) = (first.width, first.height)
        var path: [(time: Double, x: Double, y: Double)] = []
        var colours = [Int](repeating: 0, count: ColourPalette.names.count)
        for frame in frames {
            var (count, sumX, sumY) = (0, 0, 0)
            let pixels = frame.thumbnail.pixels
            for y in 0..<height {
                for x in 0..<width {
                    let at = (y * width + x) * 3
                    let contrast = (0..<3).map { abs(Int(pixels[at + $0]) - Int(background[at + $0])) }.max() ?? 0
                    guard contrast >= leastContrast else { continue }
                    count += 1
                    sumX += x
                    sumY += y
                    colours[ColourPalette.index(red: pixels[at], green: pixels[at + 1], blue: pixels[at + 2])] += 1
                }
            }
            let share = Double(count) / Double(width * height)
            guard share >= leastShare, share <= largestShare else { continue }
            path.append(
                (frame.time, (Double(sumX) / Double(count) + 0.5) / Double(width),
                 (Double(sumY) / Double(count) + 0.5) / Double(height)))
        }
        guard path.count * 2 >= frames.count, path.count >= 4, let start = path.first, let end = path.last else { return nil }
        let (dx, dy) = (end.x - start.x, end.y - start.y)
        let length = zip(path, path.dropFirst()).map { hypot($1.x - $0.x, $1.y - $0.y) }.reduce(0, +)
        guard hypot(dx, dy) >= 0.12, hypot(dx, dy) >= 0.6 * length else { return nil }
        let direction = abs(dx) >= abs(dy) ? (dx > 0 ? "right" : "left") : (dy > 0 ? "down" : "up")
        let colour = ColourPalette.strongest(in: colours).first ?? ""
        let middle = path.map(\.x).reduce(0, +) / Double(path.count)
        return EvidenceSummary.Track(
            label: "\(colour) object", start: start.time, end: end.time, score: 0.5,
            position: ObjectTracker.position(middle), motion: direction)
    }

    private static func median(of images: [RGBImage]) -> [UInt8] {
        let step = max(1, images.count / 15)
        let chosen = stride(from: 0, to: images.count, by: step).map { images[$0].pixels }
        return (0..<chosen[0].count).map { byte in
            let values = chosen.map { $0[byte] }.sorted()
            return values[values.count / 2]
        }
    }
}
