import Foundations

/// How often Discord may be called (https://discord.com/developers/docs/topics/rate-limits), as a value.
///
/// Calls of one route and one channel share a bucket; routes whose answers name the same bucket share it too. Nothing is known
/// of a bucket before its first answer, so that only one call at a time goes until then.
package struct RateLimitBuckets: Sendable {
    package struct Route: Sendable, Hashable {
        /// Method and path without ids.
        package var name: String
        /// The id that the limit counts for: the channel's.
        package var major: String

        package init(_ name: String, major: String) {
            self.name = name
            self.major = major
        }
    }

    /// What an answer says about limits.
    package struct Answer: Sendable, Equatable {
        package var bucket: String?
        package var remaining: Int?
        package var resetAfter: Duration?
        /// Set when the call was refused for its frequency.
        package var retryAfter: Duration?
        /// Whether the refusal is about all calls.
        package var isGlobal = false

        package init(bucket: String? = nil, remaining: Int? = nil, resetAfter: Duration? = nil, retryAfter: Duration? = nil, isGlobal: Bool = false) {
            self.bucket = bucket
            self.remaining = remaining
            self.resetAfter = resetAfter
            self.retryAfter = retryAfter
            self.isGlobal = isGlobal
        }

        /// - Parameters:
        ///   - header: a header's value by its name.
        ///   - body: the answer's JSON, where it is JSON.
        package init(status: Int, header: (String) -> String?, body: JSONValue?) {
            bucket = header("X-RateLimit-Bucket")
            remaining = header("X-RateLimit-Remaining").flatMap { Int($0) }
            resetAfter = header("X-RateLimit-Reset-After").flatMap(Self.duration)
            guard status == 429 else { return }
            let precise = body?["retry_after"]?.doubleValue.flatMap { Self.duration(String($0)) }
            retryAfter = precise ?? header("Retry-After").flatMap(Self.duration) ?? .seconds(1)
            let scope = header("X-RateLimit-Scope")
            // What comes without any word about a bucket comes from the walls around Discord, which count everything.
            isGlobal = scope == "global" || header("X-RateLimit-Global") != nil || body?["global"]?.boolValue == true || bucket == nil && scope == nil
        }

        private static func duration(_ text: String) -> Duration? {
            guard let seconds = Double(text), seconds.isFinite, seconds >= 0 else { return nil }
            return .seconds(min(seconds, 86_400))
        }
    }

    /// What calls with the same key share.
    package struct Key: Sendable, Hashable {
        var bucket: String
        var major: String
    }

    private struct Bucket: Sendable {
        /// Calls that may be made until `resets`; `nil`: not known.
        var remaining: Int?
        var resets: ContinuousClock.Instant?
        var blockedUntil: ContinuousClock.Instant?
        var underWay = 0

        func isForgettable(_ now: ContinuousClock.Instant) -> Bool {
            underWay == 0 && (resets.map { $0 <= now } ?? true) && (blockedUntil.map { $0 <= now } ?? true)
        }
    }

    /// The names of buckets by route.
    private var names: [String: String] = [:]
    private var buckets: [Key: Bucket] = [:]
    private var blockedUntil: ContinuousClock.Instant?
    /// When the calls of the last second were made.
    private var recent: [ContinuousClock.Instant] = []

    private static let perSecond = 50
    /// Where another call has to come back first.
    private static let shortly: Duration = .milliseconds(50)
    private static let most = 1000

    package init() {}

    package func key(of route: Route) -> Key { Key(bucket: names[route.name] ?? route.name, major: route.major) }

    /// Asks to make a call, which is counted when it may be made.
    /// - Returns: `nil`: go; else ask again after this time.
    package mutating func admit(_ route: Route, now: ContinuousClock.Instant) -> Duration? {
        if let blockedUntil, blockedUntil > now { return blockedUntil - now }
        recent.removeAll { $0 <= now - .seconds(1) }
        if recent.count >= Self.perSecond { return recent[recent.count - Self.perSecond] + .seconds(1) - now }
        let key = key(of: route)
        var bucket = buckets[key] ?? Bucket()
        if let until = bucket.blockedUntil, until > now { return until - now }
        if let resets = bucket.resets, resets <= now { (bucket.remaining, bucket.resets) = (nil, nil) }
        // What is under way may or may not be counted in what remains.
        if (bucket.remaining ?? 1) - bucket.underWay <= 0 {
            return bucket.underWay == 0 ? bucket.resets.map { $0 - now } ?? Self.shortly : Self.shortly
        }
        bucket.underWay += 1
        recent.append(now)
        if buckets.count >= Self.most { buckets = buckets.filter { !$0.value.isForgettable(now) } }
        buckets[key] = bucket
        return nil
    }

    /// An admitted call has come back.
    /// - Parameters:
    ///   - key: the one that it had when it was admitted.
    ///   - answer: `nil`: none came.
    package mutating func finish(_ route: Route, _ key: Key, _ answer: Answer?, now: ContinuousClock.Instant) {
        buckets[key]?.underWay -= 1
        guard let answer else { return }
        if let name = answer.bucket { names[route.name] = name }
        let shared = self.key(of: route)
        var bucket = buckets[shared] ?? Bucket()
        if let remaining = answer.remaining, let resetAfter = answer.resetAfter {
            bucket.remaining = remaining
            bucket.resets = now + resetAfter
        }
        if let retryAfter = answer.retryAfter {
            if answer.isGlobal { blockedUntil = now + retryAfter } else { bucket.blockedUntil = now + retryAfter }
        }
        buckets[shared] = bucket
    }
}
