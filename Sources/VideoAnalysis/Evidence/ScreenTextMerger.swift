import Engines
import Foundation

/// Joins the lines of text read in single frames into texts with a start and an end, keeping each line's best reading.
public struct ScreenTextMerger: Sendable {
    /// Lines below are taken for misreadings.
    static let leastScore = 0.6
    /// How alike two readings of one line are, 0 to 1.
    static let leastLikeness = 0.7

    private struct Line {
        /// Sums of scores by reading.
        var readings: [String: Double]
        var bestScores: [String: Double]
        var start: Double
        var end: Double
        var box: PixelRect
        var order: Int
        var count: Int

        var best: String {
            readings.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
        }
    }

    private var lines: [Line] = []
    private var readTimes: [Double] = []

    public init() {}

    /// The lines read in one frame. Call in order of time, also for frames without text.
    /// - Parameter regions: boxes in shares of the picture.
    public mutating func add(_ regions: [TextRegion], at time: Double) {
        let previous = readTimes.last
        readTimes.append(time)
        var taken = Set<Int>()
        for (order, region) in Self.joined(regions).enumerated() {
            let text = Self.tidied(region.text)
            guard region.score >= Self.leastScore, Self.letters(text).count >= 2 || text.contains(where: \.isNumber) else { continue }
            // A line lives on when the frame read before showed it too, or the one before that (a missed reading).
            let longest = max(2.5, previous.map { 2.2 * (time - $0) } ?? 0)
            let match = lines.indices
                .filter { !taken.contains($0) && time - lines[$0].end <= longest }
                .map { (index: $0, likeness: Self.likeness(lines[$0].best, text)) }
                .filter { $0.likeness >= Self.leastLikeness }
                .max { ($0.likeness, $1.index) < ($1.likeness, $0.index) }
            if let match {
                taken.insert(match.index)
                lines[match.index].readings[text, default: 0] += region.score
                lines[match.index].bestScores[text] = max(lines[match.index].bestScores[text] ?? 0, region.score)
                lines[match.index].end = time
                lines[match.index].count += 1
            } else {
                taken.insert(lines.count)
                lines.append(
                    Line(
                        readings: [text: region.score], bestScores: [text: region.score], start: time, end: time,
                        box: region.box, order: order, count: 1))
            }
        }
    }

    /// The texts in order of time, lines that appear together in reading order.
    /// - Parameter scenes: where scenes begin and end: a text seen in the first or last frame read of a scene is taken to be
    ///   there from its start or to its end.
    public func texts(scenes: [ClosedRange<Double>] = []) -> [EvidenceSummary.ScreenText] {
        lines
            // One weak sighting among many frames is more likely dirt than text.
            .filter { $0.count > 1 || ($0.bestScores.values.max() ?? 0) >= 0.75 }
            .map { line -> (EvidenceSummary.ScreenText, Int) in
                let text = line.best
                var (start, end) = (line.start, line.end)
                for scene in scenes where scene.lowerBound <= line.start && line.start < scene.upperBound {
                    let firstRead = readTimes.first { $0 >= scene.lowerBound } ?? line.start
                    if line.start <= firstRead { start = scene.lowerBound }
                }
                for scene in scenes where scene.lowerBound <= line.end && line.end < scene.upperBound {
                    let lastRead = readTimes.last { $0 < scene.upperBound } ?? line.end
                    if line.end >= lastRead { end = scene.upperBound }
                }
                return (
                    EvidenceSummary.ScreenText(
                        text: text, start: start, end: max(start, end), score: line.bestScores[text] ?? 0),
                    line.order
                )
            }
            .sorted { ($0.0.start, $0.1) < ($1.0.start, $1.1) }
            .map(\.0)
    }

    /// 1 for equal texts, falling with each changed, missing or additional letter. Case, spaces, signs and look-alikes (0 and O) don't count.
    public static func likeness(_ a: String, _ b: String) -> Double {
        let (digitsA, digitsB) = (a.filter(\.isNumber), b.filter(\.isNumber))
        let (a, b) = (folded(a), folded(b))
        guard !a.isEmpty || !b.isEmpty else { return 1 }
        guard !a.isEmpty, !b.isEmpty else { return 0 }
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in b.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
            }
        }
        let likeness = 1 - Double(row[b.count]) / Double(max(a.count, b.count))
        // Digits that differ are different facts, however alike the rest is; a reading that merely lacks an end is not.
        let isPart = String(a).contains(String(b)) || String(b).contains(String(a))
        let differs = digitsA != digitsB && a.filter(\.isNumber) != b.filter(\.isNumber)
        return differs && !isPart ? min(0.5, likeness) : likeness
    }

    /// Pieces of one line, side by side with a gap no wider than a few letters, become one.
    private static func joined(_ regions: [TextRegion]) -> [TextRegion] {
        var lines: [TextRegion] = []
        for region in regions {
            guard let last = lines.last else {
                lines.append(region)
                continue
            }
            let (a, b) = (last.box, region.box)
            let shared = min(a.y + a.height, b.y + b.height) - max(a.y, b.y)
            let gap = b.x - (a.x + a.width)
            let height = min(a.height, b.height)
            // Shares of the height are about twice shares of the width in common pictures.
            guard height > 0, shared >= 0.6 * height, gap >= -0.2 * height, gap <= 0.9 * height else {
                lines.append(region)
                continue
            }
            lines[lines.count - 1] = TextRegion(
                text: last.text + " " + region.text, score: min(last.score, region.score),
                box: PixelRect(
                    x: a.x, y: min(a.y, b.y), width: b.x + b.width - a.x,
                    height: max(a.y + a.height, b.y + b.height) - min(a.y, b.y)))
        }
        return lines
    }

    /// Letters and digits with those made equal that readers take for one another.
    private static func folded(_ text: String) -> [Character] {
        letters(text).map { letter in
            switch letter {
            case "o": "0"
            case "i", "l": "1"
            case "s": "5"
            case "b": "8"
            default: letter
            }
        }
    }

    private static func letters(_ text: String) -> [Character] {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    private static func tidied(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(200).description
    }
}
