/// Finds cuts in a series of differences between neighbouring frames.
public enum SceneCuts {
    /// Below this no difference is a cut.
    public static let floor = 0.22
    /// From this on a difference is a cut in any surroundings where the picture else holds still.
    public static let certain = 0.45
    /// Seconds; shorter scenes are counted to the one before.
    public static let shortest = 0.4

    /// - Parameters:
    ///   - differences: `differences[i]` lies between the frames at `times[i]` and `times[i + 1]`.
    ///   - times: seconds, ascending.
    /// - Returns: positions of the frames that begin a scene, the first frame's among them.
    public static func starts(differences: [Double], times: [Double]) -> [Int] {
        guard !times.isEmpty else { return [] }
        var starts = [0]
        for (index, difference) in differences.enumerated() where index + 1 < times.count && difference >= floor {
            // A cut stands out of its surroundings: a pan or a shaking hand raises the neighbours too.
            let around = differences.indices
                .filter { $0 != index && abs($0 - index) <= 4 }
                .map { differences[$0] }
                .sorted()
            let usual = around.isEmpty ? 0 : around[around.count / 2]
            let isPeak = [index - 1, index + 1].allSatisfy {
                !differences.indices.contains($0) || differences[$0] <= difference
                    || differences[$0] < floor
            }
            let standsOut = difference >= max(floor, 2.5 * usual)
            guard standsOut && (isPeak || difference >= certain) else { continue }
            if times[index + 1] - times[starts[starts.count - 1]] >= shortest { starts.append(index + 1) }
        }
        return starts
    }
}
