import Networking
import Testing

@Suite struct WebSocketHandshakeTests {
    /// The example of the standard: https://www.rfc-editor.org/rfc/rfc6455#section-1.3.
    static let nonce = Array("the sample nonce".utf8)
    static let acceptance = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    static let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(acceptance)\r\n\r\n"

    static func receive(_ text: String) throws -> WebSocketHandshake.Progress {
        var handshake = WebSocketHandshake(nonce: nonce)
        return try handshake.receive(Array(text.utf8))
    }

    @Test func asksAsTheStandardSays() {
        #expect(WebSocketHandshake.acceptance(of: "dGhlIHNhbXBsZSBub25jZQ==") == Self.acceptance)
        let request = WebSocketHandshake(nonce: Self.nonce).request("/chat?v=10", headers: [("Host", "server.example.com")])
        #expect(
            String(decoding: request, as: UTF8.self) == """
                GET /chat?v=10 HTTP/1.1\r
                Host: server.example.com\r
                Upgrade: websocket\r
                Connection: Upgrade\r
                Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                Sec-WebSocket-Version: 13\r
                \r

                """)
    }

    @Test func whatFollowsTheAnswerIsHandedOn() throws {
        #expect(try Self.receive(Self.answer) == .open([]))
        #expect(try Self.receive(Self.answer + "rest\r\n\r\n") == .open(Array("rest\r\n\r\n".utf8)))
    }

    @Test func theAnswerMayComeInAnyPieces() throws {
        for size in [1, 2, 3, 7, 64] {
            var handshake = WebSocketHandshake(nonce: Self.nonce)
            var left = Array(Self.answer.utf8)[...]
            while left.count > size {
                #expect(try handshake.receive(left.prefix(size)) == .incomplete)
                left = left.dropFirst(size)
            }
            #expect(try handshake.receive(left + [1, 2]) == .open([1, 2]))
        }
    }

    @Test func namesAndListsAreReadInAnyCase() throws {
        let answer =
            "HTTP/1.1 101\r\nUPGRADE: WebSocket\r\nconnection: keep-alive, upgrade\r\nSEC-WEBSOCKET-ACCEPT:\(Self.acceptance)\r\nX: y\r\n\r\n"
        #expect(try Self.receive(answer) == .open([]))
        #expect(try Self.receive("HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n" + Self.answer) == .open([]))
    }

    @Test func refusalsTellTheirStatus() {
        #expect(throws: WebSocketError.notUpgraded(status: 429)) { try Self.receive("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 1\r\n\r\n") }
        #expect(throws: WebSocketError.notUpgraded(status: 200)) { try Self.receive("HTTP/1.0 200 OK\r\n\r\n") }
    }

    @Test(arguments: [
        answer.replacing("101", with: "10"), answer.replacing("HTTP/1.1", with: "HTTP/2"), answer.replacing("s3pP", with: "S3pP"),
        answer.replacing("Upgrade: websocket\r\n", with: ""), answer.replacing("Connection: Upgrade\r\n", with: ""),
        answer.replacing("\r\nConnection", with: "\r\nnothing\r\nConnection"),
        answer.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n"),
        answer.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Protocol: chat\r\n\r\n"),
        answer.replacing("\r\n\r\n", with: "\r\nSec-WebSocket-Accept: \(acceptance)\r\n\r\n"),
        "SSH-2.0-OpenSSH\r\n\r\n", "\r\n\r\n",
    ]) func otherAnswersBreakTheRules(_ answer: String) {
        #expect(throws: WebSocketError.protocolViolation) { try Self.receive(answer) }
    }

    @Test func theAnswerIsBounded() throws {
        var handshake = WebSocketHandshake(nonce: Self.nonce)
        #expect(throws: WebSocketError.protocolViolation) {
            for _ in 0..<20 { _ = try handshake.receive([UInt8](repeating: 0x61, count: 1024)) }
        }
        #expect(throws: WebSocketError.protocolViolation) {
            try Self.receive("HTTP/1.1 101 X\r\nX: " + String(repeating: "x", count: 20_000) + "\r\n\r\n")
        }
    }
}
