import Engines
import ImageStudio
import Media
import Testing

@Suite struct FaceCropTests {
    @Test(
        arguments: [
            (PixelRect(x: 100, y: 80, width: 120, height: 140), FaceCrop(left: 70, top: 45, width: 180, height: 210)),
            // At each border.
            (PixelRect(x: 10, y: 80, width: 120, height: 140), FaceCrop(left: 0, top: 45, width: 160, height: 210)),
            (PixelRect(x: 100, y: 0, width: 120, height: 140), FaceCrop(left: 70, top: 0, width: 180, height: 175)),
            (PixelRect(x: 270, y: 80, width: 120, height: 140), FaceCrop(left: 240, top: 45, width: 160, height: 210)),
            (PixelRect(x: 100, y: 155, width: 120, height: 140), FaceCrop(left: 70, top: 120, width: 180, height: 180)),
            (PixelRect(x: 0, y: 0, width: 400, height: 300), FaceCrop(left: 0, top: 0, width: 400, height: 300)),
            // Broken pixels belong to it.
            (PixelRect(x: 100.5, y: 80.2, width: 10, height: 10), FaceCrop(left: 98, top: 77, width: 15, height: 16)),
            // Nothing, and beyond the border: still a pixel.
            (PixelRect(x: 400, y: 300, width: 0, height: 0), FaceCrop(left: 399, top: 299, width: 1, height: 1)),
            (PixelRect(x: 900, y: -50, width: 5, height: 5), FaceCrop(left: 399, top: 0, width: 1, height: 1)),
        ] as [(PixelRect, FaceCrop)])
    func takesAQuarterOnEachSide(face: PixelRect, crop: FaceCrop) {
        #expect(FaceCrop(around: face, in: PixelSize(width: 400, height: 300)) == crop)
    }

    @Test func theLowerFaceIsAPartOfIt() {
        let crop = FaceCrop(left: 70, top: 45, width: 180, height: 210)
        #expect(crop.lowerFace == FaceCrop(left: 97, top: 118, width: 126, height: 137))
        #expect(FaceCrop(left: 3, top: 4, width: 1, height: 1).lowerFace == FaceCrop(left: 3, top: 4, width: 1, height: 1))
    }

    @Test func cutsOutPixels() {
        let image = SelfieSamples.picture("noise", 20, 10)
        let part = image.cropped(to: FaceCrop(left: 17, top: 8, width: 3, height: 2))
        #expect(part.size == PixelSize(width: 3, height: 2))
        #expect(Array(part.pixels[0..<9]) == Array(image.pixels[(8 * 20 + 17) * 3..<(8 * 20 + 20) * 3]))
        #expect(Array(part.pixels[9..<18]) == Array(image.pixels[(9 * 20 + 17) * 3..<(9 * 20 + 20) * 3]))
    }
}
