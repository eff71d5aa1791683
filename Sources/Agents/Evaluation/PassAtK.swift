import Foundation

/// pass@k: how likely it is that one of k samples solves a task.
public enum PassAtK {
    /// The unbiased estimate 1 − C(n−c, k) / C(n, k), as a product, which neither overflows nor loses digits (Chen et al. 2021,
    /// "Evaluating Large Language Models Trained on Code").
    /// - Parameters: `samples` were taken, `passed` of them solved the task.
    /// - Throws: `EvaluationError.tooFewSamples`.
    public static func estimate(samples: Int, passed: Int, k: Int) throws -> Double {
        guard k >= 1, k <= samples else { throw EvaluationError.tooFewSamples(k: k, samples: samples) }
        if k == 1 { return Double(passed) / Double(samples) }
        guard samples - passed >= k else { return 1 }
        guard passed > 0 else { return 0 }
        var none = 1.0
        for count in samples - passed + 1...samples { none *= 1 - Double(k) / Double(count) }
        return 1 - none
    }
}

/// An estimate with its uncertainty over tasks.
public struct Interval: Sendable, Equatable, Codable {
    public enum Method: String, Sendable, Codable {
        case wilson
        case bootstrap
    }

    public var low: Double
    public var high: Double
    public var method: Method

    /// Wilson's 95 % score interval of a share (Wilson 1927), which also holds near 0 and 1, where the plain one collapses.
    public static func wilson(passed: Int, of count: Int) -> Interval {
        guard count > 0 else { return Interval(low: 0, high: 1, method: .wilson) }
        let (n, share, z) = (Double(count), Double(passed) / Double(count), 1.959_963_984_540_054)
        let middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return Interval(
            low: passed == 0 ? 0 : max(0, middle - half), high: passed == count ? 1 : min(1, middle + half), method: .wilson)
    }

    /// The 95 % percentile interval of a mean (Efron and Tibshirani 1993, "An Introduction to the Bootstrap"). The seed is fixed: the
    /// same results give the same interval.
    public static func bootstrap(meanOf values: [Double], resamples: Int = 4000) -> Interval {
        guard !values.isEmpty else { return Interval(low: 0, high: 1, method: .bootstrap) }
        var generator = SplitMix(state: 0x6D61_7274_6C65_74)
        var means = (0..<resamples).map { _ in
            var sum = 0.0
            for _ in values { sum += values[Int(generator.next() % UInt64(values.count))] }
            return sum / Double(values.count)
        }
        means.sort()
        func quantile(_ share: Double) -> Double { means[min(means.count - 1, Int(share * Double(means.count)))] }
        return Interval(low: quantile(0.025), high: quantile(0.975), method: .bootstrap)
    }
}

enum Statistics {
    static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }

    /// Of the mean of independent values; `nil` for fewer than two.
    static func standardError(_ values: [Double]) -> Double? {
        guard values.count > 1, let mean = mean(values) else { return nil }
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        return (variance / Double(values.count)).squareRoot()
    }

    /// The exact two-sided p-value of McNemar's test (McNemar 1947): as many tasks as `first + second` are solved by one run only.
    static func mcNemar(first: Int, second: Int) -> Double {
        let (count, least) = (first + second, min(first, second))
        guard count > 0 else { return 1 }
        var tail = 0.0
        for index in 0...least {
            let chance = lgamma(Double(count + 1)) - lgamma(Double(index + 1)) - lgamma(Double(count - index + 1)) - Double(count) * log(2)
            tail += exp(chance)
        }
        return min(1, 2 * tail)
    }
}

/// SplitMix64 (Steele et al. 2014): small, and the same on every machine.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
