import Foundations
import Testing
import Voice

@Suite struct DiscordSessionTests {
    typealias Action = DiscordSession.Action
    typealias Step = DiscordSession.Step

    static let now = ContinuousClock.now
    static let hello: JSONValue = ["op": 10, "d": ["heartbeat_interval": 40_000], "s": nil]
    static let ready: JSONValue = [
        "op": 0, "t": "READY", "s": 1, "d": ["session_id": "abc", "resume_gateway_url": "wss://resume.example", "user": ["id": "7"]],
    ]
    static let acknowledgement: JSONValue = ["op": 11]
    static let limits = DiscordSession.Limits(url: "wss://gateway.example/", remaining: 900, resetAfter: .seconds(3600))
    static let resumeURL = "wss://resume.example/?v=10&encoding=json"

    /// A session that has just been connected.
    static func connecting() -> DiscordSession {
        var session = DiscordSession()
        _ = session.step(now: now, random: 0)
        session.learned(limits)
        _ = session.step(now: now, random: 0)
        _ = session.opened()
        return session
    }

    /// A session that is under way.
    static func established() -> DiscordSession {
        var session = connecting()
        _ = session.receive(hello, now: now, random: 0.5)
        _ = session.receive(ready, now: now, random: 0)
        return session
    }

    static func resumes(_ session: DiscordSession) -> Bool {
        var session = session
        if case .open(resumeURL, _) = session.step(now: now, random: 0) { return true }
        return false
    }

    @Test func asksConnectsAndIdentifies() {
        var session = DiscordSession()
        #expect(session.step(now: Self.now, random: 0.3) == .ask(after: .zero))
        session.learned(Self.limits)
        #expect(session.step(now: Self.now, random: 0.3) == .open(url: "wss://gateway.example/?v=10&encoding=json", after: .zero))
        #expect(session.opened() == [.beat(after: .seconds(20))])
        // The first heartbeat comes at a random moment of the interval.
        #expect(session.receive(Self.hello, now: Self.now, random: 0.25) == [.identify, .beat(after: .seconds(10))])
        #expect(session.receive(Self.ready, now: Self.now, random: 0) == [.began(user: "7")])
    }

    @Test func beatsWithTheLastSequenceNumber() {
        var session = Self.connecting()
        #expect(session.receive(Self.hello, now: Self.now, random: 0) == [.identify, .beat(after: .zero)])
        #expect(session.beat() == [.heartbeat(sequence: nil), .beat(after: .seconds(40))])
        #expect(session.receive(Self.acknowledgement, now: Self.now, random: 0) == [])
        #expect(session.receive(Self.ready, now: Self.now, random: 0) == [.began(user: "7")])
        #expect(session.receive(["op": 0, "t": "TYPING_START", "s": 5, "d": [:]], now: Self.now, random: 0) == [])
        #expect(session.beat() == [.heartbeat(sequence: 5), .beat(after: .seconds(40))])
    }

    @Test func answersAHeartbeatThatIsAskedFor() {
        var session = Self.established()
        #expect(session.beat() == [.heartbeat(sequence: 1), .beat(after: .seconds(40))])
        _ = session.receive(Self.acknowledgement, now: Self.now, random: 0)
        #expect(session.receive(["op": 1, "d": nil], now: Self.now, random: 0) == [.heartbeat(sequence: 1)])
        // It leaves the beat as it is, and a beat right after it isn't taken for a sign of death.
        #expect(session.beat() == [.heartbeat(sequence: 1), .beat(after: .seconds(40))])
    }

    @Test func comesBackFromADeadConnection() {
        var session = Self.established()
        #expect(session.beat() == [.heartbeat(sequence: 1), .beat(after: .seconds(40))])
        #expect(session.beat() == [.close(code: 4000)])
        // What still comes is passed over: the server plays it again.
        #expect(session.receive(["op": 0, "t": "MESSAGE_CREATE", "s": 9, "d": ["id": "1"]], now: Self.now, random: 0) == [])
        #expect(session.beat() == [])
        #expect(session.closed(code: 4000) == nil)
        #expect(session.step(now: Self.now, random: 0) == .open(url: Self.resumeURL, after: .milliseconds(500)))
        _ = session.opened()
        #expect(session.receive(Self.hello, now: Self.now, random: 0.5) == [.resume(session: "abc", sequence: 1), .beat(after: .seconds(20))])
        let missed: JSONValue = ["op": 0, "t": "MESSAGE_CREATE", "s": 2, "d": ["id": "1"]]
        #expect(session.receive(missed, now: Self.now, random: 0) == [.message(["id": "1"], user: "7")])
        #expect(session.receive(["op": 0, "t": "RESUMED", "s": 3, "d": nil], now: Self.now, random: 0) == [.resumed])
        #expect(session.beat() == [.heartbeat(sequence: 3), .beat(after: .seconds(40))])
    }

    @Test func givesUpAServerThatDoesNotGreet() {
        var session = Self.connecting()
        #expect(session.beat() == [.close(code: 4000)])
        #expect(session.closed(code: nil) == nil)
        #expect(session.step(now: Self.now, random: 0) == .ask(after: .milliseconds(500)))
    }

    @Test func comesBackAtOnceWhenAskedTo() {
        var session = Self.established()
        #expect(session.receive(["op": 7, "d": nil], now: Self.now, random: 0.9) == [.close(code: 4000)])
        #expect(session.closed(code: 4000) == nil)
        #expect(session.step(now: Self.now, random: 0.9) == .open(url: Self.resumeURL, after: .zero))
        // Also before the greeting.
        _ = session.opened()
        #expect(session.receive(["op": 7, "d": nil], now: Self.now, random: 0.9) == [.close(code: 4000)])
        #expect(session.closed(code: nil) == nil)
        #expect(session.step(now: Self.now, random: 0.9) == .open(url: Self.resumeURL, after: .zero))
    }

