import Foundation
import Foundations
import Networking
import Testing
import UnrulyServer

@Suite struct GuardedFetcherTests {
    static let loopback = IPAddress.v4(0x7F00_0001)

    /// A fetcher that knows `files.example` as this machine and may connect there, and nowhere else inside.
    static func fetcher(_ hosts: [String: [IPAddress]] = [:]) -> GuardedFetcher {
        let table = hosts.merging(["files.example": [loopback]]) { given, _ in given }
        return GuardedFetcher(
            resolver: HostResolver { host in
                guard let addresses = table[host] ?? IPAddress(host).map({ [$0] }) else { throw NetworkError.hostNotFound }
                return addresses
            }, exceptions: [loopback])
    }

    /// Fetches from a server with that behaviour.
    static func fetch(
        path: String = "/file", configuration: FetchConfiguration = FetchConfiguration(), deadline: Deadline = .after(.seconds(60)),
        hosts: [String: [IPAddress]] = [:], _ handler: @escaping UnrulyServer.Handler,
        check: @escaping @Sendable (Result<(FetchedFile, [UInt8]), any Error>, UnrulyServer, [String]) throws -> Void
    ) async throws {
        try await UnrulyServer.run(handler) { server in
            try await withTemporaryFolder { folder in
                var result: Result<(FetchedFile, [UInt8]), any Error>
                do {
                    let file = try await fetcher(hosts).fetch(
                        "http://files.example:\(server.port)\(path)", into: folder, configuration: configuration,
                        deadline: deadline)
                    result = .success((file, Array(try Data(contentsOf: file.file))))
                } catch {
                    result = .failure(error)
                }
                try check(result, server, try FileManager.default.contentsOfDirectory(atPath: folder.path))
            }
        }
    }

    /// Expects an error and nothing left behind.
    static func expectRefusal(
        _ expected: NetworkError, path: String = "/file", configuration: FetchConfiguration = FetchConfiguration(),
        hosts: [String: [IPAddress]] = [:], _ handler: @escaping UnrulyServer.Handler
    ) async throws {
        try await fetch(path: path, configuration: configuration, hosts: hosts, handler) { result, _, left in
            #expect(throws: expected) { try result.get() }
            #expect(left.isEmpty)
        }
    }

