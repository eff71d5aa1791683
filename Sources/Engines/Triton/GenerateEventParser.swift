import Foundations

/// Turns the events of `generate_stream` into `ChatEvent`s.
///
/// Each event's data is one object; the stream simply ends after the last one. An object with `error` ends it too. The protocol says
/// neither why it ended nor how many tokens there were.
struct GenerateEventParser: EngineEventParser {
    let name: String
    private var words: StopWords
    private var hasBegun = false

    init(name: String, stops: [String]) {
        self.name = name
        words = StopWords(stops)
    }

    var isFinished: Bool { words.hasStopped }

    mutating func take(_ data: String) throws -> [ChatEvent] {
        guard let value = try? JSONParser.parse(data.utf8), value.objectValue != nil else {
            throw EndpointError.protocolViolation(name: name)
        }
        if value["error"]?.stringValue != nil {
            throw UpstreamFailure(status: hasBegun ? 500 : 400, body: value, retryAfter: nil).error(name: name, apiKey: nil)
        }
        hasBegun = true
        let text = words.take(value["text_output"]?.stringValue ?? "")
        return (text.isEmpty ? [] : [.text(text)]) + (isFinished ? [Self.end] : [])
    }

    func end() throws -> [ChatEvent] {
        guard hasBegun else { throw EndpointError.died(name: name) }
        return (words.rest.isEmpty ? [] : [.text(words.rest)]) + [Self.end]
    }

    static let end = ChatEvent.finished(ChatFinish(reason: "stop"))
}
