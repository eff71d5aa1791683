/// Where runs of backticks are, so that the end of code is found without looking through the text again and again.
struct MarkdownCodeTicks {
    /// The places of the runs of each length, in order.
    private var places: [Int: [Int]] = [:]
    /// How many of them are behind us.
    private var passed: [Int: Int] = [:]
    private var lengths: [Int: Int] = [:]

    init(_ text: [Unicode.Scalar]) {
        var index = 0
        while index < text.count {
            guard text[index] == "`" else {
                index += 1
                continue
            }
            var end = index + 1
            while end < text.count, text[end] == "`" { end += 1 }
            places[end - index, default: []].append(index)
            lengths[index] = end - index
            index = end
        }
    }

    /// The length of the run at a place; one of which the first mark is escaped is shorter.
    func run(at place: Int) -> Int { lengths[place] ?? lengths[place - 1].map { $0 - 1 } ?? 1 }

    /// Where the next run of this length begins.
    mutating func closing(of length: Int, from start: Int) -> Int? {
        guard let places = places[length] else { return nil }
        var next = passed[length] ?? 0
        while next < places.count, places[next] < start { next += 1 }
        passed[length] = next
        return next < places.count ? places[next] : nil
    }
}
