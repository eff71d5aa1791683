import Engines
import Foundation
import ImageStudio
import Media
import ModelHub
import Testing

/// Real faces, found by the real detector.
@Suite struct SelfiePhotoTests {
    private let astronaut = PixelRect(x: 177, y: 65, width: 100, height: 130)

    private func photo() async throws -> RGBImage {
        try await ImageCodec.decode(Data(contentsOf: SelfieSamples.photos.appending(path: "astronaut.png")))
    }

    private func analyze(
        _ file: Data, index: Int? = nil, vision: ScriptedVision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman()))
    ) async throws -> SelfieAnalysis {
        try await SelfieAnalyzer(faces: { try await CenterFaceDetector(model: SelfieSamples.faceModel) }, vision: vision).analyze(
            file, faceIndex: index, context: SelfieSamples.context)
    }

    @Test func aPhotoIsRead() async throws {
        let vision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman()))
        let analysis = try await analyze(ImageCodec.png(photo()), vision: vision)
        #expect(analysis.faces.count == 1 && analysis.features.meta.qualityScore > 0.9)
        #expect(try #require(analysis.features.meta.faceBox).overlap(with: astronaut) > 0.5)
        #expect(analysis.tips.isEmpty, "\(analysis.tips)")
        let crop = try await ImageCodec.decode(try #require(await vision.questions.first?.picture))
        #expect((120...200).contains(crop.width) && (150...240).contains(crop.height))
    }

    @Test(arguments: [(3, 180), (6, 270), (8, 90)] as [(UInt8, Int)])
    func howItWasHeldMakesNoDifference(orientation: UInt8, stored: Int) async throws {
        let jpeg = try await ImageCodec.jpeg(photo().rotated(clockwise: stored), quality: 95)
        let analysis = try await analyze(SelfieSamples.withEXIF(jpeg, orientation: orientation))
        #expect(analysis.faces.count == 1)
        #expect(try #require(analysis.features.meta.faceBox).overlap(with: astronaut) > 0.5)
    }

    /// A face, and the same smaller beside it, in a picture that is shrunk before it is looked at.
    @Test func twoFacesSideBySide() async throws {
        let large = try await photo()
        let small = StillImageResize.resize(large, to: PixelSize(width: 360, height: 360))
        var pixels = [UInt8](repeating: 128, count: (360 + 512) * 512 * 3)
        for (image, left) in [(small, 0), (large, 360)] {
            for row in 0..<image.height {
                let start = (row * (360 + 512) + left) * 3
                pixels.replaceSubrange(start..<start + image.width * 3, with: image.pixels[row * image.width * 3..<(row + 1) * image.width * 3])
            }
        }
        let both = RGBImage(width: 872, height: 512, pixels: pixels)
        let file = try await ImageCodec.jpeg(StillImageResize.resize(both, to: PixelSize(width: 1744, height: 1024)), quality: 92)
        func doubled(_ x: Double, _ y: Double, _ width: Double, _ height: Double) -> PixelRect {
            PixelRect(x: x * 2, y: y * 2, width: width * 2, height: height * 2)
        }
        let largest = doubled(360 + 177, 65, 100, 130)
        let scale = 360.0 / 512
        let other = doubled(177 * scale, 65 * scale, 100 * scale, 130 * scale)
        let analysis = try await analyze(file)
        #expect(analysis.faces.count == 2 && analysis.features.meta.numFaces == 2)
        #expect(try #require(analysis.faces.first).overlap(with: largest) > 0.5)
        #expect(try #require(analysis.faces.last).overlap(with: other) > 0.5)
        #expect(analysis.features.meta.faceBox == analysis.faces.first && analysis.tips.map(\.code).contains(.severalFaces))
        #expect(analysis.features.meta.qualityScore <= 0.7)
        let chosen = try await analyze(file, index: 1)
        #expect(chosen.features.meta.faceBox == analysis.faces.last && !chosen.tips.map(\.code).contains(.severalFaces))
    }

    /// The places are those of the model run by OpenCV in Python, put together as its authors do.
    @Test func theFaceHasItsLandmarks() async throws {
        let detector = try await CenterFaceDetector(model: SelfieSamples.faceModel)
        let marks = try #require(try await detector.detect(in: photo()).first?.landmarks)
        let found = [marks.leftEye, marks.rightEye, marks.nose, marks.leftMouthCorner, marks.rightMouthCorner]
        let expected = [(202.877, 100.596), (247.980, 100.486), (224.869, 124.179), (204.346, 143.876), (242.941, 143.547)]
        for (point, place) in zip(found, expected) {
            #expect(abs(point.x - place.0) < 1 && abs(point.y - place.1) < 1, "\(point) for \(place)")
        }
    }

    @Test(arguments: [-30.0, 30]) func aTiltedHeadIsSeen(degrees: Double) async throws {
        let tilted = try await photo().turned(by: degrees, around: (225, 120))
        let analysis = try await analyze(ImageCodec.png(tilted))
        #expect(analysis.tips.map(\.code).contains(.tilted))
    }

    @Test(arguments: ["coffee.png", "rocket.jpg"]) func thingsAreNobody(name: String) async throws {
        let file = try Data(contentsOf: SelfieSamples.photos.appending(path: name))
        let error = await #expect(throws: SelfieError.self) { try await analyze(file) }
        #expect(error?.report.details["reason"] == "NO_FACE_DETECTED")
    }
}

extension RGBImage {
    /// The picture turned clockwise about a place; what comes from outside is grey.
    fileprivate func turned(by degrees: Double, around centre: (x: Double, y: Double)) -> RGBImage {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        var turned = [UInt8](repeating: 128, count: pixels.count)
        for y in 0..<height {
            for x in 0..<width {
                let (dx, dy) = (Double(x) - centre.x, Double(y) - centre.y)
                let (fromX, fromY) = (Int((centre.x + dx * cosine + dy * sine).rounded()), Int((centre.y - dx * sine + dy * cosine).rounded()))
                guard (0..<width).contains(fromX), (0..<height).contains(fromY) else { continue }
                for channel in 0..<3 { turned[(y * width + x) * 3 + channel] = pixels[(fromY * width + fromX) * 3 + channel] }
            }
        }
        return RGBImage(width: width, height: height, pixels: turned)
    }
}
