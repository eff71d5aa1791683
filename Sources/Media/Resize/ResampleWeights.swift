/// The weights of one axis of an antialiased bicubic resize: for each output position the first source position and the
/// weights from there on. Keys' cubic with a = -0.5, widened when shrinking, as torchvision and Pillow define it.
struct ResampleWeights<Weight: Sendable & ExpressibleByIntegerLiteral>: Sendable {
    let starts: [Int]
    let counts: [Int]
    /// `taps` weights for each output position, unused ones zero.
    let weights: [Weight]
    let taps: Int

    /// - Parameter quantise: turns a weight, a part of 1, into the kind that the arithmetic uses.
    init(from source: Int, to target: Int, quantise: (Double) -> Weight) {
        let scale = Double(source) / Double(target)
        let stretch = max(scale, 1)
        let support = 2 * stretch
        let taps = Int(support.rounded(.up)) * 2 + 1
        var starts: [Int] = []
        var counts: [Int] = []
        var weights = [Weight](repeating: 0, count: taps * target)
        for position in 0..<target {
            let centre = scale * (Double(position) + 0.5)
            let low = max(Int(centre - support + 0.5), 0)
            let high = min(Int(centre + support + 0.5), source)
            // The reciprocals are Pillow's, whose weights are rounded to bits and so must agree to the last one.
            let raw = (low..<high).map { Self.cubic((Double($0) - centre + 0.5) * (1 / stretch)) }
            let share = 1 / raw.reduce(0, +)
            for (offset, weight) in raw.enumerated() { weights[position * taps + offset] = quantise(weight * share) }
            starts.append(low)
            counts.append(high - low)
        }
        self.starts = starts
        self.counts = counts
        self.weights = weights
        self.taps = taps
    }

    private static func cubic(_ x: Double) -> Double {
        let a = -0.5
        let x = abs(x)
        if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
        if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
        return 0
    }
}

extension ResampleWeights<Float> {
    init(from source: Int, to target: Int) { self.init(from: source, to: target) { Float($0) } }
}
