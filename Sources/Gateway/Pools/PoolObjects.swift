import Foundations
import ModelHub

/// Pools as JSON, and what can be added to them.
package enum PoolObjects {
    package static func pool(_ pool: PoolSummary) -> JSONValue {
        [
            "id": .string(pool.id), "pick": .string(pool.pick.rawValue),
            "lane": [
                "running": .integer(pool.lane.running), "waiting": .integer(pool.lane.waiting),
                "slots": .integer(pool.lane.slots), "average_service_ms": milliseconds(pool.averageService),
            ],
            "endpoints": .array(pool.endpoints.map(endpoint)),
        ]
    }

    private static func endpoint(_ summary: PoolSummary.Endpoint) -> JSONValue {
        let endpoint = summary.endpoint
        return [
            "id": .string(summary.id), "backend": .string(summary.backend), "state": .string(endpoint.health.word),
            "slots": .integer(endpoint.slots), "outstanding": .integer(endpoint.outstanding),
            "failures": .integer(endpoint.failures), "latency_ms": endpoint.latency.map(milliseconds) ?? .null,
            "retry_in_ms": summary.retryIn.map(milliseconds) ?? .null,
        ]
    }

    private static func milliseconds(_ duration: Duration) -> JSONValue { .integer(Int(duration / .milliseconds(1))) }

    /// - Throws: `invalidFields`.
    package static func newEndpoint(_ object: [String: JSONValue]) throws -> NewEndpoint {
        let reader = FieldReader(object)
        let url = reader.string("url")
        let model = reader.string("model")
        let id = reader.string("id")
        let slots = reader.integer(
            .integer("slots", EndpointConfiguration.slotsRange, "Requests it works on at once"))
        let dialect = reader.choice("dialect", of: EndpointConfiguration.Dialect.self)
        let vision = reader.bool("vision")
        let apiKey = reader.string("api_key")
        if let id, id.isEmpty || id.utf8.count > 128 || !id.utf8.allSatisfy({ (33...126).contains($0) }) {
            reader.fault("id", "invalid_id", "'id' must have 1 to 128 printable characters without blanks.")
        }
        if url != nil, id == nil { reader.fault("id", "missing", "A remote endpoint needs an id.") }
        if url == nil, model == nil { reader.fault("url", "missing", "Give the url of a remote engine, or a model of the catalog.") }
        if vision == true, dialect == .triton { reader.fault("vision", "not_supported", "The dialect triton takes text only.") }
        try reader.finish(.unprocessable)
        guard let url, let id else { return .replica(model: model ?? "", id: id ?? model ?? "") }
        var endpoint = EndpointConfiguration(id: id, url: url, dialect: dialect ?? .openai, model: model, apiKey: apiKey)
        endpoint.vision = vision ?? false
        if let slots { endpoint.slots = slots }
        return .remote(endpoint)
    }
}
