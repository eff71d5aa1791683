import Foundation
import Foundations
import Synchronization

/// One answer that is worked on in the background: its events so far, and those who follow them.
package final class AnswerRun: Sendable {
    package enum Status: String, Sendable { case running, done, failed, cancelled }

    package struct Facts: Sendable {
        package var status = Status.running
        /// The body of the answer; `nil` until it is done.
        package var result: JSONValue?
        package var error: ErrorReport?
        package var ended: Date?
    }

    private struct State {
        var facts = Facts()
        var events: [ServerSentEvent] = []
        var lastFollower = 0
        var followers: [Int: AsyncStream<[ServerSentEvent]>.Continuation] = [:]
    }

    package let id = RequestContext.newID()
    package let owner: String
    package let prompt: String
    package let source: String
    package let created = Date()
    private let state = Mutex(State())

    init(owner: String, prompt: String, source: String) {
        self.owner = owner
        self.prompt = prompt
        self.source = source
    }

    package var facts: Facts { state.withLock { $0.facts } }

    package func send(_ name: String, _ data: JSONValue) { add(ServerSentEvent(name, data)) { _ in } }

    /// The answer is complete: the last event.
    func finish(_ result: JSONValue) {
        add(ServerSentEvent("done", result)) { facts in
            facts.status = .done
            facts.result = result
        }
    }

    /// The answer failed or was cancelled: the last event.
    func fail(_ report: ErrorReport) {
        add(ServerSentEvent("error", report.envelope(requestID: id))) { facts in
            facts.status = report.kind == .cancelled ? .cancelled : .failed
            facts.error = report
        }
    }

    private func add(_ event: ServerSentEvent, _ change: (inout Facts) -> Void) {
        state.withLock { state in
            guard state.facts.status == .running else { return }
            change(&state.facts)
            state.events.append(event)
            for follower in state.followers.values { follower.yield([event]) }
            guard state.facts.status != .running else { return }
            state.facts.ended = Date()
            for follower in state.followers.values { follower.finish() }
            state.followers = [:]
        }
    }

    /// The events after the `count` first ones, those to come included, to the last one.
    package func events(after count: Int) -> AsyncStream<[ServerSentEvent]> {
        let (stream, continuation) = AsyncStream.makeStream(of: [ServerSentEvent].self)
        state.withLock { state in
            let missed = state.events.dropFirst(max(0, count))
            if !missed.isEmpty { continuation.yield(Array(missed)) }
            guard state.facts.status == .running else { return continuation.finish() }
            state.lastFollower += 1
            let follower = state.lastFollower
            state.followers[follower] = continuation
            continuation.onTermination = { [weak self] reason in
                // A finished stream's followers are gone already, and the lock may be held.
                if case .cancelled = reason { self?.state.withLock { $0.followers[follower] = nil } }
            }
        }
        return stream
    }
}