    @Test func fetchesAFile() async throws {
        let body = [UInt8]((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try await Self.fetch { _, reply in
            try await reply.send(headers: [("Content-Type", "video/mp4")], body: body)
        } check: { result, server, left in
            let (file, bytes) = try result.get()
            #expect(bytes == body)
            #expect(file.bytes == Int64(body.count))
            #expect(file.contentType == "video/mp4")
            #expect(file.finalURL == "http://files.example:\(server.port)/file")
            #expect(left == [file.file.lastPathComponent])
            let request = try #require(server.requests.first)
            #expect(request.headers["host"] == "files.example:\(server.port)")
            #expect(request.headers["accept-encoding"] == "identity")
        }
    }

    @Test func fetchesWithoutAnAnnouncedLength() async throws {
        try await Self.fetch { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        } check: { result, _, _ in
            let bytes = try result.get().1
            #expect(bytes == Array("abcde".utf8))
        }
    }

    @Test func followsRedirects() async throws {
        try await Self.fetch { request, reply in
            switch request.target {
            case "/file": try await reply.send(status: 302, headers: [("Location", "/second")])
            case "/second": try await reply.send(status: 307, headers: [("Location", "third?x=1")])
            default: try await reply.send(body: Array("here".utf8))
            }
        } check: { result, server, _ in
            let (file, bytes) = try result.get()
            #expect(bytes == Array("here".utf8))
            #expect(file.finalURL == "http://files.example:\(server.port)/third?x=1")
        }
    }

    @Test func countsRedirects() async throws {
        var configuration = FetchConfiguration()
        configuration.maxRedirects = 3
        try await Self.fetch(configuration: configuration) { _, reply in
            try await reply.send(status: 302, headers: [("Location", "/file")])
        } check: { result, server, _ in
            #expect(throws: NetworkError.tooManyRedirects(limit: 3)) { try result.get() }
            #expect(server.requests.count == 4)
        }
    }

    @Test(arguments: [
        ("http://127.0.0.2/", AddressPolicy.Refusal.loopback), ("http://10.0.0.1:8080/x", .privateNetwork),
        ("http://[::1]/", .loopback), ("http://[::ffff:127.0.0.1]/", .loopback), ("http://169.254.169.254/latest", .metadata),
        ("//inside.example/x", .privateNetwork), ("http://rebinding.example/", .loopback), ("http://0.0.0.0/", .unspecified),
    ]) func judgesEveryRedirect(_ location: String, _ refusal: AddressPolicy.Refusal) async throws {
        let hosts: [String: [IPAddress]] = [
            "inside.example": [.v4(0xC0A8_0101)],
            "rebinding.example": [.v4(0x0808_0808), .v4(0x7F00_0002)],
        ]
        try await Self.expectRefusal(.addressRefused(refusal), hosts: hosts) { _, reply in
            try await reply.send(status: 301, headers: [("Location", location)])
        }
    }

    @Test func refusesRedirectsToOtherSchemes() async throws {
        try await Self.expectRefusal(.invalidURL(reason: "is neither http nor https")) { _, reply in
            try await reply.send(status: 302, headers: [("Location", "file:///etc/passwd")])
        }
        try await Self.expectRefusal(.redirectRefused(reason: "names no address")) { _, reply in
            try await reply.send(status: 302)
        }
    }

    /// The real resolver and policy: whatever way this machine is spelled, nothing connects to it.
    @Test(arguments: [
        "127.0.0.1", "localhost", "LOCALHOST", "localhost.", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.1",
        "0", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[0:0:0:0:0:0:0:1]", "127.0.0.1.",
        "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "017700000001", "127.127.127.127",
    ]) func refusesThisMachine(_ host: String) async throws {
        try await UnrulyServer.run { _, reply in try await reply.send(body: [1]) } _: { server in
            try await withTemporaryFolder { folder in
                await #expect(throws: NetworkError.self) {
                    try await GuardedFetcher().fetch(
                        "http://\(host):\(server.port)/", into: folder, configuration: FetchConfiguration(),
                        deadline: .after(.seconds(60)))
                }
                #expect(server.requests.isEmpty)
            }
        }
    }

    @Test func operatorsMayAllowPrivateAddresses() async throws {
        try await UnrulyServer.run { _, reply in try await reply.send(body: [1, 2]) } _: { server in
            try await withTemporaryFolder { folder in
                var configuration = FetchConfiguration()
                configuration.allowPrivateAddresses = true
                let file = try await GuardedFetcher().fetch(
                    "http://localhost:\(server.port)/", into: folder, configuration: configuration,
                    deadline: .after(.seconds(60)))
                #expect(file.bytes == 2)
            }
        }
    }

    @Test func connectsWhereItJudged() async throws {
        // The name exists nowhere: only the pinned address can have led to the server.
        try await Self.fetch { _, reply in try await reply.send(body: [7]) } check: { result, server, _ in
            let bytes = try result.get().1
            #expect(bytes == [7])
            #expect(server.requests.count == 1)
        }
    }

    @Test func checksTheAnnouncedLengthFirst() async throws {
        var configuration = FetchConfiguration()
        configuration.maxBytes = 1000
        try await Self.expectRefusal(.tooLarge(limit: 1000, announced: 1001), configuration: configuration) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n")
            try await reply.waitForClose()
        }
    }

