import Foundation
import ImageStudio
import Testing

@Suite struct FeatureGateTests {
    private static let full: [FaceFeature: String] = [
        .gender: "male", .ageAppearance: "adult", .skinTone: "fair", .faceShape: "oval", .hairLength: "short", .hairColor: "black",
        .eyeColor: "blue",
    ]

    private func report(_ changes: [FaceFeature: String?]) -> FeatureGate.Report {
        var features = FaceFeatures(Self.full)
        for (feature, value) in changes { features[feature] = value }
        return FeatureGate().report(on: features)
    }

    @Test(
        arguments: [
            ([:], 2, ["gender", "age_appearance", "skin_tone", "face_shape", "hair_length", "hair_color", "eye_color"]),
            ([.hatPresent: "yes"], 2, ["gender", "age_appearance", "skin_tone", "face_shape", "eye_color"]),
            (
                [.glassesPresent: "yes"], 3,
                ["gender", "age_appearance", "skin_tone", "face_shape", "hair_length", "hair_color", "eye_color"]
            ),
            (
                [.glassesPresent: "yes", .glassesType: "aviators"], 3,
                ["gender", "age_appearance", "skin_tone", "face_shape", "hair_length", "hair_color"]
            ),
            ([.maskPresent: "yes"], 3, ["gender", "age_appearance", "skin_tone", "hair_length", "hair_color", "eye_color"]),
            ([.hairLength: "bald"], 2, ["gender", "age_appearance", "skin_tone", "face_shape", "hair_length", "eye_color"]),
            (
                [.maskPresent: "yes", .hatPresent: "yes", .glassesPresent: "yes", .glassesType: "sunglasses"], 4,
                ["gender", "age_appearance", "skin_tone"]
            ),
        ] as [([FaceFeature: String?], Int, [String])])
    func whatIsHiddenIsNotRequired(changes: [FaceFeature: String?], allowed: Int, required: [String]) {
        let report = report(changes)
        #expect(report.requiredFeatures.map(\.rawValue) == required)
        #expect(report.maxMissingAllowed == allowed)
        #expect(report.passes)
    }

    @Test(
        arguments: [
            ([.gender: "uncertain", .skinTone: nil], true), ([.gender: "uncertain", .skinTone: nil, .eyeColor: nil], false),
            ([.gender: nil, .skinTone: nil, .eyeColor: nil, .maskPresent: "yes"], true),
            ([.gender: nil, .skinTone: nil, .eyeColor: nil, .hairColor: nil, .maskPresent: "yes"], false),
            ([.gender: nil, .skinTone: nil, .eyeColor: "unknown", .glassesPresent: "yes"], true),
            // Sunglasses hide the eyes: a missing colour isn't counted, and one more may be missing.
            ([.gender: nil, .skinTone: nil, .hairColor: nil, .eyeColor: nil, .glassesPresent: "yes", .glassesType: "sunglasses"], true),
        ] as [([FaceFeature: String?], Bool)])
    func tooMuchMissingIsRefused(changes: [FaceFeature: String?], passes: Bool) { #expect(report(changes).passes == passes) }

    @Test func theDetailsAreThoseOfTheRefusal() throws {
        var features = FaceFeatures([.glassesPresent: "yes", .glassesType: "aviators"])
        features.meta.numFaces = 2
        features.meta.qualityScore = 0.5
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let json = String(decoding: try encoder.encode(FeatureGate().report(on: features)), as: UTF8.self)
        #expect(
            json
                == #"{"max_missing_allowed":3,"missing_features":["gender","age_appearance","skin_tone","face_shape","hair_length","hair_color"],"#
                + #""num_faces":2,"occlusions":{"glasses_present":true,"glasses_type":"aviators","hat_present":false,"mask_present":false,"#
                + #""sunglasses_present":true},"quality_score":0.5,"#
                + #""required_features":["gender","age_appearance","skin_tone","face_shape","hair_length","hair_color"]}"#)
        let plain = String(decoding: try encoder.encode(FeatureGate().report(on: FaceFeatures())), as: UTF8.self)
        #expect(plain.contains(#""glasses_type":null"#))
    }

    @Test func theAllowanceCanBeSet() {
        #expect(!FeatureGate(allowedMissing: 0).report(on: FaceFeatures([.gender: "male"])).passes)
        #expect(FeatureGate(allowedMissing: 7).report(on: FaceFeatures()).passes)
    }
}
