/// A whole message of a WebSocket.
public enum WebSocketMessage: Sendable, Equatable {
    case text(String)
    case binary([UInt8])
}

/// What a peer said when it closed a WebSocket.
public struct WebSocketClosing: Sendable, Equatable {
    /// https://www.rfc-editor.org/rfc/rfc6455#section-7.4; `nil`: the peer gave none.
    public var code: Int?
    public var reason: String

    public init(code: Int?, reason: String = "") {
        self.code = code
        self.reason = reason
    }
}
