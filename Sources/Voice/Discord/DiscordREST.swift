import Foundation
import Foundations
import Networking

/// Calls Discord's REST API, as often as it allows. Calls of one bucket go one after the other, in order.
public actor DiscordREST {
    let configuration: DiscordConfiguration
    let token: String
    let network: NetworkClient
    private let metrics: MetricsRegistry
    private var buckets = RateLimitBuckets()
    private var lines: [RateLimitBuckets.Key: Line] = [:]
    /// After the token was refused, further calls would only have the machine's address banned.
    private var isRefused = false

    /// Those who wait for calls of the same bucket.
    private struct Line {
        let turn = AsyncSlots(count: 1)
        var length = 0
    }

    private static let attempts = 5
    private static let attemptTimeout: Duration = .seconds(30)
    private static let backOff: Duration = .milliseconds(500)
    private static let maxAnswerBytes = 8 << 20

    /// - Returns: `nil` where the configuration has no token.
    public init?(configuration: DiscordConfiguration, network: NetworkClient, metrics: MetricsRegistry) {
        guard let token = configuration.token else { return nil }
        self.token = token
        self.configuration = configuration
        self.network = network
        self.metrics = metrics
    }

    /// All calls that are made may be repeated: those that send a message bring a nonce.
    /// - Returns: the answer's JSON; `null` where it is empty.
    /// - Throws: `ChatPortError`; `CancellationError`.
    func call(_ route: DiscordRoute, _ body: DiscordBody? = nil, deadline: Deadline) async throws -> JSONValue {
        do {
            return try await withDeadline(deadline, waitingFor: "Discord") { try await self.inTurn(route, body?.encoded, deadline) }
        } catch is DeadlineExceeded {
            throw ChatPortError.unanswered
        }
    }

    private func inTurn(_ route: DiscordRoute, _ body: (type: String, data: Data)?, _ deadline: Deadline) async throws -> JSONValue {
        let key = buckets.key(of: route.limit)
        var line = lines[key] ?? Line()
        line.length += 1
        lines[key] = line
        defer { leave(key) }
        return try await line.turn.withSlot { try await self.repeated(route, body, deadline) }
    }

    private func leave(_ key: RateLimitBuckets.Key) {
        lines[key]?.length -= 1
        if lines[key]?.length == 0 { lines[key] = nil }
    }

    private func repeated(_ route: DiscordRoute, _ body: (type: String, data: Data)?, _ deadline: Deadline) async throws -> JSONValue {
        var wait = Self.backOff
        for attempt in 1... {
            do {
                return try await once(route, body, deadline)
            } catch ChatPortError.slowDown(let after) where attempt < Self.attempts && Deadline.after(after) < deadline {
                // The buckets know how long.
                continue
            } catch ChatPortError.unanswered where attempt < Self.attempts && Deadline.after(wait) < deadline {
                try await Task.sleep(for: wait * Double.random(in: 0.5...1))
                wait *= 2
            }
        }
        throw ChatPortError.unanswered
    }

    private func once(_ route: DiscordRoute, _ body: (type: String, data: Data)?, _ deadline: Deadline) async throws -> JSONValue {
        if isRefused { throw ChatPortError.notAuthorised }
        while let wait = buckets.admit(route.limit, now: .now) {
            guard Deadline.after(wait) < deadline else { throw ChatPortError.slowDown(after: wait) }
            try await Task.sleep(for: wait)
        }
        let key = buckets.key(of: route.limit)
        let answer: Answer
        do {
            answer = try await send(route, body, deadline.capped(at: Self.attemptTimeout))
        } catch {
            buckets.finish(route.limit, key, nil, now: .now)
            try Task.checkCancellation()
            await count("failed")
            // Connections fail before and after the call has arrived.
            throw ChatPortError.unanswered
        }
        buckets.finish(route.limit, key, answer.limits, now: .now)
        await count("\(answer.status)")
        return try value(of: answer)
    }

    private struct Answer: Sendable {
        var status: Int
        var body: JSONValue?
        var limits: RateLimitBuckets.Answer
    }

    private func send(_ route: DiscordRoute, _ body: (type: String, data: Data)?, _ deadline: Deadline) async throws -> Answer {
        var request = NetworkRequest(route.method, Self.base(configuration.apiURL) + route.path, body: body?.data)
        request.headers = [
            ("Authorization", "Bot \(token)"), ("User-Agent", "DiscordBot (martlet, \(Version.text))"), ("Accept", "application/json"),
        ]
        if let type = body?.type { request.headers.append(("Content-Type", type)) }
        let response = try await network.send(request, deadline: deadline)
        let data = try await withDeadline(deadline, waitingFor: "Discord") { try await response.body.collect(upTo: Self.maxAnswerBytes) }
        let json = data.isEmpty ? JSONValue.null : try? JSONValue(parsing: data)
        let limits = RateLimitBuckets.Answer(status: response.status, header: response.header, body: json)
        return Answer(status: response.status, body: json, limits: limits)
    }

    static func base(_ url: String) -> String { url.hasSuffix("/") ? String(url.dropLast()) : url }

    private func value(of answer: Answer) throws -> JSONValue {
        switch answer.status {
        case 200..<300:
            guard let body = answer.body else { throw ChatPortError.unexpectedAnswer }
            return body
        case 401:
            isRefused = true
            throw ChatPortError.notAuthorised
        case 429: throw ChatPortError.slowDown(after: answer.limits.retryAfter ?? .seconds(1))
        // The part that answers isn't the part that does it.
        case 500...: throw ChatPortError.unanswered
        default: throw ChatPortError.refused(code: answer.body?["code"]?.intValue.flatMap { $0 == 0 ? nil : $0 } ?? answer.status)
        }
    }

    private func count(_ outcome: String) async {
        await metrics.increment("martlet_discord_requests_total", "Calls of Discord's API by the answer's status.", [("status", outcome)])
    }
}
