import ModelHub
import Testing

@Suite struct RetryPlanTests {
    static func plan(_ retries: Int = 5) -> RetryPlan {
        RetryPlan(retries: retries, first: .milliseconds(500), last: .seconds(8))
    }

    @Test func doublesAndGivesUp() {
        var plan = Self.plan()
        let delays: [Duration] = [.milliseconds(500), .seconds(1), .seconds(2), .seconds(4), .seconds(8)]
        for delay in delays { #expect(plan.failed(newBytes: 0) == .retry(after: delay)) }
        #expect(plan.failed(newBytes: 0) == .giveUp)
        #expect(plan.failed(newBytes: 0) == .giveUp)
    }

    @Test func staysAtTheLongestDelay() {
        var plan = Self.plan(7)
        for _ in 0..<5 { _ = plan.failed(newBytes: 0) }
        #expect(plan.failed(newBytes: 0) == .retry(after: .seconds(8)))
        #expect(plan.failed(newBytes: 0) == .retry(after: .seconds(8)))
        #expect(plan.failed(newBytes: 0) == .giveUp)
    }

    @Test func headwayStartsTheCountAnew() {
        var plan = Self.plan(2)
        for _ in 0..<20 { #expect(plan.failed(newBytes: RetryPlan.headway) == .retry(after: .milliseconds(500))) }
        #expect(plan.failed(newBytes: RetryPlan.headway - 1) == .retry(after: .seconds(1)))
        #expect(plan.failed(newBytes: 1) == .giveUp)
    }

    @Test func heedsThePeersWishWithinReason() {
        var plan = Self.plan()
        #expect(plan.failed(newBytes: 0, asked: .seconds(3)) == .retry(after: .seconds(3)))
        #expect(plan.failed(newBytes: 0, asked: .milliseconds(1)) == .retry(after: .seconds(1)))
        #expect(plan.failed(newBytes: 0, asked: .seconds(86_400)) == .retry(after: .seconds(60)))
    }

    @Test func noRetriesAtAll() {
        var plan = Self.plan(0)
        #expect(plan.failed(newBytes: 0) == .giveUp)
    }
}
