import Foundations

/// A bot's session at Discord's gateway (https://discord.com/developers/docs/events/gateway) as a value: what comes in, and when
/// time is up, becomes actions. It outlives connections: what was missed between two of them is played again.
package struct DiscordSession: Sendable {
    /// What GET /gateway/bot says.
    package struct Limits: Sendable, Equatable {
        package var url: String
        /// Sessions that may be started yet, and when the count begins anew.
        package var remaining: Int
        package var resetAfter: Duration

        package init(url: String, remaining: Int, resetAfter: Duration) {
            self.url = url
            self.remaining = remaining
            self.resetAfter = resetAfter
        }
    }

    /// What is to be done while there is no connection.
    package enum Step: Sendable, Equatable {
        /// Ask for the limits, then say `learned` or `failed`.
        case ask(after: Duration)
        /// Connect, then say `opened`; at its end, or when it can't be had, `closed`.
        case open(url: String, after: Duration)
    }

    /// What is to be done on a connection.
    package enum Action: Sendable, Equatable {
        case identify
        case resume(session: String, sequence: Int)
        case heartbeat(sequence: Int?)
        /// Say `beat` after this time; what was planned before doesn't count any more.
        case beat(after: Duration)
        case close(code: UInt16)
        /// A new session: what happened before it won't be told.
        case began(user: String)
        case resumed
        /// Somebody wrote a message; the bot's own id stands beside it.
        case message(JSONValue, user: String)
    }

    private struct Established: Sendable {
        var id: String
        var url: String
        var user: String
    }

    private enum Phase: Sendable {
        case apart
        case waitingForHello
        case greeted
    }

    private enum Operation {
        static let dispatch = 0
        static let heartbeat = 1
        static let reconnect = 7
        static let invalidSession = 9
        static let hello = 10
        static let acknowledgement = 11
    }

    private var phase = Phase.apart
    private var session: Established?
    private var sequence: Int?
    private var limits: Limits?
    private var identified: ContinuousClock.Instant?
    private var interval: Duration = .zero
    private var isAcknowledged = true
    /// Connections in a row that led to nothing.
    private var failures = 0
    /// Whether the connection's end was announced and is nobody's failure.
    private var isExpected = false
    /// What Discord wants us to wait.
    private var pause: Duration?

    private static let helloTimeout: Duration = .seconds(20)
    /// After so many failures a session is given up: Discord forgets it within minutes anyway.
    private static let maxResumes = 5
    /// Long enough for a day to have fewer attempts than sessions may be started in a day.
    private static let maxBackOff: Duration = .seconds(120)
    /// A bot may start one session in five seconds, counted where the calls arrive. (`max_concurrency` is about the shards of large bots,
    /// of which this is one.)
    private static let identifyInterval: Duration = .milliseconds(5500)
    /// Tells Discord that we come back: after 1000 and 1001 it would forget the session.
    private static let comingBack: UInt16 = 4000

    package init() {}

    // MARK: Between connections

    /// - Parameter random: from 0 to 1, so that not all bots of the world come back in the same moment.
    package mutating func step(now: ContinuousClock.Instant, random: Double) -> Step {
        let backOff = failures == 0 ? .zero : min(Self.maxBackOff, .seconds(1 << min(failures - 1, 10))) * (0.5 + random / 2)
        let wait = max(pause ?? .zero, backOff)
        if let session, failures < Self.maxResumes {
            pause = nil
            return .open(url: Self.address(session.url), after: wait)
        }
        forget()
        guard let limits else { return .ask(after: wait) }
        self.limits = nil
        guard limits.remaining > 0 else {
            pause = limits.resetAfter
            return .ask(after: max(limits.resetAfter, wait))
        }
        // The waiting was done before the limits were asked for.
        let next = identified.map { $0 + Self.identifyInterval } ?? now
        return .open(url: Self.address(limits.url), after: max(.zero, next - now))
    }

    private static func address(_ url: String) -> String {
        (url.hasSuffix("/") ? String(url.dropLast()) : url) + "/?v=10&encoding=json"
    }

    package mutating func learned(_ limits: Limits) {
        self.limits = limits
        pause = nil
    }

    /// The limits couldn't be had.
    package mutating func failed() { failures += 1 }

    /// - Returns: why connecting again is no use.
    package mutating func closed(code: Int?) -> DiscordError? {
        phase = .apart
        if !isExpected { failures += 1 }
        isExpected = false
        guard let code else { return nil }
        // Not authenticated, wrong sequence number, timed out: these sessions are over.
        if code == 4003 || code == 4007 || code == 4009 { forget() }
        return DiscordError(closeCode: code)
    }

    private mutating func forget() {
        session = nil
        sequence = nil
    }

    // MARK: On a connection

    package mutating func opened() -> [Action] {
        phase = .waitingForHello
        isAcknowledged = true
        return [.beat(after: Self.helloTimeout)]
    }

    /// The time that was planned has passed.
    package mutating func beat() -> [Action] {
        switch phase {
        case .apart: return []
        case .waitingForHello: return comeBack()
        case .greeted:
            // Unanswered since the last one: nobody is there any more.
            guard isAcknowledged else { return comeBack() }
            isAcknowledged = false
            return [.heartbeat(sequence: sequence), .beat(after: interval)]
        }
    }

    private mutating func comeBack() -> [Action] {
        phase = .apart
        return [.close(code: Self.comingBack)]
    }

    package mutating func receive(_ payload: JSONValue, now: ContinuousClock.Instant, random: Double) -> [Action] {
        guard phase != .apart else { return [] }
        if let number = payload["s"]?.intValue { sequence = number }
        let content = payload["d"] ?? .null
        switch payload["op"]?.intValue {
        case Operation.dispatch: return dispatch(payload["t"]?.stringValue, content)
        case Operation.heartbeat: return [.heartbeat(sequence: sequence)]
        case Operation.reconnect:
            isExpected = true
            return comeBack()
        case Operation.invalidSession:
            if content.boolValue != true { forget() }
            pause = .seconds(1) + .seconds(4) * random
            return comeBack()
        case Operation.hello: return greet(content, now: now, random: random)
        case Operation.acknowledgement:
            isAcknowledged = true
            return []
        case .some: return []
        case nil: return comeBack()
        }
    }

    private mutating func greet(_ hello: JSONValue, now: ContinuousClock.Instant, random: Double) -> [Action] {
        guard phase == .waitingForHello else { return [] }
        guard let milliseconds = hello["heartbeat_interval"]?.doubleValue, (10...3_600_000).contains(milliseconds) else { return comeBack() }
        phase = .greeted
        interval = .milliseconds(1) * milliseconds
        let greeting: Action
        if let session, let sequence {
            greeting = .resume(session: session.id, sequence: sequence)
        } else {
            identified = now
            greeting = .identify
        }
        return [greeting, .beat(after: interval * random)]
    }

    private mutating func dispatch(_ event: String?, _ content: JSONValue) -> [Action] {
        switch event {
        case "READY":
            guard let id = content["session_id"]?.stringValue, let url = content["resume_gateway_url"]?.stringValue,
                let user = content["user"]?["id"]?.stringValue
            else {
                forget()
                return comeBack()
            }
            session = Established(id: id, url: url, user: user)
            failures = 0
            return [.began(user: user)]
        case "RESUMED":
            failures = 0
            return [.resumed]
        case "MESSAGE_CREATE": return session.map { [.message(content, user: $0.user)] } ?? []
        default: return []
        }
    }
}
