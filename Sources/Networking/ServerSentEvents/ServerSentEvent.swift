/// One event of a `text/event-stream`.
public struct ServerSentEvent: Sendable, Equatable {
    /// The event's type; `message` when the stream names none.
    public var type: String
    /// The `data` lines, joined by line feeds.
    public var data: String
    /// The last `id` the stream gave, on this event or an earlier one; empty when none.
    public var lastEventID: String

    public init(type: String = "message", data: String, lastEventID: String = "") {
        self.type = type
        self.data = data
        self.lastEventID = lastEventID
    }
}
