import Crypto
import Foundation
import Foundations
import ModelHub
import Networking
import Synchronization
import Testing
import UnrulyServer

@Suite struct ModelStoreTests {
    static let content = (0..<5_000_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) }

    static func sha256(_ bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    static func policy(_ server: UnrulyServer) -> FetchPolicy {
        var policy = FetchPolicy(environment: [:])
        policy.firstRetryDelay = .milliseconds(1)
        policy.lastRetryDelay = .milliseconds(2)
        policy.stallTimeout = .seconds(30)
        policy.hubEndpoint = server.base
        policy.packageIndexURL = server.base + "/simple/"
        return policy
    }

    /// A model of one file with sources given as text; `BASE` stands for the server's address.
    static func manifest(
        _ server: UnrulyServer, content: [UInt8] = content, declares: Bool = true, sources: [String] = ["BASE/file"]
    ) -> ModelManifest {
        ModelManifest(
            id: "m", engine: .onnx, capabilities: [.objectDetection],
            files: [
                ModelFile(
                    "f.onnx", sha256: declares ? sha256(content) : nil, size: declares ? Int64(content.count) : nil,
                    sources: sources.map { text in
                        ModelSource(
                            parts: text.split(separator: " ").compactMap {
                                ModelSource.Part($0.replacingOccurrences(of: "BASE", with: server.base))
                            })
                    })
            ], licence: "MIT")
    }

    struct Bench: Sendable {
        var store: ModelStore
        var home: MartletHome
        var server: UnrulyServer
        var file: URL { home.models.appending(path: "m/f.onnx") }
        var staging: URL { home.models.appending(path: ".staging/m") }
        var part: URL { staging.appending(path: "f.onnx.part") }

        func bytes() throws -> [UInt8] { [UInt8](try Data(contentsOf: file)) }
    }

    /// A store of one model in a fresh home, beside a server.
    static func withStore(
        _ handler: @escaping UnrulyServer.Handler, manifest: @escaping @Sendable (UnrulyServer) -> ModelManifest = { manifest($0) },
        policy change: @escaping @Sendable (inout FetchPolicy) -> Void = { _ in }, importers: [String: ModelImporter] = [:],
        _ body: @escaping @Sendable (Bench) async throws -> Void
    ) async throws {
        try await UnrulyServer.run(handler) { server in
            try await withTemporaryFolder { folder in
                let network = NetworkClient(proxies: .none)
                var policy = policy(server)
                change(&policy)
                let home = MartletHome(root: folder)
                let store = ModelStore(
                    home: home, catalog: try Catalog([manifest(server)]), network: network, policy: policy,
                    importers: importers)
                do {
                    try await body(Bench(store: store, home: home, server: server))
                } catch {
                    await network.shutdown()
                    throw error
                }
                await network.shutdown()
            }
        }
    }

    /// Serves `content` as a decent server does: ranges, `If-Range`, an entity tag.
    static func decent(_ content: [UInt8], tag: String = "\"v1\"") -> UnrulyServer.Handler {
        { request, reply in try await serve(content, tag: tag, request, reply) }
    }

    static func serve(_ content: [UInt8], tag: String = "\"v1\"", _ request: UnrulyServer.Request, _ reply: UnrulyServer.Reply)
        async throws
    {
        let ifRange = request.headers["if-range"]
        if let start = request.rangeStart, ifRange == nil || ifRange == tag {
            guard start < content.count else {
                return try await reply.send(status: 416, headers: [("Content-Range", "bytes */\(content.count)")])
            }
            try await reply.send(
                status: 206,
                headers: [("Content-Range", "bytes \(start)-\(content.count - 1)/\(content.count)"), ("ETag", tag)],
                body: Array(content[start...]))
        } else {
            try await reply.send(headers: [("ETag", tag)], body: content, withBody: request.method != "HEAD")
        }
    }

    @Test func fetches() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            #expect(try await bench.store.state(of: "m") == .absent)
            await #expect(throws: ModelHubError.modelNotFetched("m")) { try await bench.store.file("f.onnx", of: "m") }
            let updates = Mutex<[ProgressUpdate]>([])
            try await bench.store.fetch("m") { update in updates.withLock { $0.append(update) } }
            #expect(try bench.bytes() == Self.content)
            #expect(try await bench.store.state(of: "m") == .onDisk)
            #expect(try await bench.store.file("f.onnx", of: "m") == bench.file)
            #expect(!FileManager.default.fileExists(atPath: bench.staging.path))
            let last = try #require(updates.withLock { $0.last { $0.stage == "download" } })
            #expect(last.done == Double(Self.content.count))
            #expect(last.total == Double(Self.content.count))
            #expect(last.unit == .bytes)
            // Nothing is asked a second time.
            let before = bench.server.requests.count
            try await bench.store.fetch("m")
            #expect(bench.server.requests.count == before)
            #expect(try await bench.store.list().map(\.state) == [.onDisk])
            #expect(try await bench.store.list().map(\.bytes) == [Int64(Self.content.count)])
            #expect(try await bench.store.verify("m").isEmpty)
        }
    }

    @Test func unknownModels() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            for id in ["x", "", "../m", "m/"] {
                await #expect(throws: ModelHubError.modelNotFound(id)) { try await bench.store.fetch(id) }
                await #expect(throws: ModelHubError.modelNotFound(id)) { try await bench.store.state(of: id) }
                await #expect(throws: ModelHubError.modelNotFound(id)) { try await bench.store.remove(id) }
            }
            try await bench.store.fetch("m")
            await #expect(throws: ModelHubError.self) { try await bench.store.file("../f.onnx", of: "m") }
        }
    }

    @Test func goesOnAfterDroppedConnections() async throws {
        let content = Self.content
        let tries = Counter()
        try await Self.withStore { request, reply in
            let turn = tries.next()
            guard turn <= 3 else { return try await Self.serve(content, request, reply) }
            let start = request.rangeStart ?? 0
            try await reply.send(
                reply.head(
                    status: start > 0 ? 206 : 200,
                    headers: [
                        ("Content-Length", "\(content.count - start)"), ("ETag", "\"v1\""),
                        ("Content-Range", "bytes \(start)-\(content.count - 1)/\(content.count)"),
                    ]))
            try await reply.send(Array(content[start..<start + 700_000]))
        } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            // Every try went on from what had arrived, which may be less than what was sent before the drop.
            let starts = bench.server.requests.map { $0.rangeStart ?? 0 }
            #expect(starts.count == 4)
            for (before, after) in zip(starts, starts.dropFirst()) {
                #expect(after > before && after <= before + 700_000)
            }
            #expect(bench.server.requests.dropFirst().allSatisfy { $0.headers["if-range"] == "\"v1\"" })
        }
    }

    @Test func startsOverWhenRangesAreIgnored() async throws {
        let content = Self.content
        let tries = Counter()
        try await Self.withStore { _, reply in
            if tries.next() == 1 {
                try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(content.count)")]))
                try await reply.send(Array(content[..<2_000_000]))
            } else {
                try await reply.send(body: content)
            }
        } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
        }
    }

    @Test func startsOverWhenTheRangeIsAnother() async throws {
        let content = Self.content
        let tries = Counter()
        try await Self.withStore { request, reply in
            switch tries.next() {
            case 1:
                try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(content.count)")]))
                try await reply.send(Array(content[..<2_000_000]))
            case 2:
                try await reply.send(
                    status: 206, headers: [("Content-Range", "bytes 0-\(content.count - 1)/\(content.count)")], body: content)
            default: try await Self.serve(content, request, reply)
            }
        } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            let starts = bench.server.requests.map(\.rangeStart)
            #expect(starts.count == 3 && starts[0] == nil && (1...2_000_000).contains(starts[1] ?? 0) && starts[2] == nil)
        }
    }

    @Test func goesOnAfterTheProcessEnded() async throws {
        let content = Self.content
        let (arrived, signal) = AsyncStream<Void>.makeStream()
        let mayFinish = Counter()
        try await Self.withStore { request, reply in
            if mayFinish.value == 0 {
                try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(content.count)"), ("ETag", "\"v1\"")]))
                // With pauses, since reports that follow one another closely are left out.
                for start in stride(from: 0, to: 3_000_000, by: 300_000) {
                    try await reply.send(Array(content[start..<start + 300_000]))
                    try await Task.sleep(for: .milliseconds(50))
                }
                try await reply.waitForClose()
            } else {
                try await Self.serve(content, request, reply)
            }
        } _: { bench in
            let task = Task { try await bench.store.fetch("m") { if $0.done >= 1_000_000 { signal.yield() } } }
            for await _ in arrived { break }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            _ = mayFinish.next()

            // Another store, as after a restart.
            let network = NetworkClient(proxies: .none)
            let second = ModelStore(
                home: bench.home, catalog: bench.store.catalog, network: network, policy: Self.policy(bench.server))
            try await second.fetch("m")
            #expect(try bench.bytes() == content)
            let start = try #require(bench.server.requests.last?.rangeStart)
            #expect(start >= 1_000_000)
            #expect(!FileManager.default.fileExists(atPath: bench.staging.path))
            await network.shutdown()
        }
    }

    @Test func aSpoiltRestIsReplaced() async throws {
        let content = Self.content
        try await Self.withStore(Self.decent(content)) { bench in
            try FileManager.default.createDirectory(at: bench.staging, withIntermediateDirectories: true)
            try Data([UInt8](repeating: 9, count: 1_000_000)).write(to: bench.part)
            let memo = "{\"url\":\"\(bench.server.base)/file\",\"validator\":\"\\\"v1\\\"\",\"sha256\":\"\(Self.sha256(content))\"}"
            try memo.write(to: bench.part.appendingPathExtension("json"), atomically: true, encoding: .utf8)
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.map(\.rangeStart) == [1_000_000, nil])
        }
    }

    @Test func aChangedFileBeginsAnew() async throws {
        let content = Self.content
        try await Self.withStore(Self.decent(content, tag: "\"v2\"")) { bench in
            try FileManager.default.createDirectory(at: bench.staging, withIntermediateDirectories: true)
            try Data([UInt8](repeating: 9, count: 1_000_000)).write(to: bench.part)
            let memo = "{\"url\":\"\(bench.server.base)/file\",\"validator\":\"\\\"v1\\\"\",\"sha256\":\"\(Self.sha256(content))\"}"
            try memo.write(to: bench.part.appendingPathExtension("json"), atomically: true, encoding: .utf8)
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.count == 1)
        }
    }

    static func expectFailure(
        _ code: String, requests: Int? = nil, manifest: @escaping @Sendable (UnrulyServer) -> ModelManifest = { manifest($0) },
        policy: @escaping @Sendable (inout FetchPolicy) -> Void = { _ in }, _ handler: @escaping UnrulyServer.Handler
    ) async throws {
        try await withStore(handler, manifest: manifest, policy: policy) { bench in
            do {
                try await bench.store.fetch("m")
                Issue.record("was fetched")
            } catch {
                let report = ErrorReport(error)
                #expect(report.code == code, "\(report)")
                #expect(!report.message.contains(bench.home.root.path) && !report.message.contains("127.0.0.1"))
            }
            if let requests { #expect(bench.server.requests.count == requests) }
            #expect(!FileManager.default.fileExists(atPath: bench.file.path))
            let state = try await bench.store.state(of: "m")
            #expect(state == .absent)
        }
    }

    @Test func refusesWrongBytes() async throws {
        var other = Self.content
        other[1_234_567] ^= 1
        try await Self.expectFailure("wrong_content", requests: 1, Self.decent(other))
    }

    @Test func refusesAnotherLength() async throws {
        try await Self.expectFailure("wrong_size", requests: 1, Self.decent(Self.content + [1]))
        try await Self.expectFailure("wrong_size", requests: 1, Self.decent(Array(Self.content.dropLast())))
    }

    @Test func refusesAnEndlessBody() async throws {
        try await Self.expectFailure("wrong_size", requests: 1) { _, reply in
            try await reply.send("HTTP/1.1 200 OK\r\n\r\n")
            while true { try await reply.send([UInt8](repeating: 0, count: 65_536)) }
        }
    }

    @Test func givesUpOnALiarAboutItsLength() async throws {
        try await Self.expectFailure("source_unreachable", requests: 6) { _, reply in
            try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(Self.content.count)")]))
            try await reply.send([1, 2, 3])
        }
    }

    @Test func givesUpOnASilentServer() async throws {
        try await Self.expectFailure(
            "source_unreachable", requests: 2,
            policy: {
                $0.stallTimeout = .milliseconds(100)
                $0.retries = 1
            }
        ) { _, reply in try await reply.waitForClose() }
    }

    @Test func noticesAStall() async throws {
        let content = Self.content
        let tries = Counter()
        try await Self.withStore { request, reply in
            guard tries.next() == 1 else { return try await Self.serve(content, request, reply) }
            try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(content.count)"), ("ETag", "\"v1\"")]))
            try await reply.send(Array(content[..<1_500_000]))
            try await reply.waitForClose()
        } policy: { $0.stallTimeout = .milliseconds(500) } _: { bench in
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == content)
            #expect(bench.server.requests.map(\.rangeStart) == [nil, 1_500_000])
        }
    }

    @Test(arguments: [401, 403, 404, 410, 400]) func somethingForbiddenIsntTriedAgain(_ status: Int) async throws {
        try await Self.expectFailure("source_status", requests: 1) { _, reply in try await reply.send(status: status) }
    }

    @Test(arguments: [429, 500, 502, 503]) func whatTimeHealsIsTriedAgain(_ status: Int) async throws {
        let content = Self.content
        let tries = Counter()
        try await Self.withStore { request, reply in
            guard tries.next() > 2 else { return try await reply.send(status: status, headers: [("Retry-After", "0")]) }
            try await Self.serve(content, request, reply)
        } _: { bench in
            try await bench.store.fetch("m")
            #expect(bench.server.requests.count == 3)
        }
    }

    @Test func offlineIsSaid() async throws {
        try await Self.expectFailure("offline", requests: 0, policy: { $0.offline = true }) { request, reply in
            try await Self.serve(Self.content, request, reply)
        }
    }

    @Test func aFullDiskIsSaidBeforeAnythingIsAsked() async throws {
        let manifest: @Sendable (UnrulyServer) -> ModelManifest = { server in
            var manifest = Self.manifest(server)
            manifest.files[0].size = 1 << 60
            return manifest
        }
        try await Self.expectFailure("insufficient_storage", requests: 0, manifest: manifest) { request, reply in
            try await Self.serve(Self.content, request, reply)
        }
    }

    @Test func callersShareOneFetch() async throws {
        let content = Self.content
        try await Self.withStore(Self.decent(content)) { bench in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<10 { group.addTask { try await bench.store.fetch("m") } }
                try await group.waitForAll()
            }
            #expect(bench.server.requests.count == 1)
            #expect(try bench.bytes() == content)
        }
    }

    @Test func oneCallerMayLeave() async throws {
        let content = Self.content
        let (arrived, signal) = AsyncStream<Void>.makeStream()
        let (allowed, allow) = AsyncStream<Void>.makeStream()
        try await Self.withStore { _, reply in
            try await reply.send(reply.head(status: 200, headers: [("Content-Length", "\(content.count)")]))
            try await reply.send(Array(content[..<2_000_000]))
            for await _ in allowed { break }
            try await reply.send(Array(content[2_000_000...]))
        } _: { bench in
            let leaving = Task { try await bench.store.fetch("m") { _ in signal.yield() } }
            for await _ in arrived { break }
            #expect(try await bench.store.state(of: "m") == .fetching)
            await #expect(throws: ModelHubError.modelBusy("m")) { try await bench.store.remove("m") }
            let staying = Task { try await bench.store.fetch("m") }
            // Nothing moves while the server waits, so that joining is seen from the task's own start.
            while await bench.store.listeners(of: "m") < 2 { await Task.yield() }
            leaving.cancel()
            await #expect(throws: CancellationError.self) { try await leaving.value }
            allow.yield()
            try await staying.value
            #expect(bench.server.requests.count == 1)
            #expect(try bench.bytes() == content)
        }
    }

    @Test func removes() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            try await bench.store.fetch("m")
            try await bench.store.remove("m")
            #expect(try await bench.store.state(of: "m") == .absent)
            #expect(!FileManager.default.fileExists(atPath: bench.home.models.appending(path: "m").path))
            try await bench.store.remove("m")
            try await bench.store.fetch("m")
            #expect(try await bench.store.state(of: "m") == .onDisk)
        }
    }

    @Test func verifyFindsAndFetchRepairs() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            try await bench.store.fetch("m")
            var spoilt = Self.content
            spoilt[42] ^= 1
            try Data(spoilt).write(to: bench.file)
            #expect(try await bench.store.verify("m") == ["f.onnx"])
            #expect(try await bench.store.state(of: "m") == .absent)
            try await bench.store.fetch("m")
            #expect(try bench.bytes() == Self.content)
            #expect(try await bench.store.verify("m").isEmpty)
        }
    }

    @Test func aCutFileIsNoticedAtOnce() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            try await bench.store.fetch("m")
            try Data(Self.content[..<100]).write(to: bench.file)
            #expect(try await bench.store.state(of: "m") == .absent)
        }
    }

    @Test func filesPutThereAreTakenWhenRight() async throws {
        try await Self.withStore(Self.decent(Self.content)) { bench in
            try FileManager.default.createDirectory(at: bench.file.deletingLastPathComponent(), withIntermediateDirectories: true)
            var spoilt = Self.content
            spoilt[42] ^= 1
            try Data(spoilt).write(to: bench.file)
            #expect(try await bench.store.state(of: "m") == .absent)
            try Data(Self.content).write(to: bench.file)
            #expect(try await bench.store.state(of: "m") == .onDisk)
            try await bench.store.fetch("m")
            #expect(bench.server.requests.isEmpty)
        }
    }

    @Test func importsAreMadeHere() async throws {
        let content: [UInt8] = Array("tokens".utf8)
        let made: [UInt8] = Array("snekot".utf8)
        let manifest: @Sendable (UnrulyServer) -> ModelManifest = { server in
            var manifest = Self.manifest(server, content: content)
            manifest.files.append(
                ModelFile(
                    "made.txt", sha256: Self.sha256(made), size: 6,
                    sources: [ModelSource(parts: [.imported(importer: "turn-round", from: "f.onnx")])]))
            return manifest
        }
        try await Self.withStore(
            Self.decent(content), manifest: manifest,
            importers: ["turn-round": { try Data(Data(contentsOf: $0).reversed()).write(to: $1) }]
        ) { bench in
            try await bench.store.fetch("m")
            #expect([UInt8](try Data(contentsOf: bench.home.models.appending(path: "m/made.txt"))) == made)
            #expect(try await bench.store.state(of: "m") == .onDisk)
        }
        try await Self.expectFailure("importer_missing", manifest: manifest) { request, reply in
            try await Self.serve(content, request, reply)
        }
    }
}

/// Counts calls.
final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    /// 1, 2, 3, …
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
