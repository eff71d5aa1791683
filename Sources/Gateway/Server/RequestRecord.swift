import Foundations
import Synchronization

/// What is learnt about a request while it runs, for its one log line and its metrics.
package final class RequestRecord: Sendable {
    package struct Facts: Sendable {
        /// The name of the caller's token.
        package var keyName = "anonymous"
        package var model: String?
        package var promptTokens: Int?
        package var completionTokens: Int?
        package var timeToFirstToken: Duration?
        /// The error that ended the request, also one that came after the status line had left.
        package var error: ErrorReport?
        /// Whether the caller only watches, and may leave at any time.
        package var isWatching = false
        /// Whether the request's body has been read to its end.
        package var bodyIsRead = false
    }

    package let started = ContinuousClock.now
    private let facts = Mutex(Facts())

    package init() {}

    package var current: Facts { facts.withLock { $0 } }

    package func update(_ change: (inout Facts) -> Void) { facts.withLock { change(&$0) } }

    /// Notes the time of the answer's first piece; later calls change nothing.
    package func tokenArrived() {
        let elapsed = ContinuousClock.now - started
        facts.withLock { if $0.timeToFirstToken == nil { $0.timeToFirstToken = elapsed } }
    }
}
