import Foundations

/// The bounds of one lane.
public struct LaneLimits: Sendable, Equatable {
    /// Requests that may wait.
    public var capacity: Int
    /// The longest a request may wait for its turn.
    public var maxWait: Duration
    /// The longest time a refused caller is told to stay away.
    public var retryAfterCap: Duration
    /// A batch request that has waited this long counts as an interactive one.
    public var batchAging: Duration
    /// What a request is taken to need before one has been served.
    public var firstGuess: Duration

    public init(
        capacity: Int, maxWait: Duration, retryAfterCap: Duration = .seconds(120), batchAging: Duration = .seconds(30),
        firstGuess: Duration = .seconds(10)
    ) {
        self.capacity = max(0, capacity)
        self.maxWait = maxWait
        self.retryAfterCap = retryAfterCap
        self.batchAging = batchAging
        self.firstGuess = firstGuess
    }

    /// The bounds that the configuration sets for the lanes of models.
    public init(_ lanes: LanesConfiguration) {
        self.init(
            capacity: lanes.capacity, maxWait: lanes.maxWait, retryAfterCap: lanes.retryAfterCap,
            batchAging: lanes.batchAging, firstGuess: lanes.firstGuess)
    }
}
