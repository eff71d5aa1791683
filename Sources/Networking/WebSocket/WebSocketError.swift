import Foundations

/// What can go wrong with a WebSocket once its address was reached. Until then, `NetworkError` says what went wrong.
public enum WebSocketError: ReportableError, Equatable {
    /// The server answered the handshake with something else.
    case notUpgraded(status: Int)
    /// The peer broke the rules of RFC 6455.
    case protocolViolation
    case messageTooLarge(limit: Int)
    /// The connection is closed or about to be.
    case closed

    public var report: ErrorReport {
        switch self {
        case .notUpgraded(let status):
            ErrorReport(
                .upstream, code: "websocket_refused", "The address answered with status \(status) instead of opening a WebSocket.",
                details: ["status": .integer(status)])
        case .protocolViolation:
            ErrorReport(.upstream, code: "websocket_protocol", "The other side of the WebSocket doesn't keep to the protocol.")
        case .messageTooLarge(let limit):
            ErrorReport(
                .upstream, code: "websocket_message_too_large", "The other side sent a message of more than \(limit) bytes.",
                details: ["limit_bytes": .integer(limit)])
        case .closed: ErrorReport(.upstream, code: "websocket_closed", "The WebSocket is closed. Connect anew.")
        }
    }

    /// The close code that tells the peer.
    var closeCode: UInt16 {
        switch self {
        case .messageTooLarge: 1009
        case .notUpgraded, .protocolViolation, .closed: 1002
        }
    }
}
