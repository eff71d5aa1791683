/// Which bytes of a file are there, in ranges that are fetched at the same time. A value: what happens comes in, what to
/// fetch next comes out.
public struct RangeMap: Sendable, Equatable, Codable {
    /// Bytes from `next` up to `end` are still to be had.
    public struct Range: Sendable, Equatable, Codable {
        public var start: Int64
        public var next: Int64
        public var end: Int64

        public var isComplete: Bool { next == end }
    }

    public let total: Int64
    public private(set) var ranges: [Range]
    /// Indices of ranges that somebody fetches at the moment.
    private var taken: Set<Int> = []

    private enum CodingKeys: CodingKey { case total, ranges }

    /// Ranges that one map may have; those of large files grow.
    public static let maxRanges: Int64 = 4096

    public init(total: Int64, rangeBytes: Int64) {
        self.total = max(0, total)
        let size = max(1, rangeBytes, self.total / Self.maxRanges + 1)
        ranges = stride(from: 0, to: self.total, by: Int64.Stride(size)).map { [total = self.total] start in
            Range(start: start, next: start, end: min(start + size, total))
        }
    }

    /// Whether a map that was read from a file can be one of ours.
    public var isSound: Bool {
        guard total >= 0, ranges.count <= Self.maxRanges else { return false }
        var position: Int64 = 0
        for range in ranges {
            guard range.start == position, range.start <= range.next, range.next <= range.end, range.start < range.end else {
                return false
            }
            position = range.end
        }
        return position == total
    }

    public var received: Int64 { ranges.reduce(0) { $0 + ($1.next - $1.start) } }
    public var isComplete: Bool { ranges.allSatisfy(\.isComplete) }

    /// The next range that nobody fetches; `nil` when there is none.
    public mutating func take() -> (index: Int, range: Range)? {
        guard let index = ranges.indices.first(where: { !ranges[$0].isComplete && !taken.contains($0) }) else { return nil }
        taken.insert(index)
        return (index, ranges[index])
    }

    /// More of a range is in the file. Never goes back, never beyond the range.
    public mutating func reached(_ position: Int64, in index: Int) {
        guard ranges.indices.contains(index) else { return }
        ranges[index].next = min(ranges[index].end, max(ranges[index].next, position))
    }

    /// Whoever fetched a range is done with it, or gave up.
    public mutating func giveBack(_ index: Int) { taken.remove(index) }
}
