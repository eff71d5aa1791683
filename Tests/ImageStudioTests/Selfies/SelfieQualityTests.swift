import Foundation
import ImageStudio
import Media
import Testing

@Suite struct SelfieQualityTests {
    @Test(arguments: SelfieQualityGolden.cases) func measuresAsOpenCVDoes(golden: SelfieQualityGolden) throws {
        compare(try SelfieQuality(of: SelfieSamples.picture(golden.kind, golden.width, golden.height, seed: golden.seed)), golden)
    }

    @Test func measuresAPhotoAsOpenCVDoes() async throws {
        let file = try Data(contentsOf: SelfieSamples.photos.appending(path: "astronaut.png"))
        compare(try SelfieQuality(of: try await ImageCodec.decode(file)), .photo)
    }

    private func compare(_ quality: SelfieQuality, _ golden: SelfieQualityGolden) {
        #expect(abs(quality.sharpness - golden.sharpness) <= 1e-9 * max(1, golden.sharpness))
        #expect(abs(quality.meanGrey - golden.meanGrey) <= 1e-9)
        for (faces, score) in golden.scores.enumerated() {
            #expect(abs(quality.score(faces: faces) - score) <= 1e-9)
        }
    }

    @Test func theScoreIsToldInThreePlaces() throws {
        let quality = try SelfieQuality(of: SelfieSamples.picture("gradient", 101, 57, seed: 31))
        #expect(abs(quality.roundedScore(faces: 1) - quality.score(faces: 1)) <= 0.0005)
        #expect((quality.roundedScore(faces: 1) * 1000).rounded() / 1000 == quality.roundedScore(faces: 1))
        #expect(quality.score(faces: 5) == quality.score(faces: 2))
    }

    @Test func lightIsJudgedByItsRange() throws {
        #expect(try SelfieQuality(of: SelfieSamples.grey(30)).isTooDark)
        #expect(try SelfieQuality(of: SelfieSamples.grey(240)).isTooBright)
        let middle = try SelfieQuality(of: SelfieSamples.grey(120))
        #expect(!middle.isTooDark && !middle.isTooBright && middle.isBlurred)
        // A dark face in good light: most of it is dark, its highlights aren't.
        let dark = SelfieSamples.grey(45)
        let lit = dark.pixels.enumerated().map { place, value in place / 3 % 10 == 0 ? 130 : value }
        let portrait = try SelfieQuality(of: RGBImage(width: dark.width, height: dark.height, pixels: lit))
        #expect(portrait.meanGrey < 60 && !portrait.isTooDark)
        #expect(try SelfieQuality(of: SelfieSamples.picture("noise", 200, 200)).isBlurred == false)
    }

    @Test func burntPicturesAreTooBright() throws {
        let image = SelfieSamples.picture("noise", 100, 100)
        let pixels = image.pixels.enumerated().map { place, value in place / 3 % 10 < 7 ? 255 : value }
        #expect(try SelfieQuality(of: RGBImage(width: 100, height: 100, pixels: pixels)).isTooBright)
    }
}
