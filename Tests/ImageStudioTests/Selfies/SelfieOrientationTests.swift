import Foundation
import ImageStudio
import Media
import Testing

/// What cameras say of how a picture was held, in JPEG files.
@Suite struct SelfieOrientationTests {
    /// The corners of the stored picture are R, G (upper), B, W (lower); `corners` is what has to be seen, by the EXIF standard.
    @Test(
        arguments: [(1, "RGBW"), (2, "GRWB"), (3, "WBGR"), (4, "BWRG"), (5, "RBGW"), (6, "BRWG"), (7, "WGBR"), (8, "GWRB")]
            as [(UInt8, String)])
    func picturesStandUpright(orientation: UInt8, corners: String) async throws {
        let colours: [Character: [UInt8]] = ["R": [255, 0, 0], "G": [0, 255, 0], "B": [0, 0, 255], "W": [255, 255, 255]]
        var pixels: [UInt8] = []
        for y in 0..<32 {
            for x in 0..<64 { pixels += colours[y < 16 ? (x < 32 ? "R" : "G") : (x < 32 ? "B" : "W")] ?? [] }
        }
        let stored = try await ImageCodec.jpeg(RGBImage(width: 64, height: 32, pixels: pixels), quality: 95)
        let image = try await ImageCodec.decode(SelfieSamples.withEXIF(stored, orientation: orientation))
        #expect(image.size == (orientation < 5 ? PixelSize(width: 64, height: 32) : PixelSize(width: 32, height: 64)))
        let places = [(4, 4), (image.width - 5, 4), (4, image.height - 5), (image.width - 5, image.height - 5)]
        for (corner, place) in zip(corners, places) {
            let start = (place.1 * image.width + place.0) * 3
            let isSame = zip(image.pixels[start..<start + 3], colours[corner] ?? []).allSatisfy { abs(Int($0) - Int($1)) < 12 }
            #expect(isSame, "\(corner) is missing at \(place)")
        }
    }
}
