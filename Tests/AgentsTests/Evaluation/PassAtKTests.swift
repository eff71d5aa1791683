import Agents
import Testing

@Suite("pass@k")
struct PassAtKTests {
    @Test("is the share of draws that hold a pass, counted one by one")
    func exact() throws {
        for samples in 1...7 {
            for passed in 0...samples {
                for k in 1...samples {
                    // Every choice of k among the samples, the first of which passed.
                    let draws = (0..<(1 << samples)).filter { $0.nonzeroBitCount == k }
                    let good = draws.count { $0 & ((1 << passed) - 1) != 0 }
                    let estimate = try PassAtK.estimate(samples: samples, passed: passed, k: k)
                    #expect(abs(estimate - Double(good) / Double(draws.count)) < 1e-12, "n \(samples) c \(passed) k \(k)")
                }
            }
        }
    }

    @Test("holds for many samples, and refuses more than there are")
    func bounds() throws {
        #expect(abs(try PassAtK.estimate(samples: 200, passed: 20, k: 100) - 0.999_999_6) < 1e-6)
        #expect(throws: EvaluationError.tooFewSamples(k: 2, samples: 1)) { try PassAtK.estimate(samples: 1, passed: 1, k: 2) }
        #expect(throws: EvaluationError.self) { try PassAtK.estimate(samples: 1, passed: 1, k: 0) }
    }

    @Test("intervals: Wilson's as published, the bootstrap's near the normal one")
    func intervals() {
        let wilson = Interval.wilson(passed: 8, of: 10)
        #expect(abs(wilson.low - 0.4902) < 1e-3 && abs(wilson.high - 0.9433) < 1e-3)
        #expect(Interval.wilson(passed: 0, of: 20).low == 0 && Interval.wilson(passed: 20, of: 20).high == 1)
        let values = (0..<100).map { $0 < 40 ? 1.0 : 0.0 }
        let bootstrap = Interval.bootstrap(meanOf: values)
        #expect(abs(bootstrap.low - 0.304) < 0.02 && abs(bootstrap.high - 0.496) < 0.02)
        #expect(bootstrap == .bootstrap(meanOf: values))
    }
}
