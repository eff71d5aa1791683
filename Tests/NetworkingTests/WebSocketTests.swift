import Foundations
import Networking
import Testing
import UnrulyServer

/// Against a server that writes its frames byte by byte.
@Suite struct WebSocketTests {
    /// A frame as servers send it.
    static func frame(_ opcode: UInt8, _ payload: [UInt8], isFinal: Bool = true) -> [UInt8] {
        let head: [UInt8] = payload.count < 126 ? [UInt8(payload.count)] : [126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)]
        return [opcode | (isFinal ? 0x80 : 0)] + head + payload
    }

    static func close(_ code: Int, _ reason: String = "") -> [UInt8] {
        frame(8, [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }

    static func answer(to request: UnrulyServer.Request) -> String {
        let acceptance = WebSocketHandshake.acceptance(of: request.headers["sec-websocket-key", default: ""])
        return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: \(acceptance)\r\n\r\n"
    }

    /// Answers the handshake.
    static func accept(_ request: UnrulyServer.Request, _ reply: UnrulyServer.Reply) async throws {
        try await reply.send(answer(to: request))
    }

    /// What a client hears of a server that sends these bytes after the handshake, and then ends the connection.
    static func listen(
        maxMessageBytes: Int = 1 << 20, _ bytes: [UInt8]..., then end: @escaping @Sendable (UnrulyServer.Reply) async throws -> Void = { _ in }
    ) async throws -> (messages: [WebSocketMessage], closing: WebSocketClosing?, request: UnrulyServer.Request?) {
        try await UnrulyServer.run { request, reply in
            try await accept(request, reply)
            for piece in bytes { try await reply.send(piece) }
            try await end(reply)
        } _: { server in
            let url = "ws://127.0.0.1:\(server.port)/way?v=10"
            return try await withWebSocket(
                url, headers: [("X-Test", "yes")], deadline: .after(.seconds(20)), maxMessageBytes: maxMessageBytes
            ) { connection in
                var messages: [WebSocketMessage] = []
                for try await message in connection.messages { messages.append(message) }
                return (messages, connection.closing, server.requests.first)
            }
        }
    }

    @Test func readsMessagesAndTheGoodbye() async throws {
        let long = [UInt8](repeating: 0x61, count: 40_000)
        let heard = try await Self.listen(
            Self.frame(1, Array("one".utf8)) + Self.frame(9, []), Self.frame(1, Array("t".utf8), isFinal: false),
            Self.frame(0, Array("wo".utf8)) + Self.frame(2, long), Self.close(4004, "no")
        ) { _ in
            // Our answer to the ping isn't read, and a system that closes then takes back what it has sent.
            try await Task.sleep(for: .milliseconds(200))
        }
        #expect(heard.messages == [.text("one"), .text("two"), .binary(long)])
        #expect(heard.closing == WebSocketClosing(code: 4004, reason: "no"))
        let request = try #require(heard.request)
        #expect(request.target == "/way?v=10" && request.headers["x-test"] == "yes" && request.headers["sec-websocket-version"] == "13")
        #expect(request.headers["host"]?.hasPrefix("127.0.0.1:") == true && request.headers["user-agent"] == "martlet")
    }

    @Test func readsWhatComesWithTheHandshake() async throws {
        let heard = try await UnrulyServer.run { request, reply in
            try await reply.send(Array(Self.answer(to: request).utf8) + Self.frame(1, Array("hello".utf8)) + Self.close(1000))
        } _: { server in
            try await withWebSocket("ws://127.0.0.1:\(server.port)", deadline: .after(.seconds(20))) { connection in
                var messages: [WebSocketMessage] = []
                for try await message in connection.messages { messages.append(message) }
                return messages
            }
        }
        #expect(heard == [.text("hello")])
    }

    @Test func aConnectionThatJustEndsHasNoGoodbye() async throws {
        let heard = try await Self.listen(Self.frame(1, Array("one".utf8)))
        #expect(heard.messages == [.text("one")] && heard.closing == nil)
    }

    @Test func whatBreaksTheRulesEndsTheConnection() async throws {
        for bytes in [[0x81, 0x81, 1, 2, 3, 4, 5], [0xC1, 0x01, 0x61], [0x83, 0x00], [0x09, 0x00], Self.frame(1, [0xFF])] {
            await #expect(throws: WebSocketError.protocolViolation) { _ = try await Self.listen(bytes) { try await $0.waitForClose() } }
        }
    }

    @Test func messagesAreBounded() async throws {
        let kilobyte = [UInt8](repeating: 0, count: 1000)
        let announced: [UInt8] = [0x82, 127, 0, 0, 0, 0, 0x10, 0, 0, 0]
        for bytes in [announced, Self.frame(2, kilobyte + kilobyte), Self.frame(2, kilobyte, isFinal: false) + Self.frame(0, kilobyte)] {
            await #expect(throws: WebSocketError.messageTooLarge(limit: 1500)) {
                _ = try await Self.listen(maxMessageBytes: 1500, bytes) { try await $0.waitForClose() }
            }
        }
    }

    @Test func otherAnswersAreRefusals() async throws {
        try await UnrulyServer.run { _, reply in
            try await reply.send(status: 403, body: Array("no".utf8))
        } _: { server in
            await #expect(throws: WebSocketError.notUpgraded(status: 403)) {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { _ in }
            }
        }
        // A handshake that anybody could have sent.
        try await UnrulyServer.run { _, reply in
            try await reply.send("HTTP/1.1 101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: AAAA\r\n\r\n")
            try await reply.waitForClose()
        } _: { server in
            await #expect(throws: WebSocketError.protocolViolation) {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { _ in }
            }
        }
        try await UnrulyServer.run { _, reply in try await reply.send("HTTP/1.1 101 X\r\nUp") } _: { server in
            await #expect(throws: NetworkError.connectionFailed) {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { _ in }
            }
        }
        try await UnrulyServer.run { _, reply in try await reply.reset() } _: { server in
            await #expect(throws: NetworkError.connectionFailed) {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { _ in }
            }
        }
    }

    @Test func aHandshakeHasItsDeadline() async throws {
        try await UnrulyServer.run { _, reply in try await reply.waitForClose() } _: { server in
            let began = ContinuousClock.now
            await #expect(throws: NetworkError.timeout) {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.milliseconds(200))) { _ in }
            }
            #expect(ContinuousClock.now - began < .seconds(5))
        }
    }

    @Test func addressesAreChecked() async {
        for url in ["http://a/", "a", "ws:/a", "ws://u:p@a/", "ws://a:0/", "wss://", "ws://a b/"] {
            await #expect(throws: NetworkError.self, "\(url)") {
                try await withWebSocket(url, deadline: .after(.seconds(5))) { _ in }
            }
        }
        await #expect(throws: NetworkError.connectionFailed) {
            // Nobody listens on the port that was last given back.
            let port = try await UnrulyServer.run({ _, _ in }) { $0.port }
            try await withWebSocket("ws://127.0.0.1:\(port)/", deadline: .after(.seconds(5))) { _ in }
        }
    }

    @Test func cancellationClosesEvenWhereThePeerIsSilent() async throws {
        try await UnrulyServer.run { request, reply in
            try await Self.accept(request, reply)
            try await reply.send(Self.frame(1, Array("go".utf8)))
            try await reply.waitForClose()
        } _: { server in
            let (signs, sign) = AsyncStream.makeStream(of: Void.self)
            let task = Task {
                try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { connection in
                    for try await _ in connection.messages { sign.yield() }
                }
            }
            for await _ in signs { break }
            let began = ContinuousClock.now
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(ContinuousClock.now - began < .seconds(10))
        }
    }

    @Test func nothingIsSentAfterTheGoodbye() async throws {
        try await UnrulyServer.run { request, reply in
            try await Self.accept(request, reply)
            try await reply.waitForClose()
        } _: { server in
            try await withWebSocket("ws://127.0.0.1:\(server.port)/", deadline: .after(.seconds(20))) { connection in
                try await connection.send("hello")
                await connection.close(code: 4000)
                await #expect(throws: WebSocketError.closed) { try await connection.send("more") }
                for try await _ in connection.messages {}
                #expect(connection.closing == nil)
            }
        }
    }
}
