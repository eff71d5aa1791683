import Foundation
import Foundations
import Gateway
import HummingbirdTesting
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing
import VideoAnalysis

/// A plain TCP connection, to send what no HTTP client would.
struct RawConnection {
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>

    static func use<T: Sendable>(
        port: Int, _ body: @Sendable @escaping (NIOAsyncChannelInboundStream<ByteBuffer>, NIOAsyncChannelOutboundWriter<ByteBuffer>) async throws -> T
    ) async throws -> T {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "localhost", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await channel.executeThenClose(body)
    }

    /// Everything up to the end of the connection, or until `marker` was seen.
    static func read(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, until marker: String? = nil) async throws -> String {
        var text = ""
        for try await buffer in inbound {
            text += String(buffer: buffer)
            if let marker, text.contains(marker) { break }
        }
        return text
    }
}

@Suite struct LiveServerTests {
    private static func head(_ path: String, _ headers: [String]) -> ByteBuffer {
        ByteBuffer(string: "POST \(path) HTTP/1.1\r\nHost: localhost\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    private static let form = "Content-Type: multipart/form-data; boundary=frontier"

    /// A question that says when it began and when it was cancelled.
    private final class Watch: Sendable {
        let began = Mutex(false)
        let cancelled = Mutex(false)
        var questions: ScriptedQuestions {
            ScriptedQuestions { [self] _, events in
                events.yield(.token("first"))
                began.withLock { $0 = true }
                do {
                    try await Task.sleep(for: .seconds(600))
                } catch {
                    cancelled.withLock { $0 = true }
                    throw error
                }
            }
        }
    }

    @Test func keepAliveSurvivesQuestions() async throws {
        let bench = TestBench()
        try await bench.test(.live) { client in
            for _ in 0..<3 {
                let response = try await client.execute(
                    uri: "/v1/inference/upload", method: .post, headers: TestBench.formType, body: TestBench.form())
                #expect(response.status == .ok && response.json["response"] == "A cat.")
            }
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func anAnnouncedGiantIsRefusedBeforeItsBody() async throws {
        let bench = TestBench()
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                try await outbound.write(Self.head("/v1/inference/upload", [Self.form, "Content-Length: 2147483648"]))
                // Not one byte of the body is sent, and the answer comes all the same, with the connection's end.
                return try await RawConnection.read(inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("upload_too_large"))
            #expect(answer.lowercased().contains("connection: close"))
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func aGiantWithoutAnnouncementIsCutOff() async throws {
        let bench = TestBench { $0.server.maxUploadBytes = 100_000 }
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                try await outbound.write(Self.head("/v1/inference/upload", [Self.form, "Transfer-Encoding: chunked"]))
                let start = "--frontier\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a\"\r\n\r\n"
                try await outbound.write(ByteBuffer(string: String(start.utf8.count, radix: 16) + "\r\n" + start + "\r\n"))
                let piece = ByteBuffer(string: "8000\r\n" + String(repeating: "x", count: 0x8000) + "\r\n")
                for _ in 0..<4 { try await outbound.write(piece) }
                return try await RawConnection.read(inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 413 ") && answer.contains("upload_too_large"))
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func expectContinueIsAnswered() async throws {
        try await TestBench().test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                let body = TestBench.form()
                try await outbound.write(
                    Self.head("/v1/inference/upload", [Self.form, "Content-Length: \(body.readableBytes)", "Expect: 100-continue", "Connection: close"]))
                var text = ""
                for try await buffer in inbound {
                    text += String(buffer: buffer)
                    if text == "HTTP/1.1 100 Continue\r\n\r\n" { try await outbound.write(body) }
                    if text.contains("request_id") { break }
                }
                return text
            }
            #expect(answer.hasPrefix("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK"))
        }
    }

    @Test func aStalledBodyTimesOut() async throws {
        let bench = TestBench { $0.server.bodyIdleTimeout = .milliseconds(50) }
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            for (path, type) in [("/v1/inference/upload", Self.form), ("/v1/inference/url", "Content-Type: application/json")] {
                let answer = try await RawConnection.use(port: port) { inbound, outbound in
                    try await outbound.write(Self.head(path, [type, "Content-Length: 900000"]))
                    try await outbound.write(ByteBuffer(string: "--frontier\r\n"))
                    return try await RawConnection.read(inbound)
                }
                #expect(answer.hasPrefix("HTTP/1.1 408 ") && answer.contains("body_timeout"), "\(path)")
            }
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test func aTruncatedUploadIsToldAndDeleted() async throws {
        let bench = TestBench()
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                var body = TestBench.form()
                let cut = body.readSlice(length: body.readableBytes - 10) ?? ByteBuffer()
                try await outbound.write(Self.head("/v1/inference/upload", [Self.form, "Content-Length: \(cut.readableBytes)", "Connection: close"]))
                try await outbound.write(cut)
                return try await RawConnection.read(inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 400 ") && answer.contains("multipart_truncated"))
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test(arguments: [true, false])
    func aCallerThatLeavesCancelsThePipeline(_ streams: Bool) async throws {
        let watch = Watch()
        let bench = TestBench(questions: watch.questions)
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            try await RawConnection.use(port: port) { inbound, outbound in
                let body = TestBench.form()
                var headers = [Self.form, "Content-Length: \(body.readableBytes)"]
                if streams { headers.append("Accept: text/event-stream") }
                try await outbound.write(Self.head("/v1/inference/upload", headers))
                try await outbound.write(body)
                if streams { _ = try await RawConnection.read(inbound, until: "first") }
                try await bench.until { watch.began.withLock { $0 } }
            }
            try await bench.until { watch.cancelled.withLock { $0 } }
            try await bench.until { bench.leftUploads.isEmpty }
            try await bench.until { bench.logs.all.contains { $0.contains("status=499") && $0.contains("code=caller_left") } }
            #expect(await bench.services.gate.load.running == 0)
        }
    }

    @Test func leavingDuringTheUploadLeavesNothingBehind() async throws {
        let bench = TestBench()
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            try await RawConnection.use(port: port) { _, outbound in
                try await outbound.write(Self.head("/v1/inference/upload", [Self.form, "Content-Length: 900000"]))
                try await outbound.write(ByteBuffer(string: "--frontier\r\nContent-Disposition: form-data; name=\"video\"; filename=\"a\"\r\n\r\nabc"))
                try await bench.until { !bench.leftUploads.isEmpty }
            }
            try await bench.until { bench.leftUploads.isEmpty }
        }
    }

    @Test(arguments: ["NONSENSE\r\n\r\n", "GET / HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 100_000))\r\n\r\n"])
    func whatIsNotHTTPGetsTheEnvelope(_ text: String) async throws {
        try await TestBench().test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: text))
                return try await RawConnection.read(inbound, until: "request_id")
            }
            #expect(answer.hasPrefix("HTTP/1.1 4") && answer.contains("\"error\""))
        }
    }

    @Test func foreignHostsAreRefused() async throws {
        try await TestBench().test(.live) { client in
            let port = try #require(client.port)
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                try await outbound.write(ByteBuffer(string: "GET /v1/models HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                return try await RawConnection.read(inbound)
            }
            #expect(answer.hasPrefix("HTTP/1.1 421 ") && answer.contains("host_not_allowed"))
        }
    }

    @Test func aStopTellsStreamsAndEndsThemAfterTheGrace() async throws {
        let watch = Watch()
        let bench = TestBench(questions: watch.questions) {
            $0.server.port = 0
            $0.server.shutdownGrace = .milliseconds(100)
        }
        let (ports, port) = AsyncStream<Int>.makeStream()
        let server = GatewayServer(services: bench.services, logger: bench.logger) { port.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [server], logger: bench.logger))
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let bound = try #require(await ports.first { _ in true })
            let text = try await RawConnection.use(port: bound) { inbound, outbound in
                let body = #"{"video_url":"http://a.example/","prompt":"p","stream":true}"#
                try await outbound.write(
                    Self.head("/v1/inference/url", ["Content-Type: application/json", "Content-Length: \(body.utf8.count)"]))
                try await outbound.write(ByteBuffer(string: body))
                var text = ""
                for try await buffer in inbound {
                    let hadBegun = text.contains("first")
                    text += String(buffer: buffer)
                    if !hadBegun, text.contains("first") { await group.triggerGracefulShutdown() }
                }
                return text
            }
            #expect(text.contains("event: notice\ndata: {\"code\":\"server_stopping\""))
            #expect(text.contains("event: error") && text.contains("server_stopping"))
            #expect(watch.cancelled.withLock { $0 })
            try await tasks.waitForAll()
        }
        try? FileManager.default.removeItem(atPath: bench.services.configuration.dataDirectory)
    }

    @Test func aTakenPortAndAnOpenHostAreClearErrors() async throws {
        let bench = TestBench()
        try await bench.test(.live) { client in
            let port = try #require(client.port)
            var taken = bench.services.configuration
            taken.server.host = "localhost"
            taken.server.port = port
            let second = GatewayServer(configuration: taken, dependencies: bench.services.dependencies, logger: bench.logger)
            await #expect(throws: GatewayError.cannotListen(host: "localhost", port: port)) { try await second.run() }
            taken.server.host = "0.0.0.0"
            let open = GatewayServer(configuration: taken, dependencies: bench.services.dependencies, logger: bench.logger)
            await #expect(throws: GatewayError.openWithoutToken(host: "0.0.0.0")) { try await open.run() }
        }
    }

    @Test func aHeadThatDripsInIsGivenUp() async throws {
        let bench = TestBench { $0.server.headerTimeout = .milliseconds(300) }
        try await bench.test(.live) { client in
            // A request in time is answered, and the next one on the same connection too.
            for _ in 0..<2 { #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok) }
            let port = try #require(client.port)
            // Bytes keep coming, so that the connection is never idle: reading ends all the same.
            let answer = try await RawConnection.use(port: port) { inbound, outbound in
                let dripping = Task {
                    for byte in "GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "y", count: 10_000) {
                        try await outbound.write(ByteBuffer(string: String(byte)))
                        try await Task.sleep(for: .milliseconds(20))
                    }
                }
                defer { dripping.cancel() }
                return try await RawConnection.read(inbound)
            }
            #expect(answer.isEmpty)
        }
    }
}
