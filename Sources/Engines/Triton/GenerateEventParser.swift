import Foundations
import Networking

/// Turns the events of `generate_stream` into their fields. A value: bytes in, fields out.
///
/// Each event's data is one object; the stream simply ends after the last one. An object with `error` ends it too.
struct GenerateEventParser: EngineEventParser {
    let name: String
    let maxEventBytes: Int
    private var events: ServerSentEventParser
    private var hasBegun = false
    let isFinished = false

    init(name: String, maxEventBytes: Int) {
        self.name = name
        self.maxEventBytes = maxEventBytes
        events = ServerSentEventParser(maxLineBytes: maxEventBytes, maxEventBytes: maxEventBytes)
    }

    mutating func feed(_ bytes: some Sequence<UInt8>) throws -> [JSONValue] {
        let parsed: [ServerSentEvent]
        do {
            parsed = try events.feed(bytes)
        } catch {
            throw EndpointError.answerTooLarge(name: name, limit: maxEventBytes)
        }
        return try parsed.map { event in
            guard let value = try? JSONParser.parse(event.data.utf8), value.objectValue != nil else {
                throw EndpointError.protocolViolation(name: name)
            }
            if value["error"]?.stringValue != nil {
                throw UpstreamFailure(status: hasBegun ? 500 : 400, body: value, retryAfter: nil).error(name: name, apiKey: nil)
            }
            hasBegun = true
            return value
        }
    }

    mutating func end() throws -> [JSONValue] {
        guard hasBegun else { throw EndpointError.died(name: name) }
        return []
    }
}
