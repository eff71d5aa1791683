import Foundation
import Foundations
import ImageStudio
import Media
import Testing

@Suite struct PictureFilesTests {
    private func run(_ change: (inout ImagesConfiguration) -> Void = { _ in }, _ body: (PictureFiles) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "pictures-\(RequestContext.newID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = ImagesConfiguration()
        change(&configuration)
        try await body(PictureFiles(folder: folder, configuration: configuration))
    }

    private func picture(_ bytes: Int) -> Picture {
        Picture(file: Data(repeating: 7, count: bytes), format: .png, size: PixelSize(width: 1, height: 1), seed: 1, revisedPrompt: nil, isCovered: false)
    }

    @Test func aPictureIsFoundByItsSecretName() async throws {
        try await run { files in
            let (one, other) = (try await files.keep(picture(10)), try await files.keep(picture(20)))
            #expect(one.name != other.name && one.path == "/v1/images/files/\(one.name)" && one.expires > Date(timeIntervalSinceNow: 3500))
            let sizes = [try await files.file(one.name).bytes, try await files.file(other.name).bytes]
            #expect(sizes == [10, 20])
            try await files.remove(one.name)
            await #expect(throws: PictureFilesError.notFound) { try await files.file(one.name) }
            await #expect(throws: PictureFilesError.notFound) { try await files.remove(one.name) }
        }
    }

    @Test(arguments: ["", "x", "../x.png", "/etc/passwd", String(repeating: "0", count: 32), String(repeating: "0", count: 32) + ".svg", String(repeating: "é", count: 32) + ".png"])
    func otherNamesLeadNowhere(name: String) async throws {
        try await run { files in
            await #expect(throws: PictureFilesError.notFound) { try await files.file(name) }
            await #expect(throws: PictureFilesError.notFound) { try await files.remove(name) }
        }
    }

    @Test func theOldestMakeRoom() async throws {
        try await run { $0.maxKeptBytes = 100 } _: { files in
            let first = try await files.keep(picture(60))
            try await Task.sleep(for: .milliseconds(20))
            let second = try await files.keep(picture(60))
            await #expect(throws: PictureFilesError.notFound) { try await files.file(first.name) }
            #expect(try await files.file(second.name).bytes == 60)
            await #expect(throws: PictureFilesError.full) { try await files.keep(picture(101)) }
        }
    }

    @Test func theirTimeEnds() async throws {
        try await run { $0.keep = .milliseconds(100) } _: { files in
            let kept = try await files.keep(picture(10))
            try await Task.sleep(for: .milliseconds(150))
            await #expect(throws: PictureFilesError.notFound) { try await files.file(kept.name) }
            await files.sweep()
            await #expect(throws: PictureFilesError.notFound) { try await files.remove(kept.name) }
        }
    }
}
