import Engines
import Foundation
import Foundations
import ImageStudio
import Media
import Synchronization
import Testing

/// Which pictures are taken, and what is told about them.
@Suite struct SelfieAnalyzerTests {
    private func analyze(
        _ image: RGBImage = SelfieSamples.picture("noise", 400, 300), faces: [Detection] = [SelfieSamples.usualFace], index: Int? = nil,
        vision: ScriptedVision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman()))
    ) async throws -> SelfieAnalysis {
        try await SelfieAnalyzer(faces: { ScriptedFaces(found: faces) }, vision: vision).analyze(
            try await ImageCodec.png(image), faceIndex: index, context: SelfieSamples.context)
    }

    private func refusal(
        _ image: RGBImage = SelfieSamples.picture("noise", 400, 300), faces: [Detection] = [SelfieSamples.usualFace], index: Int? = nil
    ) async throws -> ErrorReport {
        let vision = ScriptedVision()
        let error = await #expect(throws: SelfieError.self) {
            try await analyze(image, faces: faces, index: index, vision: vision)
        }
        #expect(await vision.questions.isEmpty, "nobody is asked about what can't be used")
        return try #require(error?.report)
    }

    private func tips(_ report: ErrorReport) -> [String] {
        report.details["tips"]?.arrayValue?.compactMap { $0.objectValue?["code"]?.stringValue } ?? []
    }

    @Test func aPortraitIsDescribed() async throws {
        let vision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman(), confidence: ["skin_tone": 0.8, "hair_style": 0.9]))
        let analysis = try await analyze(vision: vision)
        #expect(analysis.features[.hairColor] == "black" && analysis.features[.ageAppearance] == "adult" && analysis.tips.isEmpty)
        #expect(analysis.features[.beardStyle] == "none" && analysis.features[.hatStyle] == "none", "what follows is filled in")
        #expect(FeatureVocabulary.problems(in: analysis.features).isEmpty)
        let box = PixelRect(x: 100, y: 80, width: 120, height: 140)
        #expect(analysis.faces == [box])
        let meta = analysis.features.meta
        #expect(meta.faceDetected && meta.numFaces == 1 && meta.faceBox == box)
        #expect(meta.confidence == [.skinTone: 0.8], "what isn't known isn't sure")
        let crop = SelfieSamples.picture("noise", 400, 300).cropped(to: FaceCrop(left: 70, top: 45, width: 180, height: 210))
        let score = try SelfieQuality(of: crop).roundedScore(faces: 1)
        #expect(meta.qualityScore == score && score > 0.9)
        let picture = try #require(await vision.questions.first?.picture)
        #expect(try await ImageCodec.decode(picture).size == PixelSize(width: 180, height: 210))
    }

    @Test func largePicturesAreShrunkAndTheirBoxesAreNot() async throws {
        let vision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman()))
        let analysis = try await analyze(SelfieSamples.picture("noise", 2048, 1000), vision: vision)
        #expect(analysis.faces == [PixelRect(x: 200, y: 160, width: 240, height: 280)])
        #expect(analysis.features.meta.faceBox == analysis.faces.first)
        let picture = try #require(await vision.questions.first?.picture)
        #expect(try await ImageCodec.decode(picture).size == PixelSize(width: 180, height: 210))
    }

    @Test(arguments: [0, 1, 100, 1023, 5000]) func whatIsNoPictureIsNotCalledFaceless(bytes: Int) async throws {
        let vision = ScriptedVision()
        let analyzer = SelfieAnalyzer(faces: { ScriptedFaces(found: [SelfieSamples.usualFace]) }, vision: vision)
        await #expect(throws: SelfieError.invalidImage) {
            try await analyzer.analyze(
                Data(repeating: 0x41, count: bytes), faceIndex: nil, context: SelfieSamples.context)
        }
        let report = SelfieError.invalidImage.report
        #expect(report.kind == .unprocessable && report.code == "bad_selfie" && report.details["reason"] == "INVALID_IMAGE")
        #expect(tips(report).isEmpty)
    }

    @Test func aTruncatedPhotoIsNoPicture() async throws {
        let png = try await ImageCodec.png(SelfieSamples.picture("noise", 400, 300))
        let analyzer = SelfieAnalyzer(faces: { ScriptedFaces(found: []) }, vision: ScriptedVision())
        let broken = png.prefix(40) + Data(repeating: 0, count: 4000)
        await #expect(throws: SelfieError.invalidImage) {
            try await analyzer.analyze(broken, faceIndex: nil, context: SelfieSamples.context)
        }
    }

    @Test func tooLongSidesAreSaidToBeTooLong() async throws {
        var limits = MediaLimits()
        limits.maxSide = 100
        let analyzer = SelfieAnalyzer(faces: { ScriptedFaces(found: []) }, vision: ScriptedVision(), limits: limits)
        let file = try await ImageCodec.png(SelfieSamples.picture("noise", 400, 300))
        await #expect(throws: MediaError.limitExceeded(limit: "media.max_side", found: 400, allowed: 100)) {
            try await analyzer.analyze(file, faceIndex: nil, context: SelfieSamples.context)
        }
    }

    @Test func withoutAFaceNobodyIsInvented() async throws {
        let report = try await refusal(faces: [])
        #expect(report.kind == .unprocessable && report.code == "bad_selfie")
        #expect(report.details["reason"] == "NO_FACE_DETECTED" && report.details["num_faces"] == 0)
        let whole = try SelfieQuality(of: SelfieSamples.picture("noise", 400, 300))
        #expect(report.details["quality_score"] == .number(whole.roundedScore(faces: 0)))
        #expect(tips(report) == ["face_the_camera"])
        #expect(tips(try await refusal(SelfieSamples.grey(10), faces: [])) == ["too_dark", "blurred", "face_the_camera"])
    }

    @Test func picturesOfTooLowQualitySayWhy() async throws {
        let dark = try await refusal(SelfieSamples.grey(10))
        #expect(dark.details["reason"] == "VERY_LOW_QUALITY" && dark.details["num_faces"] == 1)
        #expect(tips(dark) == ["too_dark", "blurred"])
        #expect(tips(try await refusal(SelfieSamples.grey(250))) == ["too_bright", "blurred"])
        let score = try #require(dark.details["quality_score"])
        if case .number(let value) = score { #expect(value < 0.2) } else { Issue.record("the score is no number") }
        let sentence = dark.details["tips"]?.arrayValue?.first?.objectValue?["message"]?.stringValue
        #expect(sentence == "The picture is too dark: turn towards a window or a lamp.")
    }

    @Test func theLargestFaceCountsUnlessOneIsChosen() async throws {
        let faces = [SelfieSamples.face(10, 60, 90, 100), SelfieSamples.face(150, 50, 150, 180)]
        let largest = try await analyze(faces: faces)
        #expect(largest.faces.map(\.x) == [150, 10] && largest.features.meta.faceBox?.x == 150)
        #expect(largest.features.meta.numFaces == 2 && largest.tips.map(\.code) == [.severalFaces])
        #expect((0.65...0.7).contains(largest.features.meta.qualityScore))
        let other = try await analyze(faces: faces, index: 1)
        #expect(other.faces == largest.faces && other.features.meta.faceBox?.x == 10 && other.tips.isEmpty)
        let first = try await analyze(faces: faces, index: 0)
        #expect(first.features == largest.features)
    }

    @Test func whatIsNoPlaceIsNoFace() async throws {
        let broken = [
            SelfieSamples.face(.nan, 0, 50, 50), SelfieSamples.face(0, 0, .infinity, 50), SelfieSamples.face(0, 0, 0, 50),
            SelfieSamples.face(0, 0, 50, .nan),
        ]
        #expect(try await refusal(faces: broken).details["reason"] == "NO_FACE_DETECTED")
        #expect(try await analyze(faces: broken + [SelfieSamples.usualFace]).features.meta.numFaces == 1)
    }

    @Test(arguments: [-1, 2, Int.max]) func aFaceThatIsNotThereCannotBeChosen(index: Int) async throws {
        let report = try await refusal(faces: [SelfieSamples.usualFace, SelfieSamples.face(250, 80, 90, 90)], index: index)
        #expect(report.kind == .invalidRequest && report.code == "no_such_face" && report.param == "face")
        #expect(report.details["num_faces"] == 2)
    }

    @Test func tipsComeFromWhatIsMeasured() async throws {
        func eyes(_ left: (Double, Double), _ right: (Double, Double), nose: (Double, Double)) -> FaceLandmarks {
            func point(_ place: (Double, Double)) -> PixelPoint { PixelPoint(x: place.0, y: place.1) }
            return FaceLandmarks(
                leftEye: point(left), rightEye: point(right), nose: point(nose), leftMouthCorner: point((140, 190)),
                rightMouthCorner: point((180, 190)))
        }
        let straight = eyes((130, 120), (190, 122), nose: (161, 150))
        let cases: [(Detection, [SelfieTip.Code])] = [
            (SelfieSamples.face(100, 80, 120, 140, landmarks: straight), []),
            (SelfieSamples.face(100, 80, 79, 140), [.faceTooSmall]),
            (SelfieSamples.face(0, 80, 120, 140), [.faceCutOff]),
            (SelfieSamples.face(100, 159.5, 120, 140), [.faceCutOff]),
            (SelfieSamples.face(100, 80, 120, 140, landmarks: eyes((130, 110), (190, 140), nose: (155, 150))), [.tilted]),
            (SelfieSamples.face(100, 80, 120, 140, landmarks: eyes((190, 160), (130, 160), nose: (160, 130))), [.tilted]),
            (SelfieSamples.face(100, 80, 120, 140, landmarks: eyes((130, 120), (170, 120), nose: (172, 150))), [.faceTheCamera]),
            (SelfieSamples.face(100, 80, 120, 140, landmarks: eyes((130, 120), (130, 120), nose: (172, 150))), []),
        ]
        for (face, expected) in cases { #expect(try await analyze(faces: [face]).tips.map(\.code) == expected, "\(face)") }
    }

    @Test func whatHidesTheFaceIsATip() async throws {
        let words = SelfieSamples.woman([
            "hat_present": "yes", "glasses_present": "yes", "glasses_type": "aviators", "mask_present": "yes", "hair_color": "unknown",
        ])
        let analysis = try await analyze(vision: ScriptedVision(SelfieSamples.answer(.face, words)))
        #expect(analysis.tips.map(\.code) == [.hat, .sunglasses, .mask])
        let reading = SelfieSamples.woman(["glasses_present": "yes", "glasses_type": "reading-glasses"])
        #expect(try await analyze(vision: ScriptedVision(SelfieSamples.answer(.face, reading))).tips.isEmpty)
    }

    @Test func tipsAreSentences() {
        for code in SelfieTip.Code.allCases {
            let message = SelfieTip(code).message
            #expect(message.hasSuffix(".") && !message.lowercased().contains("skin"))
        }
        let json = SelfieTip(.blurred).json.objectValue
        #expect(json?["code"] == "blurred" && json?["message"]?.stringValue == SelfieTip(.blurred).message && json?.count == 2)
    }

    @Test func turnedPhotosAreReadUpright() async throws {
        let upright = SelfieSamples.picture("noise", 400, 300)
        let stored = try await ImageCodec.jpeg(upright.rotated(clockwise: 270), quality: 95)
        let vision = ScriptedVision(SelfieSamples.answer(.face, SelfieSamples.woman()))
        let analysis = try await SelfieAnalyzer(faces: { ScriptedFaces(found: [SelfieSamples.usualFace]) }, vision: vision).analyze(
            SelfieSamples.withEXIF(stored, orientation: 6), faceIndex: nil, context: SelfieSamples.context)
        #expect(analysis.faces == [SelfieSamples.usualFace.box])
        let seen = try await ImageCodec.decode(try #require(await vision.questions.first?.picture))
        let wanted = upright.cropped(to: FaceCrop(left: 70, top: 45, width: 180, height: 210))
        #expect(seen.size == wanted.size)
        let error = zip(seen.pixels, wanted.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(error) / Double(wanted.pixels.count) < 20, "the same pixels, twice through JPEG")
    }
}
