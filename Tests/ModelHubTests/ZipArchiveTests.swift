import Foundation
import ModelHub
import Testing
import UnrulyServer

@Suite struct ZipArchiveTests {
    static let text = Array(String(repeating: "Ever tried, ever failed, no matter. ", count: 40_000).utf8)
    static let noise = (0..<700_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }

    static func extract(_ bytes: [UInt8], _ name: String, maxBytes: Int64 = 1 << 30) async throws -> [UInt8] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "a.zip")
            try Data(bytes).write(to: file)
            var output: [UInt8] = []
            try ZipArchive(file).extract(name, maxBytes: maxBytes) { output += $0 }
            return output
        }
    }

    @Test func storedAndDeflated() async throws {
        let zip = SampleZip(members: [
            .init(name: "a/text", content: Self.text), .init(name: "a/noise", content: Self.noise, isDeflated: false),
            .init(name: "packed noise", content: Self.noise), .init(name: "empty", content: []),
            .init(name: "stored empty", content: [], isDeflated: false),
        ]).built().bytes
        #expect(try await Self.extract(zip, "a/text") == Self.text)
        #expect(try await Self.extract(zip, "a/noise") == Self.noise)
        #expect(try await Self.extract(zip, "packed noise") == Self.noise)
        #expect(try await Self.extract(zip, "empty") == [])
        #expect(try await Self.extract(zip, "stored empty") == [])
        await #expect(throws: ModelHubError.self) { try await Self.extract(zip, "a/absent") }
    }

    @Test func aCommentMayStandAtTheEnd() async throws {
        for comment in [[1, 2, 3], [UInt8](repeating: 0x50, count: 65_535), [0x50, 0x4B, 0x05, 0x06] + [UInt8](repeating: 0, count: 30)] {
            let zip = SampleZip(members: [.init(name: "x", content: [1, 2])], comment: comment).built().bytes
            #expect(try await Self.extract(zip, "x") == [1, 2])
        }
    }

    /// What another implementation writes: Python's, in stored, deflated and streamed form.
    @Test func readsWhatPythonWrites() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "python.zip")
            let script = """
                import sys, zipfile, io
                class Unseekable(io.RawIOBase):
                    def __init__(self, f): self.f = f
                    def writable(self): return True
                    def write(self, b): return self.f.write(b)
                with open(sys.argv[1], "wb") as f, zipfile.ZipFile(Unseekable(f), "w", zipfile.ZIP_DEFLATED) as z:
                    z.writestr("dir/deflated.txt", "Ever tried. " * 50000)
                    z.writestr("stored.bin", bytes(range(256)) * 999, zipfile.ZIP_STORED)
                    z.writestr("gr\\u00fcn.txt", "umlaut")
                """
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script, file.path]
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0)
            let bytes = [UInt8](try Data(contentsOf: file))
            #expect(try await Self.extract(bytes, "dir/deflated.txt") == Array(String(repeating: "Ever tried. ", count: 50_000).utf8))
            #expect(try await Self.extract(bytes, "stored.bin") == (0..<999).flatMap { _ in UInt8.min...UInt8.max })
            #expect(try await Self.extract(bytes, "grün.txt") == Array("umlaut".utf8))
        }
    }

    @Test func boundsTheMember() async throws {
        let zip = SampleZip(members: [.init(name: "x", content: Self.text)]).built().bytes
        await #expect(throws: ModelHubError.self) {
            try await Self.extract(zip, "x", maxBytes: Int64(Self.text.count - 1))
        }
        #expect(try await Self.extract(zip, "x", maxBytes: Int64(Self.text.count)) == Self.text)
    }

    @Test(arguments: [
        SampleZip.Member(name: "x", content: text, statedSize: 100),
        .init(name: "x", content: text, statedSize: text.count + 1),
        .init(name: "x", content: text, isDeflated: false, statedSize: 100),
        .init(name: "x", content: text, statedChecksum: 1),
        .init(name: "x", content: text, localName: "y"),
        .init(name: "x", content: text, flags: 1),
        .init(name: "x", content: text, method: 12),
        .init(name: "x", content: text, isDeflated: false, method: 8),
    ]) func refusesLies(_ member: SampleZip.Member) async throws {
        let zip = SampleZip(members: [member]).built().bytes
        await #expect(throws: ModelHubError.self) { try await Self.extract(zip, "x") }
    }

    @Test func refusesANameTwice() async throws {
        let zip = SampleZip(members: [.init(name: "x", content: [1]), .init(name: "x", content: [2])]).built().bytes
        await #expect(throws: ModelHubError.self) { try await Self.extract(zip, "x") }
    }

    @Test func refusesZip64() async throws {
        var (zip, directory) = SampleZip(members: [.init(name: "x", content: [1])]).built()
        for index in 0..<4 { zip[directory + 24 + index] = 0xFF }
        await #expect(throws: ModelHubError.damagedArchive(reason: "it is of the zip64 kind, which isn't supported")) {
            try await Self.extract(zip, "x")
        }
    }

    /// Cut anywhere, it is refused, never misread.
    @Test func refusesEveryPrefix() async throws {
        let zip = SampleZip(members: [.init(name: "x", content: Array("hello hello hello".utf8)), .init(name: "y", content: [])])
            .built().bytes
        for length in 0..<zip.count {
            await #expect(throws: ModelHubError.self) { try await Self.extract(Array(zip[..<length]), "x") }
        }
    }

    /// Every byte turned in every way that matters: the answer is the right bytes or an error, and never a crash.
    @Test func survivesEveryDamagedByte() async throws {
        let content = Array("hello hello hello".utf8)
        let zip = SampleZip(members: [.init(name: "x", content: content), .init(name: "y", content: [1])]).built().bytes
        for index in zip.indices {
            for mask in [0x01, 0x80, 0xFF] as [UInt8] {
                var damaged = zip
                damaged[index] ^= mask
                if let output = try? await Self.extract(damaged, "x") { #expect(output == content) }
            }
        }
    }
}
