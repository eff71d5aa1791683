import Foundations

/// What a surface needs of pools: to see them and to change them while they work.
public protocol PoolDirectory: Sendable {
    func poolSummaries() async -> [PoolSummary]
    /// Takes an endpoint into a pool, until it is removed or the server ends.
    /// - Throws: `PoolError`, `ModelHubError` of the model.
    func add(_ endpoint: NewEndpoint, to pool: String) async throws -> PoolSummary
    /// Gives an endpoint nothing new.
    /// - Throws: `PoolError`.
    func drain(_ endpoint: String, in pool: String) async throws -> PoolSummary
    /// Drains an endpoint and takes it out when it has nothing more to do.
    /// - Throws: `PoolError`.
    func remove(_ endpoint: String, from pool: String) async throws -> PoolSummary
}

/// What can be added to a pool.
public enum NewEndpoint: Sendable, Equatable {
    case remote(EndpointConfiguration)
    /// One more engine of our own with a model of the catalog, under this endpoint id.
    case replica(model: String, id: String)
}

/// A pool as lists show it.
public struct PoolSummary: Sendable, Equatable {
    public struct Endpoint: Sendable, Equatable {
        public var id: String
        /// The engine behind it: `llama`, `openai`, `vllm`.
        public var backend: String
        public var endpoint: PoolState.Endpoint
        /// Until it is tried again, where that is known.
        public var retryIn: Duration?

        public init(id: String, backend: String, endpoint: PoolState.Endpoint, retryIn: Duration?) {
            self.id = id
            self.backend = backend
            self.endpoint = endpoint
            self.retryIn = retryIn
        }
    }

    public var id: String
    public var pick: PoolConfiguration.Pick
    public var lane: Lane.Load
    /// The moving average of service times.
    public var averageService: Duration
    public var endpoints: [Endpoint]

    public init(
        id: String, pick: PoolConfiguration.Pick, lane: Lane.Load, averageService: Duration, endpoints: [Endpoint]
    ) {
        self.id = id
        self.pick = pick
        self.lane = lane
        self.averageService = averageService
        self.endpoints = endpoints
    }
}

extension PoolState.Health {
    /// The word that lists show.
    public var word: String {
        switch self {
        case .up: "up"
        case .ejected: "ejected"
        case .halfOpen: "half_open"
        case .draining: "draining"
        }
    }
}
