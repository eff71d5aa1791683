import Engines
import Foundation
import Media
import Testing

@Suite struct TextReaderTests {
    private func reader(orientation: Bool = false) async throws -> PaddleTextReader {
        try await PaddleTextReader(
            models: PaddleTextReader.Models(folder: NativeSamples.model("pp-ocrv4"), orientation: orientation),
            library: OnnxLibrary(home: NativeSamples.home))
    }

    private func words(_ regions: [TextRegion]) -> String {
        regions.map(\.text).joined(separator: " ").lowercased().filter { $0.isLetter || $0.isNumber }
    }

    @Test func readsAPrintedPageInOrder() async throws {
        let photo = try NativeSamples.photo("page.png")
        let regions = try await reader().readText(in: photo)
        let read = words(regions)
        for words in ["regionbasedsegmentation", "markers", "histogram"] {
            #expect(read.contains(words), "read: \(regions.map(\.text))")
        }
        #expect(regions.first.map { words([$0]).contains("region") } == true)
        #expect(regions.allSatisfy { $0.score >= 0.75 && $0.score <= 1 })
        #expect(regions.allSatisfy { $0.box.x >= 0 && $0.box.x + $0.box.width <= Double(photo.width) })
    }

    @Test(arguments: ["chelsea.png", "coffee.png", "rocket.jpg"])
    func readsNothingIntoTextures(photo: String) async throws {
        let regions = try await reader().readText(in: NativeSamples.photo(photo))
        #expect(regions.isEmpty, "read \(regions)")
    }

    @Test func emptyPicturesHoldNoText() async throws {
        let reader = try await reader()
        #expect(try await reader.readText(in: NativeSamples.plain(width: 64, height: 48, value: 255)).isEmpty)
        #expect(try await reader.readText(in: NativeSamples.plain(width: 1, height: 1, value: 0)).isEmpty)
    }

    @Test func readsAPageThatStandsOnItsHead() async throws {
        let photo = try NativeSamples.photo("page.png")
        var turned: [UInt8] = []
        for pixel in stride(from: photo.pixels.count - 3, through: 0, by: -3) { turned += photo.pixels[pixel..<pixel + 3] }
        let upsideDown = RGBImage(width: photo.width, height: photo.height, pixels: turned)
        let read = words(try await reader(orientation: true).readText(in: upsideDown))
        #expect(read.contains("markers"), "read \(read)")
    }
}
