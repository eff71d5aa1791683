import Foundation
import Foundations
import Media
import Testing

@Suite struct ImageCodecTests {
    private func gradient(_ width: Int, _ height: Int) -> RGBImage {
        var pixels: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                pixels += [UInt8(x * 255 / width), UInt8(y * 255 / height), UInt8((x + y) * 255 / (width + height))]
            }
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    @Test(arguments: [(64, 48), (33, 17), (1, 1), (321, 241)]) func pngIsLossless(_ width: Int, _ height: Int) async throws {
        let image = gradient(width, height)
        let isSame = try await ImageCodec.decode(ImageCodec.png(image)) == image
        #expect(isSame)
    }

    @Test func jpegKeepsColours() async throws {
        let image = gradient(321, 241)
        for (quality, allowed) in [(95, 3.0), (75, 6.0)] {
            let data = try await ImageCodec.jpeg(image, quality: quality)
            let back = try await ImageCodec.decode(data)
            #expect(back.size == image.size)
            let error = zip(back.pixels, image.pixels).reduce(0.0) { $0 + abs(Double($1.0) - Double($1.1)) }
            #expect(error / Double(image.pixels.count) < allowed)
        }
    }

    @Test func qualityTradesSize() async throws {
        let image = gradient(320, 240)
        let sizes = try await [
            ImageCodec.jpeg(image, quality: 10).count, ImageCodec.jpeg(image, quality: 60).count,
            ImageCodec.jpeg(image, quality: 100).count,
        ]
        #expect(sizes == sizes.sorted() && sizes[0] < sizes[2])
    }

    @Test func transparencyShowsWhite() async throws {
        let data = try await WorkerThreads(name: "reference", width: 1).run {
            try CommandLineFFmpeg.run([
                "-f", "lavfi", "-i", "color=c=red@0.0:s=16x16,format=rgba", "-frames:v", "1", "-c:v", "png", "-f",
                "image2pipe", "-",
            ])
        }
        let image = try await ImageCodec.decode(data)
        #expect(image.pixels.allSatisfy { $0 == 255 })
    }

    @Test func hugePicturesAreRefusedUnallocated() async throws {
        var png = try await ImageCodec.png(gradient(8, 8))
        // Width and height of the header, 60 000 each. The checksum is wrong then, which changes nothing.
        png.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
        await #expect(throws: MediaError.self) { try await ImageCodec.decode(png) }
        var limits = MediaLimits()
        limits.maxPixels = 63
        await #expect(throws: MediaError.self) {
            try await ImageCodec.decode(ImageCodec.png(gradient(8, 8)), limits: limits)
        }
    }

    @Test func damageIsAnError() async throws {
        let png = try await ImageCodec.png(gradient(200, 200))
        await #expect(throws: MediaError.damaged) { try await ImageCodec.decode(png.prefix(60)) }
        await #expect(throws: MediaError.unsupportedFormat) { try await ImageCodec.decode(Data([1, 2, 3])) }
        await #expect(throws: MediaError.self) { try await ImageCodec.decode(Fixture.h264.data()) }
    }
}
