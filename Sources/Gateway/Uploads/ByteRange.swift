/// A request's `Range` of one part (RFC 9110, 14.2). Several parts at once are ignored, as the standard allows.
package enum ByteRange: Sendable, Equatable {
    case range(Range<Int>)
    case unsatisfiable
    case ignored

    package static func parse(_ header: String, size: Int) -> ByteRange {
        guard header.hasPrefix("bytes="), !header.contains(",") else { return .ignored }
        let ends = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return .ignored }
        // Numbers beyond what an integer holds lie beyond every file.
        let first = ends[0].isEmpty ? nil : Int(ends[0]) ?? .max
        let last = ends[1].isEmpty ? nil : Int(ends[1]) ?? .max
        switch (first, last) {
        case (nil, nil): return .ignored
        case (nil, let count?): return count == 0 ? .unsatisfiable : .range(max(0, size - count)..<size)
        case (let first?, let last):
            guard first < size else { return .unsatisfiable }
            let last = min(last ?? size - 1, size - 1)
            return last < first ? .ignored : .range(first..<last + 1)
        }
    }
}