    @Test func anInvalidSessionThatMayBeResumedIsResumed() {
        var session = Self.established()
        #expect(session.receive(["op": 9, "d": true], now: Self.now, random: 0.5) == [.close(code: 4000)])
        #expect(session.closed(code: 4000) == nil)
        #expect(session.step(now: Self.now, random: 0.5) == .open(url: Self.resumeURL, after: .seconds(3)))
    }

    @Test func anInvalidSessionIsReplaced() {
        var session = Self.established()
        #expect(session.receive(["op": 9, "d": false], now: Self.now, random: 1) == [.close(code: 4000)])
        #expect(session.closed(code: 4000) == nil)
        #expect(session.step(now: Self.now, random: 1) == .ask(after: .seconds(5)))
        session.learned(Self.limits)
        // Five seconds from one session to the next, and a little more.
        let step = session.step(now: Self.now + .seconds(3), random: 1)
        #expect(step == .open(url: "wss://gateway.example/?v=10&encoding=json", after: .milliseconds(2500)))
        _ = session.opened()
        #expect(session.receive(Self.hello, now: Self.now, random: 0) == [.identify, .beat(after: .zero)])
    }

    @Test func waitsWhereNoMoreSessionsMayBeStarted() {
        var session = DiscordSession()
        #expect(session.step(now: Self.now, random: 0) == .ask(after: .zero))
        session.learned(.init(url: "wss://gateway.example", remaining: 0, resetAfter: .seconds(7200)))
        #expect(session.step(now: Self.now, random: 0) == .ask(after: .seconds(7200)))
        session.learned(Self.limits)
        #expect(session.step(now: Self.now, random: 0) == .open(url: "wss://gateway.example/?v=10&encoding=json", after: .zero))
        // The limits are asked for anew before each session.
        _ = session.closed(code: nil)
        #expect(session.step(now: Self.now, random: 1) == .ask(after: .seconds(1)))
    }

    @Test func waitsLongerAfterEachFailure() {
        var session = DiscordSession()
        var waits: [Duration] = []
        for _ in 1...10 {
            session.failed()
            if case .ask(let wait) = session.step(now: Self.now, random: 1) { waits.append(wait) }
        }
        #expect(waits == [1, 2, 4, 8, 16, 32, 64, 120, 120, 120].map { .seconds($0) })
    }

    @Test func givesUpASessionThatCannotBeResumed() {
        var session = Self.established()
        for attempt in 1...5 {
            #expect(Self.resumes(session) == (attempt > 0))
            _ = session.closed(code: nil)
        }
        #expect(session.step(now: Self.now, random: 1) == .ask(after: .seconds(16)))
    }

    @Test(arguments: [nil, 1000, 1001, 1006, 4000, 4001, 4002, 4005, 4008, 4999])
    func theseCodesAreResumed(_ code: Int?) {
        var session = Self.established()
        #expect(session.closed(code: code) == nil)
        #expect(Self.resumes(session))
    }

    @Test(arguments: [4003, 4007, 4009])
    func theseCodesEndTheSession(_ code: Int) {
        var session = Self.established()
        #expect(session.closed(code: code) == nil)
        #expect(!Self.resumes(session))
    }

    @Test(arguments: [
        (4004, DiscordError.tokenRefused), (4010, .shardingRequired), (4011, .shardingRequired), (4012, .versionRefused), (4013, .intentsInvalid),
        (4014, .intentNotAllowed),
    ])
    func theseCodesWantSomebodyToAct(_ code: Int, _ error: DiscordError) {
        var session = Self.connecting()
        #expect(session.closed(code: code) == error)
        #expect(!error.report.message.isEmpty)
    }

    @Test func aSuccessEndsTheRowOfFailures() {
        var session = Self.established()
        _ = session.closed(code: nil)
        _ = session.closed(code: nil)
        #expect(session.step(now: Self.now, random: 1) == .open(url: Self.resumeURL, after: .seconds(2)))
        _ = session.opened()
        _ = session.receive(Self.hello, now: Self.now, random: 0)
        _ = session.receive(["op": 0, "t": "RESUMED", "s": 2, "d": [:]], now: Self.now, random: 0)
        _ = session.closed(code: nil)
        #expect(session.step(now: Self.now, random: 1) == .open(url: Self.resumeURL, after: .seconds(1)))
    }

    @Test func whatCannotBeReadEndsTheConnection() {
        let broken: [JSONValue] = [
            .null, "text", [:], ["op": nil], ["op": 10, "d": nil], ["op": 10, "d": ["heartbeat_interval": -1]],
            ["op": 10, "d": ["heartbeat_interval": 0]], ["op": 0, "t": "READY", "s": 1, "d": ["session_id": "abc"]],
        ]
        for payload in broken {
            var session = Self.connecting()
            #expect(session.receive(payload, now: Self.now, random: 0) == [.close(code: 4000)], "\(payload)")
        }
        // Operations of later times are passed over, and a second greeting is.
        var session = Self.established()
        #expect(session.receive(["op": 99, "d": [:]], now: Self.now, random: 0) == [])
        #expect(session.receive(Self.hello, now: Self.now, random: 0) == [])
        #expect(session.receive(["op": 0, "t": nil, "s": 8], now: Self.now, random: 0) == [])
    }

    @Test func messagesBeforeASessionAreNobodys() {
        var session = Self.connecting()
        _ = session.receive(Self.hello, now: Self.now, random: 0)
        #expect(session.receive(["op": 0, "t": "MESSAGE_CREATE", "s": 1, "d": ["id": "1"]], now: Self.now, random: 0) == [])
    }
}
