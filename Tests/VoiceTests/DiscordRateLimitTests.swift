import Foundations
import Testing
import Voice

@Suite struct DiscordRateLimitTests {
    typealias Route = RateLimitBuckets.Route
    typealias Answer = RateLimitBuckets.Answer

    static let start = ContinuousClock.now
    static let send = Route("POST /channels/*/messages", major: "1")
    static let elsewhere = Route("POST /channels/*/messages", major: "2")
    static let edit = Route("PATCH /channels/*/messages/*", major: "1")

    static func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// Makes a call that is let through at once.
    static func call(_ buckets: inout RateLimitBuckets, _ route: Route, _ answer: Answer?, at seconds: Double = 0) {
        #expect(buckets.admit(route, now: at(seconds)) == nil)
        buckets.finish(route, buckets.key(of: route), answer, now: at(seconds))
    }

    @Test func anUnknownBucketTakesOneCallAtATime() {
        var buckets = RateLimitBuckets()
        #expect(buckets.admit(Self.send, now: Self.start) == nil)
        let wait = buckets.admit(Self.send, now: Self.start)
        #expect(wait != nil)
        // Another channel has a bucket of its own.
        #expect(buckets.admit(Self.elsewhere, now: Self.start) == nil)
        buckets.finish(Self.send, buckets.key(of: Self.send), Answer(bucket: "m", remaining: 4, resetAfter: .seconds(5)), now: Self.start)
        #expect(buckets.admit(Self.send, now: Self.start) == nil)
    }

    @Test func anEmptyBucketIsWaitedFor() {
        var buckets = RateLimitBuckets()
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 1, resetAfter: .seconds(5)))
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 0, resetAfter: .seconds(4)), at: 1)
        #expect(buckets.admit(Self.send, now: Self.at(2)) == .seconds(3))
        #expect(buckets.admit(Self.elsewhere, now: Self.at(2)) == nil)
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 4, resetAfter: .seconds(5)), at: 5)
    }

    @Test func callsUnderWayAreCounted() {
        var buckets = RateLimitBuckets()
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 2, resetAfter: .seconds(5)))
        let key = buckets.key(of: Self.send)
        #expect(buckets.admit(Self.send, now: Self.start) == nil)
        #expect(buckets.admit(Self.send, now: Self.start) == nil)
        let third = buckets.admit(Self.send, now: Self.start)
        #expect(third != nil)
        // One came back without an answer; the other says that the bucket is empty.
        buckets.finish(Self.send, key, nil, now: Self.start)
        buckets.finish(Self.send, key, Answer(bucket: "m", remaining: 0, resetAfter: .seconds(3)), now: Self.start)
        #expect(buckets.admit(Self.send, now: Self.at(1)) == .seconds(2))
    }

    @Test func routesThatNameTheSameBucketShareIt() {
        var buckets = RateLimitBuckets()
        Self.call(&buckets, Self.edit, Answer(bucket: "m", remaining: 3, resetAfter: .seconds(5)))
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 0, resetAfter: .seconds(5)))
        #expect(buckets.key(of: Self.edit) == buckets.key(of: Self.send))
        #expect(buckets.admit(Self.edit, now: Self.at(1)) == .seconds(4))
    }

    @Test func aBucketMayChangeItsName() {
        var buckets = RateLimitBuckets()
        Self.call(&buckets, Self.send, Answer(bucket: "old", remaining: 0, resetAfter: .seconds(1)))
        Self.call(&buckets, Self.send, Answer(bucket: "new", remaining: 0, resetAfter: .seconds(5)), at: 1)
        #expect(buckets.admit(Self.send, now: Self.at(2)) == .seconds(4))
    }

    @Test func aRefusalBlocksItsBucketAlone() {
        var buckets = RateLimitBuckets()
        // Shared limits leave calls of our own.
        Self.call(&buckets, Self.send, Answer(bucket: "m", remaining: 9, resetAfter: .seconds(1), retryAfter: .seconds(30)))
        #expect(buckets.admit(Self.send, now: Self.at(2)) == .seconds(28))
        #expect(buckets.admit(Self.elsewhere, now: Self.at(2)) == nil)
        Self.call(&buckets, Self.send, nil, at: 30)
    }

    @Test func aGlobalRefusalBlocksAll() {
        var buckets = RateLimitBuckets()
        Self.call(&buckets, Self.send, Answer(retryAfter: .seconds(2), isGlobal: true))
        #expect(buckets.admit(Self.edit, now: Self.at(0.5)) == .seconds(1.5))
        Self.call(&buckets, Self.edit, nil, at: 2)
    }

    @Test func fiftyCallsInASecondAreTheMost() {
        var buckets = RateLimitBuckets()
        for number in 0..<50 { Self.call(&buckets, Route("GET /channels/*", major: "\(number)"), Answer(), at: Double(number) / 100) }
        #expect(buckets.admit(Self.send, now: Self.at(0.6)) == .seconds(0.4))
        Self.call(&buckets, Self.send, Answer(), at: 1)
        #expect(buckets.admit(Self.edit, now: Self.at(1)).map { $0 <= .milliseconds(11) } == true)
    }

    @Test func answersWithoutWordsAboutLimitsAreTakenAsTheyCome() {
        var buckets = RateLimitBuckets()
        for seconds in 0..<5 { Self.call(&buckets, Self.send, Answer(), at: Double(seconds)) }
    }

    @Test func readsTheHeaders() {
        func read(_ status: Int, _ headers: [String: String], _ body: JSONValue? = nil) -> Answer {
            Answer(status: status, header: { headers[$0] }, body: body)
        }
        let usual = ["X-RateLimit-Bucket": "abc", "X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "4", "X-RateLimit-Reset-After": "1.25"]
        #expect(read(200, usual) == Answer(bucket: "abc", remaining: 4, resetAfter: .seconds(1.25)))
        #expect(read(204, [:]) == Answer())
        #expect(read(200, ["X-RateLimit-Remaining": "x", "X-RateLimit-Reset-After": "nan"]) == Answer())
        // The body is more exact than the header.
        let refused = usual.merging(["Retry-After": "65", "X-RateLimit-Scope": "user"]) { $1 }
        #expect(
            read(429, refused, ["retry_after": 64.5, "global": false])
                == Answer(bucket: "abc", remaining: 4, resetAfter: .seconds(1.25), retryAfter: .seconds(64.5)))
        #expect(read(429, refused).retryAfter == .seconds(65) && !read(429, refused).isGlobal)
        #expect(read(429, ["X-RateLimit-Global": "true", "X-RateLimit-Scope": "global", "Retry-After": "3"]).isGlobal)
        #expect(read(429, refused, ["global": true]).isGlobal)
        // The walls around Discord say less.
        #expect(read(429, ["Retry-After": "10"]) == Answer(retryAfter: .seconds(10), isGlobal: true))
        #expect(read(429, [:]) == Answer(retryAfter: .seconds(1), isGlobal: true))
        #expect(read(429, ["Retry-After": "1e300"]).retryAfter == .seconds(86_400))
    }
}
