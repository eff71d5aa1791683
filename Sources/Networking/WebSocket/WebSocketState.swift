/// The receiving side of a client's WebSocket (RFC 6455) and its closing handshake, as a value: frames in, actions out.
package struct WebSocketState: Sendable {
    /// A frame as it came, unmasked.
    package struct Frame: Sendable, Equatable {
        package var opcode: UInt8
        package var isFinal: Bool
        package var isMasked: Bool
        package var hasReservedBits: Bool
        package var payload: [UInt8]

        package init(_ opcode: UInt8, isFinal: Bool = true, isMasked: Bool = false, hasReservedBits: Bool = false, _ payload: [UInt8] = []) {
            self.opcode = opcode
            self.isFinal = isFinal
            self.isMasked = isMasked
            self.hasReservedBits = hasReservedBits
            self.payload = payload
        }
    }

    package enum Action: Sendable, Equatable {
        case deliver(WebSocketMessage)
        case pong([UInt8])
        /// Send a close frame with this payload.
        case sendClose([UInt8])
        /// Close the connection if the peer doesn't do so within a moment.
        case expectEnd
        /// Close the connection now.
        case end
        /// Tell whoever reads.
        case fail(WebSocketError)
    }

    private enum Phase: Sendable {
        case open
        /// Our close frame is sent, the peer's isn't here yet.
        case closing
        case closed
    }

    private let maxMessageBytes: Int
    private var phase = Phase.open
    /// The message whose fragments are coming: its first frame's opcode, and what is there of it.
    private var partial: (opcode: UInt8, bytes: [UInt8])?
    /// What the peer said when it closed.
    package private(set) var closing: WebSocketClosing?

    private enum Opcode {
        static let continuation: UInt8 = 0
        static let text: UInt8 = 1
        static let binary: UInt8 = 2
        static let close: UInt8 = 8
        static let ping: UInt8 = 9
        static let pong: UInt8 = 10
    }

    package init(maxMessageBytes: Int) { self.maxMessageBytes = maxMessageBytes }

    /// Whether messages may be sent.
    package var isOpen: Bool { phase == .open }

    package mutating func receive(_ frame: Frame) -> [Action] {
        guard phase != .closed else { return [] }
        // No extension was agreed upon, and servers don't mask.
        guard !frame.hasReservedBits, !frame.isMasked else { return fail(.protocolViolation) }
        let isControl = frame.opcode >= Opcode.close
        if isControl, !frame.isFinal || frame.payload.count > 125 { return fail(.protocolViolation) }
        switch frame.opcode {
        case Opcode.close: return receiveClose(frame.payload)
        case Opcode.ping: return phase == .open ? [.pong(frame.payload)] : []
        case Opcode.pong: return []
        case Opcode.text, Opcode.binary:
            guard partial == nil else { return fail(.protocolViolation) }
            return append(frame, opcode: frame.opcode, to: [])
        case Opcode.continuation:
            guard let partial else { return fail(.protocolViolation) }
            // Given up meanwhile, so that the bytes are appended in place.
            self.partial = nil
            return append(frame, opcode: partial.opcode, to: partial.bytes)
        default: return fail(.protocolViolation)
        }
    }

    private mutating func append(_ frame: Frame, opcode: UInt8, to bytes: consuming [UInt8]) -> [Action] {
        guard phase == .open else {
            // Nobody reads any more; only the frames' order is kept track of.
            partial = frame.isFinal ? nil : (opcode, [])
            return []
        }
        guard bytes.count + frame.payload.count <= maxMessageBytes else { return fail(.messageTooLarge(limit: maxMessageBytes)) }
        bytes += frame.payload
        guard frame.isFinal else {
            partial = (opcode, bytes)
            return []
        }
        partial = nil
        if opcode == Opcode.binary { return [.deliver(.binary(bytes))] }
        guard let text = String(validating: bytes, as: UTF8.self) else { return fail(.protocolViolation, code: 1007) }
        return [.deliver(.text(text))]
    }

    private mutating func receiveClose(_ payload: [UInt8]) -> [Action] {
        var said = WebSocketClosing(code: nil)
        if !payload.isEmpty {
            guard payload.count >= 2, let reason = String(validating: payload.dropFirst(2), as: UTF8.self) else {
                return fail(.protocolViolation)
            }
            let code = Int(payload[0]) << 8 | Int(payload[1])
            guard Self.isSent(code) else { return fail(.protocolViolation) }
            said = WebSocketClosing(code: code, reason: reason)
        }
        closing = said
        let isAnswer = phase == .closing
        phase = .closed
        // The peer began: its code goes back, and it is the server that ends the connection.
        return isAnswer ? [.end] : [.sendClose(Array(payload.prefix(2))), .expectEnd]
    }

    /// Codes that may stand in a close frame.
    private static func isSent(_ code: Int) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Begins the closing handshake from our side. Once is enough.
    /// - Parameter reason: up to 123 bytes; what is longer is left out.
    package mutating func close(code: UInt16, reason: String = "") -> [Action] {
        guard phase == .open else { return [] }
        phase = .closing
        let text = reason.utf8.count <= 123 ? reason : ""
        return [.sendClose([UInt8(code >> 8), UInt8(code & 0xFF)] + text.utf8), .expectEnd]
    }

    /// A peer that breaks the rules is told so, and not listened to any more.
    package mutating func fail(_ error: WebSocketError, code: UInt16? = nil) -> [Action] {
        let told = close(code: code ?? error.closeCode).filter { $0 != .expectEnd }
        phase = .closed
        partial = nil
        return told + [.fail(error), .end]
    }
}
