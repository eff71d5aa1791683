/// How many letters two short texts differ in. Two neighbours that have changed places count once.
package enum EditDistance {
    package static func between(_ one: String, _ other: String) -> Int {
        let one = Array(one)
        let other = Array(other)
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for row in one.indices {
            var distances = [row + 1]
            for column in other.indices {
                let isSame = one[row] == other[column]
                var distance = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, distances[column] + 1)
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    distance = min(distance, beforeLast[column - 1] + 1)
                }
                distances.append(distance)
            }
            beforeLast = last
            last = distances
        }
        return last[other.count]
    }
}
