import Foundations

/// What can go wrong with pools and changes to them.
public enum PoolError: ReportableError, Equatable {
    case noSuchPool(String)
    case noSuchEndpoint(pool: String, endpoint: String)
    case endpointExists(pool: String, endpoint: String)
    case tooManyEndpoints(pool: String, limit: Int)
    case invalidEndpoint(reason: String)
    /// No endpoint takes requests now.
    case noEndpoint(pool: String, retryAfter: Duration)

    public var report: ErrorReport {
        switch self {
        case .noSuchPool(let id):
            ErrorReport(
                .notFound, code: "pool_not_found",
                "There is no pool named '\(id.prefix(128))'. /v1/pools lists those that exist.", param: "id")
        case .noSuchEndpoint(let pool, let endpoint):
            ErrorReport(
                .notFound, code: "endpoint_not_found",
                "The pool '\(pool)' has no endpoint named '\(endpoint.prefix(128))'.", param: "endpoint")
        case .endpointExists(let pool, let endpoint):
            ErrorReport(
                .conflict, code: "endpoint_exists",
                "The pool '\(pool)' has an endpoint named '\(endpoint.prefix(128))' already. Remove it first, or choose another id.",
                param: "id")
        case .tooManyEndpoints(let pool, let limit):
            ErrorReport(
                .conflict, code: "too_many_endpoints", "The pool '\(pool)' has \(limit) endpoints, the most it may have.")
        case .invalidEndpoint(let reason):
            ErrorReport(.unprocessable, code: "invalid_endpoint", "The endpoint can't be used: \(reason).")
        case .noEndpoint(let pool, let retryAfter):
            ErrorReport(
                .unavailable, code: "no_endpoint", "No endpoint of '\(pool)' takes requests at the moment.",
                retryAfter: retryAfter)
        }
    }
}
