import Foundation
import Foundations
import ModelHub
import Networking
import Synchronization
import Testing
import UnrulyServer

/// Large files in several ranges at once, from servers that break off, lie, change or serve no ranges.
@Suite struct RangedDownloadTests {
    private static let content = ModelStoreTests.content
    private typealias Bench = ModelStoreTests.Bench

    /// First and last byte that a request asks for.
    private static func range(_ request: UnrulyServer.Request) -> ClosedRange<Int>? {
        guard let match = request.headers["range"]?.firstMatch(of: #/bytes=(\d+)-(\d+)/#), let first = Int(match.1),
            let last = Int(match.2)
        else { return nil }
        return first...min(last, content.count - 1)
    }

    private static func serve(
        _ content: [UInt8], tag: String = "\"v1\"", _ request: UnrulyServer.Request, _ reply: UnrulyServer.Reply
    ) async throws {
        guard let range = range(request), request.headers["if-range"] ?? tag == tag else {
            return try await reply.send(headers: [("ETag", tag)], body: content)
        }
        try await reply.send(
            status: 206,
            headers: [("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound)/\(content.count)"), ("ETag", tag)],
            body: Array(content[range]))
    }

    private static func withStore(
        _ handler: @escaping UnrulyServer.Handler, policy change: @escaping @Sendable (inout FetchPolicy) -> Void = { _ in },
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await ModelStoreTests.withStore(
            handler,
            policy: {
                $0.rangeThreshold = 1_000_000
                $0.rangeBytes = 600_000
                change(&$0)
            }, body)
    }

    private static func files(_ bench: Bench) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: bench.staging.path)) ?? []
    }

    @Test func fetchesSeveralRangesAtOnce() async throws {
        let content = Self.content
        // Nobody gets anything before four are asking at once.
        let waiting = Counter()
        try await Self.withStore { request, reply in
            if Self.range(request) != 0...0, waiting.next() <= 4 {
                while waiting.value < 4 { try await Task.sleep(for: .milliseconds(2)) }
            }
            try await Self.serve(content, request, reply)
        } _: { bench in
            let updates = Mutex<[ProgressUpdate]>([])
            try await bench.store.fetch("m") { update in updates.withLock { $0.append(update) } }
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.count == 1 + 9)
            #expect(bench.server.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"v1\"" })
            #expect(updates.withLock { $0.last { $0.stage == "download" } }?.done == Double(content.count))
            #expect(!FileManager.default.fileExists(atPath: bench.staging.path))
            #expect(try await bench.store.verify("m").isEmpty)
        }
    }

    @Test func goesOnWhereRangesBroke() async throws {
        let content = Self.content
        let turns = Counter()
        try await Self.withStore { request, reply in
            guard let range = Self.range(request), range != 0...0, turns.next() % 3 != 0 else {
                return try await Self.serve(content, request, reply)
            }
            try await reply.send(
                reply.head(
                    status: 206,
                    headers: [
                        ("Content-Length", "\(range.count)"), ("ETag", "\"v1\""),
                        ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound)/\(content.count)"),
                    ]))
            try await reply.send(Array(content[range.lowerBound..<range.lowerBound + range.count / 2]))
        } policy: { $0.retries = 50 } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
        }
    }

    /// The process ends in the middle; another one fetches only what is missing.
    @Test func goesOnAfterTheProcessEnded() async throws {
        let content = Self.content
        let mayFinish = Counter()
        try await Self.withStore { request, reply in
            // The first six ranges come, the others hang.
            if mayFinish.value == 0, let range = Self.range(request), range.lowerBound >= 3_600_000 {
                return try await reply.waitForClose()
            }
            try await Self.serve(content, request, reply)
        } _: { bench in
            let task = Task { try await bench.store.fetch("m") }
            let ranged = bench.staging.appending(path: "f.onnx.ranged")
            while (try? Data(contentsOf: ranged))?.prefix(3_600_000).elementsEqual(content[..<3_600_000]) != true {
                try await Task.sleep(for: .milliseconds(20))
            }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            #expect(Self.files(bench).contains("f.onnx.ranged") && Self.files(bench).contains("f.onnx.ranged.json"))
            _ = mayFinish.next()
            let before = bench.server.requests.count

            let network = NetworkClient(proxies: .none)
            var policy = ModelStoreTests.policy(bench.server)
            policy.rangeThreshold = 1_000_000
            policy.rangeBytes = 600_000
            let second = ModelStore(home: bench.home, catalog: bench.store.catalog, network: network, policy: policy)
            try await second.fetch("m")
            #expect(try bench.bytes() == content)
            let asked = bench.server.requests[before...].compactMap(Self.range).filter { $0 != 0...0 }
            #expect(asked.allSatisfy { $0.lowerBound >= 3_600_000 } && asked.count == 3, "\(asked)")
            await network.shutdown()
        }
    }

    @Test func aSpoiltRestIsReplacedOnce() async throws {
        let content = Self.content
        try await Self.withStore { request, reply in try await Self.serve(content, request, reply) } _: { bench in
            try FileManager.default.createDirectory(at: bench.staging, withIntermediateDirectories: true)
            let ranged = bench.staging.appending(path: "f.onnx.ranged")
            try Data([UInt8](repeating: 9, count: content.count)).write(to: ranged)
            let memo = #"{"url":"\#(bench.server.base)/file","validator":"\"v1\"","sha256":"\#(ModelStoreTests.sha256(content))","map":{"total":5000000,"ranges":[{"start":0,"next":2000000,"end":5000000}]}}"#
            try memo.write(to: ranged.appendingPathExtension("json"), atomically: true, encoding: .utf8)
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.compactMap(Self.range)[1] == 2_000_000...4_999_999)
        }
    }

    @Test func wrongBytesAreRefused() async throws {
        var other = Self.content
        other[4_234_567] ^= 1
        let wrong = other
        try await Self.withStore { request, reply in try await Self.serve(wrong, request, reply) } _: { bench in
            do {
                try await bench.store.fetch("m")
                Issue.record("was fetched")
            } catch {
                #expect(ErrorReport(error).code == "wrong_content")
            }
            #expect(!FileManager.default.fileExists(atPath: bench.file.path))
            #expect(!Self.files(bench).contains("f.onnx.ranged"))
        }
    }

    /// No ranges, another range than asked for, a file that changes: the whole is fetched, and it is right.
    @Test(arguments: ["none", "other", "changes", "longer", "refuses"]) func fallsBackToTheWhole(_ fault: String) async throws {
        let content = Self.content
        let turns = Counter()
        try await Self.withStore { request, reply in
            let range = Self.range(request)
            if let range, range != 0...0 || fault == "none" {
                switch (fault, turns.next()) {
                case ("none", _): return try await reply.send(headers: [("ETag", "\"v1\"")], body: content)
                case ("other", 3):
                    return try await reply.send(
                        status: 206,
                        headers: [
                            ("Content-Range", "bytes \(range.lowerBound + 1)-\(range.lowerBound + 10)/\(content.count)"), ("ETag", "\"v1\""),
                        ], body: Array(content[(range.lowerBound + 1)...(range.lowerBound + 10)]))
                case ("changes", 3...): return try await Self.serve(content, tag: "\"v2\"", request, reply)
                case ("longer", 3):
                    return try await reply.send(
                        status: 206,
                        headers: [
                            ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound)/\(content.count)"), ("ETag", "\"v1\""),
                        ], body: Array(content[range.lowerBound...]) + [1])
                case ("refuses", 3): return try await reply.send(status: 416)
                default: break
                }
            }
            try await Self.serve(content, request, reply)
        } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.contains { $0.headers["range"] == nil })
            #expect(!FileManager.default.fileExists(atPath: bench.staging.path))
        }
    }

    @Test func givesUpOnASourceThatKeepsFailing() async throws {
        let content = Self.content
        try await Self.withStore { request, reply in
            if let range = Self.range(request), range.lowerBound >= 2_400_000 { return try await reply.send(status: 503) }
            try await Self.serve(content, request, reply)
        } policy: { $0.retries = 1 } _: { bench in
            do {
                try await bench.store.fetch("m")
                Issue.record("was fetched")
            } catch {
                #expect(ErrorReport(error).code == "source_unreachable")
            }
            // What came is kept for the next time.
            #expect(Self.files(bench).contains("f.onnx.ranged.json"))
        }
    }

    @Test func aStalledRangeIsBegunAgain() async throws {
        let content = Self.content
        let turns = Counter()
        try await Self.withStore { request, reply in
            guard let range = Self.range(request), range != 0...0, turns.next() == 2 else {
                return try await Self.serve(content, request, reply)
            }
            try await reply.send(
                reply.head(
                    status: 206,
                    headers: [
                        ("Content-Length", "\(range.count)"), ("ETag", "\"v1\""),
                        ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound)/\(content.count)"),
                    ]))
            try await reply.send(Array(content[range.lowerBound..<range.lowerBound + 1000]))
            try await reply.waitForClose()
        } policy: { $0.stallTimeout = .milliseconds(500) } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
        }
    }
}
