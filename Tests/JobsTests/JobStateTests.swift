import Foundations
import Jobs
import Testing

@Suite struct JobStateTests {
    /// Every state with every event: what isn't written here can't happen.
    @Test func theTableIsComplete() {
        let allowed: [JobState: [JobState.Event: JobState]] = [
            .pending: [.claim: .processing, .cancel: .cancelled],
            .processing: [.complete: .completed, .failForNow: .retrying, .fail: .failed, .release: .retrying, .cancel: .cancelled],
            .retrying: [.claim: .processing, .cancel: .cancelled],
            .completed: [:],
            .failed: [.retry: .pending],
            .cancelled: [.retry: .pending],
        ]
        for state in JobState.allCases {
            for event in JobState.Event.allCases { #expect(state.after(event) == allowed[state]?[event], "\(state) \(event)") }
        }
    }

    /// The store writes one state per event into its statements.
    @Test func eachEventLeadsToOneState() {
        for event in JobState.Event.allCases {
            #expect(Set(JobState.allCases.compactMap { $0.after(event) }).count == 1, "\(event)")
            #expect(!JobState.allowing(event).isEmpty)
        }
    }

    @Test func waitsDoubleUpToTheCap() {
        let rule = RetryRule(base: .seconds(2), cap: .seconds(60))
        let report = ErrorReport(.upstream, code: "x", "x")
        let waits = (1...8).map { rule.wait(after: report, attempt: $0, of: 9, jitter: 0) }
        #expect(waits == [2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(rule.wait(after: report, attempt: 9, of: 9, jitter: 0) == nil)
        #expect(rule.wait(after: report, attempt: 1, of: 9, jitter: -1).map { ($0 / .milliseconds(1)).rounded() } == 1600)
        #expect(rule.wait(after: report, attempt: 80, of: 90, jitter: 1) == .seconds(60))
    }

    @Test func whatTimeDoesNotHealIsNotTriedAgain() {
        let rule = RetryRule(base: .seconds(2), cap: .seconds(300))
        for kind in ErrorKind.allCases {
            let again = rule.wait(after: ErrorReport(kind, code: "x", "x"), attempt: 1, of: 3, jitter: 0) != nil
            #expect(again == [.busy, .upstream, .unavailable, .timeout, .internal, .insufficientStorage].contains(kind), "\(kind)")
        }
        let busy = ErrorReport(.busy, code: "x", "x", retryAfter: .seconds(40))
        #expect(rule.wait(after: busy, attempt: 1, of: 3, jitter: 0) == .seconds(40))
    }
}
