import Crypto
import Foundation

/// The opening handshake of a client (https://www.rfc-editor.org/rfc/rfc6455#section-4.1) as a value: a request goes out, bytes come in.
///
/// What the server sends right behind its answer belongs to the WebSocket, and mustn't get lost even if the connection ends with it.
package struct WebSocketHandshake: Sendable {
    package enum Progress: Sendable, Equatable {
        case incomplete
        /// The WebSocket is open; these bytes are its first ones.
        case open([UInt8])
    }

    private let key: String
    private var received: [UInt8] = []

    private static let maxHeadBytes = 16 << 10
    private static let identifier = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let end = Array("\r\n\r\n".utf8)

    /// - Parameter nonce: 16 random bytes.
    package init(nonce: [UInt8]) { key = Data(nonce).base64EncodedString() }

    /// What tells that somebody has read the key.
    package static func acceptance(of key: String) -> String {
        Data(Insecure.SHA1.hash(data: Data((key + identifier).utf8))).base64EncodedString()
    }

    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: with the host's among them.
    package func request(_ target: String, headers: [(name: String, value: String)]) -> [UInt8] {
        let own = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key), ("Sec-WebSocket-Version", "13")]
        let lines = ["GET \(target) HTTP/1.1"] + (headers + own).map { "\($0.0): \($0.1)" }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    /// - Throws: `WebSocketError.notUpgraded`, `WebSocketError.protocolViolation`.
    package mutating func receive(_ bytes: some Collection<UInt8>) throws -> Progress {
        received += bytes
        while let border = received.firstRange(of: Self.end) {
            guard border.lowerBound <= Self.maxHeadBytes else { throw WebSocketError.protocolViolation }
            let head = received[..<border.lowerBound]
            received = Array(received[border.upperBound...])
            if try isOpen(after: head) { return .open(received) }
        }
        guard received.count <= Self.maxHeadBytes else { throw WebSocketError.protocolViolation }
        return .incomplete
    }

    private func isOpen(after head: ArraySlice<UInt8>) throws -> Bool {
        guard let text = String(validating: head, as: UTF8.self) else { throw WebSocketError.protocolViolation }
        let lines = text.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ", maxSplits: 2)
        guard words.count >= 2, words[0].hasPrefix("HTTP/1."), words[1].utf8.count == 3, let status = Int(words[1]) else {
            throw WebSocketError.protocolViolation
        }
        guard status == 101 else {
            // Others of the hundreds announce an answer that is still to come.
            if (100..<200).contains(status) { return false }
            throw WebSocketError.notUpgraded(status: status)
        }
        let headers = try Self.headers(lines.dropFirst())
        func has(_ name: String, _ wanted: String) -> Bool {
            let words = headers[name, default: []].flatMap { $0.split(separator: ",") }
            return words.contains { $0.trimmingCharacters(in: .whitespaces).lowercased() == wanted }
        }
        // Neither extensions nor protocols were asked for.
        guard has("upgrade", "websocket"), has("connection", "upgrade"), headers["sec-websocket-accept"] == [Self.acceptance(of: key)],
            headers["sec-websocket-extensions"] == nil, headers["sec-websocket-protocol"] == nil
        else { throw WebSocketError.protocolViolation }
        return true
    }

    /// The values by name in small letters.
    private static func headers(_ lines: ArraySlice<String>) throws -> [String: [String]] {
        var headers: [String: [String]] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { throw WebSocketError.protocolViolation }
            headers[line[..<colon].lowercased(), default: []].append(line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces))
        }
        return headers
    }
}
