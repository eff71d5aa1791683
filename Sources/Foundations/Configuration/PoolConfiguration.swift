/// The line in front of each model.
public struct LanesConfiguration: Sendable, Equatable {
    /// Requests that may wait for one model; further ones get 429.
    public var capacity = 64
    /// The longest a request may wait for its turn.
    public var maxWait: Duration = .seconds(120)
    /// The longest time a refused caller is told to stay away.
    public var retryAfterCap: Duration = .seconds(120)
    /// A batch request that has waited this long counts as an interactive one.
    public var batchAging: Duration = .seconds(30)
    /// What a request is taken to need before one has been served.
    public var firstGuess: Duration = .seconds(10)

    public init() {}
}

/// How pools choose, watch and give up endpoints.
public struct BalancingConfiguration: Sendable, Equatable {
    /// Failures in a row after which an endpoint is taken out.
    public var failureLimit = 5
    /// Successes in a row that bring a tried endpoint back.
    public var successLimit = 2
    /// How long an endpoint is taken out the first time; it doubles with each further one in a row.
    public var ejection: Duration = .seconds(30)
    public var maxEjection: Duration = .seconds(300)
    /// How often a remote endpoint is asked whether it lives.
    public var probeInterval: Duration = .seconds(10)
    /// The longest an endpoint may take to answer that.
    public var probeTimeout: Duration = .seconds(5)
    /// Retries that are earned by each request, as a share of one.
    public var retryShare = 0.2
    /// Retries that can be saved up, and are there at the start.
    public var retryReserve = 10

    public init() {}
}

/// Several endpoints behind one model id.
public struct PoolConfiguration: Sendable, Equatable {
    /// How an endpoint is picked.
    public enum Pick: String, Sendable, CaseIterable {
        /// The less loaded of two random ones.
        case p2c
        case roundRobin = "round_robin"
    }

    public enum Member: Sendable, Equatable {
        /// A model of the catalog, in so many engines of our own.
        case model(String, replicas: Int)
        /// One of `endpoints`, by its id.
        case endpoint(String)
    }

    public static let replicas = 1...16
    public static let maxMembers = 64

    /// The model id callers use.
    public var id: String
    public var members: [Member]
    public var pick: Pick

    public init(id: String, members: [Member], pick: Pick = .p2c) {
        self.id = id
        self.members = members
        self.pick = pick
    }
}
