/// How alike two texts are: twice the length of what they have in common, in order, through the length of both.
///
///     SequenceSimilarity.of("Hello world", "Hello, world!")   // 0.92
public enum SequenceSimilarity {
    /// Characters that are looked at; what comes behind counts as different.
    static let longest = 20_000

    /// - Returns: 0: nothing in common; 1: equal.
    public static func of(_ first: String, _ second: String) -> Double {
        let (first, second) = (Array(first), Array(second))
        guard !first.isEmpty || !second.isEmpty else { return 1 }
        return 2 * Double(common(first.prefix(longest), second.prefix(longest))) / Double(first.count + second.count)
    }

    /// The most that the similarity of texts of these lengths can be.
    static func most(_ first: Int, _ second: Int) -> Double {
        first + second == 0 ? 1 : 2 * Double(min(first, second)) / Double(first + second)
    }

    /// The length of the longest common subsequence. A row of the usual table is the bits of some words here: a zero stands where the
    /// length grows (Crochemore, Iliopoulos, Pinzon and Reid, "A fast and practical bit-vector algorithm for the longest common
    /// subsequence problem", 2001).
    private static func common(_ first: ArraySlice<Character>, _ second: ArraySlice<Character>) -> Int {
        let words = (first.count + 63) / 64
        guard words > 0 else { return 0 }
        var places: [Character: [UInt64]] = [:]
        for (place, character) in first.enumerated() {
            places[character, default: Array(repeating: 0, count: words)][place / 64] |= 1 << (place % 64)
        }
        var row = Array(repeating: UInt64.max, count: words)
        for character in second {
            guard let matches = places[character] else { continue }
            var carry: UInt64 = 0
            for word in 0..<words {
                let matched = row[word] & matches[word]
                let (half, firstOverflow) = row[word].addingReportingOverflow(matched)
                let (sum, secondOverflow) = half.addingReportingOverflow(carry)
                carry = firstOverflow || secondOverflow ? 1 : 0
                row[word] = sum | (row[word] & ~matched)
            }
        }
        // Beyond the first text nothing matches, and no bit falls.
        return words * 64 - row.reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
