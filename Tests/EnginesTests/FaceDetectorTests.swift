import Engines
import Foundation
import Media
import Testing

@Suite struct FaceDetectorTests {
    private func detector(_ options: CenterFaceDetector.Options = CenterFaceDetector.Options()) async throws
        -> CenterFaceDetector
    {
        try await CenterFaceDetector(model: NativeSamples.model("centerface/centerface.onnx"), options: options)
    }

    @Test(arguments: [480, 512, 300])
    func findsTheAstronautsFace(side: Int) async throws {
        var options = CenterFaceDetector.Options()
        options.maxSide = side
        let faces = try await detector(options).detect(in: NativeSamples.photo("astronaut.png"))
        #expect(faces.count == 1, "found \(faces)")
        let face = try #require(faces.first)
        #expect(face.label == "face")
        #expect(face.box.overlap(with: PixelRect(x: 177, y: 65, width: 100, height: 130)) > 0.5, "found at \(face.box)")
    }

    /// OpenCV keeps state of the last input's shape: it must not leak into a picture of another one.
    @Test func oneDetectorTakesPicturesOfAllShapes() async throws {
        let detector = try await detector()
        for _ in 0..<2 {
            for photo in ["page.png", "astronaut.png", "motorcycle_left.png", "text.png", "rocket.jpg"] {
                let faces = try await detector.detect(in: NativeSamples.photo(photo))
                #expect(faces.count == (photo == "astronaut.png" ? 1 : 0), "\(photo): \(faces)")
            }
        }
    }

    @Test(arguments: ["chelsea.png", "coffee.png", "motorcycle_left.png", "rocket.jpg", "page.png"])
    func findsNoFaceWhereThereIsNone(photo: String) async throws {
        let faces = try await detector().detect(in: NativeSamples.photo(photo))
        #expect(faces.isEmpty, "found \(faces)")
    }
}
