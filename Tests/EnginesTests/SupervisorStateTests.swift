import Engines
import Testing

/// The supervisor's whole behaviour, without processes and without time passing.
@Suite struct SupervisorStateTests {
    private let zero = ContinuousClock.now

    private func policy() -> RestartPolicy {
        var policy = RestartPolicy()
        policy.crashLimit = 3
        return policy
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { zero + .seconds(seconds) }

    @Test func startsOnceHoweverOftenAsked() {
        var state = SupervisorState(policy: policy())
        #expect(state.start() == [.launch(attempt: 1)])
        #expect(state.phase == .starting(attempt: 1))
        #expect(state.start() == [])
        #expect(state.becameReady(attempt: 1, at: at(1)) == [])
        #expect(state.phase == .ready(attempt: 1, since: at(1)))
        #expect(state.start() == [])
    }

    @Test func crashIsFollowedByAWaitAndANewStart() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        _ = state.becameReady(attempt: 1, at: at(1))
        let actions = state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(2), jitter: 0)
        #expect(actions == [.wait(attempt: 1, delay: .milliseconds(500))])
        #expect(state.phase == .backingOff(attempt: 1, until: at(2.5)))
        #expect(state.backoffElapsed(attempt: 1) == [.launch(attempt: 2)])
        #expect(state.backoffElapsed(attempt: 1) == [])
    }

    @Test func startLeavesTheWaitAfterACrashAlone() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        _ = state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(1), jitter: 0)
        #expect(state.start() == [])
        #expect(state.phase == .backingOff(attempt: 1, until: at(1.5)))
        #expect(state.backoffElapsed(attempt: 1) == [.launch(attempt: 2)])
    }

    @Test func crashLoopStopsAndAnExplicitStartBringsItBack() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        for attempt in 1...2 {
            _ = state.becameReady(attempt: attempt, at: at(Double(attempt)))
            _ = state.exited(attempt: attempt, reason: "x", isPermanent: false, at: at(Double(attempt)), jitter: 0)
            #expect(state.backoffElapsed(attempt: attempt) == [.launch(attempt: attempt + 1)])
        }
        _ = state.becameReady(attempt: 3, at: at(3))
        #expect(state.exited(attempt: 3, reason: "third", isPermanent: false, at: at(3), jitter: 0) == [])
        #expect(state.phase == .failed(reason: "third"))
        #expect(state.start() == [.launch(attempt: 4)])
        // The slate is clean again.
        _ = state.becameReady(attempt: 4, at: at(4))
        #expect(
            state.exited(attempt: 4, reason: "x", isPermanent: false, at: at(5), jitter: 0)
                == [.wait(attempt: 4, delay: .milliseconds(500))])
    }

    @Test func crashesFarApartDoNotAddUp() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        for attempt in 1...20 {
            let time = Double(attempt) * 100
            _ = state.becameReady(attempt: attempt, at: at(time))
            let actions = state.exited(attempt: attempt, reason: "x", isPermanent: false, at: at(time + 90), jitter: 0)
            #expect(actions == [.wait(attempt: attempt, delay: .milliseconds(500))])
            _ = state.backoffElapsed(attempt: attempt)
        }
    }

    @Test func startsThatNeverSucceedEndEvenWhenSlow() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        for attempt in 1...2 {
            _ = state.exited(
                attempt: attempt, reason: "x", isPermanent: false, at: at(Double(attempt) * 1000), jitter: 0)
            _ = state.backoffElapsed(attempt: attempt)
        }
        _ = state.exited(attempt: 3, reason: "last", isPermanent: false, at: at(3000), jitter: 0)
        #expect(state.phase == .failed(reason: "last"))
    }

    @Test func permanentFailureIsNotTriedAgain() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        #expect(state.launchFailed(attempt: 1, reason: "gone", isPermanent: true, at: at(0), jitter: 0) == [])
        #expect(state.phase == .failed(reason: "gone"))
    }

    @Test func stopTerminatesThenKills() {
        for isReady in [false, true] {
            var state = SupervisorState(policy: policy())
            _ = state.start()
            if isReady { _ = state.becameReady(attempt: 1, at: at(1)) }
            #expect(state.stop() == [.terminate(attempt: 1, grace: .seconds(5))])
            #expect(state.stop() == [])
            #expect(state.graceElapsed(attempt: 1) == [.kill(attempt: 1)])
            #expect(state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(9), jitter: 0) == [])
            #expect(state.phase == .stopped)
            #expect(state.graceElapsed(attempt: 1) == [])
        }
    }

    @Test func startWhileStoppingComesBackAfterTheEnd() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        _ = state.stop()
        #expect(state.start() == [])
        #expect(state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(1), jitter: 0) == [.launch(attempt: 2)])
    }

    @Test func stopWinsOverAnEarlierStartWhileStopping() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        _ = state.stop()
        _ = state.start()
        _ = state.stop()
        #expect(state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(1), jitter: 0) == [])
        #expect(state.phase == .stopped)
    }

    @Test func stopEndsWaitAndFailure() {
        var waiting = SupervisorState(policy: policy())
        _ = waiting.start()
        _ = waiting.exited(attempt: 1, reason: "x", isPermanent: false, at: at(1), jitter: 0)
        #expect(waiting.stop() == [])
        #expect(waiting.phase == .stopped)
        #expect(waiting.backoffElapsed(attempt: 1) == [])

        var failed = SupervisorState(policy: policy())
        _ = failed.start()
        _ = failed.exited(attempt: 1, reason: "x", isPermanent: true, at: at(1), jitter: 0)
        #expect(failed.stop() == [])
        #expect(failed.phase == .stopped)
        #expect(failed.stop() == [])
    }

    @Test func slowStartIsEndedAndCounted() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        #expect(state.startTimedOut(attempt: 1) == [.terminate(attempt: 1, grace: .seconds(5))])
        #expect(
            state.exited(attempt: 1, reason: "signal 15", isPermanent: false, at: at(300), jitter: 0)
                == [.wait(attempt: 1, delay: .milliseconds(500))])
        _ = state.backoffElapsed(attempt: 1)
        _ = state.becameReady(attempt: 2, at: at(301))
        #expect(state.startTimedOut(attempt: 2) == [])
    }

    @Test func eventsOfOlderAttemptsChangeNothing() {
        var state = SupervisorState(policy: policy())
        _ = state.start()
        _ = state.exited(attempt: 1, reason: "x", isPermanent: false, at: at(1), jitter: 0)
        _ = state.backoffElapsed(attempt: 1)
        let before = state
        #expect(state.becameReady(attempt: 1, at: at(2)) == [])
        #expect(state.startTimedOut(attempt: 1) == [])
        #expect(state.graceElapsed(attempt: 1) == [])
        #expect(state.exited(attempt: 1, reason: "x", isPermanent: true, at: at(2), jitter: 0) == [])
        #expect(state == before)
    }

    @Test func waitsDoubleUpToTheLimitAndJitterShortensThem() {
        let policy = RestartPolicy()
        #expect(policy.delay(afterFailures: 1, jitter: 0) == .milliseconds(500))
        #expect(policy.delay(afterFailures: 2, jitter: 0) == .seconds(1))
        #expect(policy.delay(afterFailures: 5, jitter: 0) == .seconds(8))
        #expect(policy.delay(afterFailures: 7, jitter: 0) == .seconds(30))
        #expect(policy.delay(afterFailures: .max, jitter: 0) == .seconds(30))
        #expect(policy.delay(afterFailures: 2, jitter: 0.5) == .milliseconds(750))
    }
}