    @Test func stopsAnEndlessBody() async throws {
        var configuration = FetchConfiguration()
        configuration.maxBytes = 2_000_000
        try await Self.expectRefusal(.tooLarge(limit: 2_000_000, announced: nil), configuration: configuration) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\n\r\n")
            while true { try await reply.send([UInt8](repeating: 0, count: 65_536)) }
        }
    }

    @Test func noticesAShortBody() async throws {
        try await Self.expectRefusal(.truncated(received: 4, announced: 10)) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabcd")
        }
    }

    @Test func takesNoMoreThanAnnounced() async throws {
        try await Self.fetch { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh")
        } check: { result, _, left in
            // Either form is safe: cut at the announced length, or refused.
            if let (file, bytes) = try? result.get() {
                #expect(bytes == Array("abc".utf8))
                #expect(file.bytes == 3)
            } else {
                #expect(left.isEmpty)
            }
        }
    }

    @Test func noticesAReset() async throws {
        try await Self.fetch { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabcd")
            try await reply.reset()
        } check: { result, _, left in
            #expect(throws: NetworkError.self) { try result.get() }
            #expect(left.isEmpty)
        }
    }

    @Test func endsASlowDripInTime() async throws {
        var configuration = FetchConfiguration()
        configuration.timeout = .milliseconds(300)
        try await Self.expectRefusal(.timeout, configuration: configuration) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\n\r\n")
            while true {
                try await reply.send("x")
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }

    @Test func endsASilentServerInTime() async throws {
        var configuration = FetchConfiguration()
        configuration.timeout = .milliseconds(300)
        try await Self.expectRefusal(.timeout, configuration: configuration) { _, reply in try await reply.waitForClose() }
    }

    @Test func cancellingLeavesNothing() async throws {
        try await UnrulyServer.run { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\n\r\n")
            try await reply.send([UInt8](repeating: 1, count: 3 << 20))
            try await reply.waitForClose()
        } _: { server in
            try await withTemporaryFolder { folder in
                let (started, continuation) = AsyncStream<Void>.makeStream()
                let task = Task {
                    try await Self.fetcher().fetch(
                        "http://files.example:\(server.port)/", into: folder, configuration: FetchConfiguration(),
                        deadline: .after(.seconds(60))
                    ) { _ in continuation.yield() }
                }
                for await _ in started { break }
                task.cancel()
                await #expect(throws: CancellationError.self) { try await task.value }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left.isEmpty)
            }
        }
    }

    @Test(arguments: [204, 206, 304, 400, 404, 500, 503]) func reportsOtherStatuses(_ status: Int) async throws {
        try await Self.expectRefusal(.status(status)) { _, reply in
            try await reply.send(status: status, withBody: false)
        }
    }

    @Test func refusesCompressedTransfers() async throws {
        try await Self.expectRefusal(.encodedBody) { _, reply in
            try await reply.send(headers: [("Content-Encoding", "gzip")], body: [0x1F, 0x8B])
        }
    }

    @Test func refusesAnImpossibleSize() async throws {
        var configuration = FetchConfiguration()
        configuration.maxBytes = .max
        try await Self.expectRefusal(.insufficientStorage, configuration: configuration) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\nContent-Length: 4611686018427387904\r\n\r\n")
            try await reply.waitForClose()
        }
    }

    @Test func reportsConnectionsThatFail() async throws {
        let port = try await UnrulyServer.run { _, _ in } _: { $0.port }
        try await withTemporaryFolder { folder in
            await #expect(throws: NetworkError.connectionFailed) {
                try await Self.fetcher().fetch(
                    "http://files.example:\(port)/", into: folder, configuration: FetchConfiguration(),
                    deadline: .after(.seconds(60)))
            }
        }
    }

    @Test func reportsUnknownHosts() async throws {
        try await withTemporaryFolder { folder in
            await #expect(throws: NetworkError.hostNotFound) {
                try await Self.fetcher().fetch(
                    "http://nowhere.example/", into: folder, configuration: FetchConfiguration(),
                    deadline: .after(.seconds(60)))
            }
        }
    }

    @Test func reportsSayNothingPrivate() {
        let errors: [NetworkError] = [
            .invalidURL(reason: "x"), .addressRefused(.loopback), .hostNotFound, .connectionFailed,
            .truncated(received: 1, announced: 2), .tooLarge(limit: 1, announced: nil), .tooManyRedirects(limit: 1),
            .redirectRefused(reason: "x"), .status(404), .encodedBody, .insufficientStorage, .storageFailed, .timeout,
            .eventTooLarge(limit: 1), .clientClosed,
        ]
        #expect(Set(errors.map(\.report.code)).count == errors.count)
        for error in errors { #expect(!error.report.message.contains("/tmp")) }
    }
}
