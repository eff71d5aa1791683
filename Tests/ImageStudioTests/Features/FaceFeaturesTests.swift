import Engines
import Foundation
import ImageStudio
import Testing

@Suite struct FaceFeaturesTests {
    private func decoded(_ json: String) throws -> FaceFeatures { try JSONDecoder().decode(FaceFeatures.self, from: Data(json.utf8)) }

    private func object(_ features: FaceFeatures) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: JSONEncoder().encode(features)) as? [String: Any])
    }

    @Test func unknownFeaturesAreWrittenAsNull() throws {
        let object = try object(FaceFeatures([.faceFullness: "slim"]))
        let observed = try #require(object["observed"] as? [String: Any])
        let dress = try #require(object["dress"] as? [String: Any])
        let accessories = try #require(object["accessories"] as? [String: Any])
        #expect(observed.count == 23)
        #expect(observed["face_fullness"] as? String == "slim")
        #expect(observed["jawline_definition"] is NSNull)
        #expect(observed["age_range"] is NSNull)
        #expect(Set(dress.keys) == ["dress_color", "dress_type"])
        #expect(accessories.count == 9)
        let meta = try #require(object["meta"] as? [String: Any])
        #expect(Set(meta.keys) == ["face_detected", "num_faces", "quality_score"])
    }

    @Test func everythingComesBack() throws {
        var features = FaceFeatures()
        for feature in FaceFeature.allCases { features[feature] = FeatureVocabulary.values(of: feature).last }
        features.meta = FaceFeatures.Meta(
            faceDetected: true, numFaces: 2, qualityScore: 0.75, confidence: [.hairColor: 0.5],
            faceBox: PixelRect(x: 1, y: 2, width: 3, height: 4))
        let copy = try JSONDecoder().decode(FaceFeatures.self, from: JSONEncoder().encode(features))
        #expect(copy == features)
        #expect(copy.unknownKeys.isEmpty)
    }

    @Test(arguments: ["{}", #"{"observed": null, "meta": null}"#, #"{"observed": {"hair_color": null}}"#])
    func partsMayBeMissing(json: String) throws {
        let features = try decoded(json)
        #expect(features == FaceFeatures())
        #expect(features.isEmpty)
    }

    @Test func unknownKeysAreToldAndIgnored() throws {
        let features = try decoded(
            #"{"observed": {"hair_color": "red", "nose": "big"}, "meta": {"camera": "x"}, "extra": {"a": 1}, "dress": {"hat_style": "beret"}}"#
        )
        #expect(features.unknownKeys == ["dress.hat_style", "extra", "meta.camera", "observed.nose"])
        #expect(features == FaceFeatures([.hairColor: "red"]))
    }

    @Test func theListOfUnknownKeysIsBounded() throws {
        let keys = (0..<200).map { "\"key\($0)\(String(repeating: "x", count: 300))\": 1" }.joined(separator: ",")
        let features = try decoded("{\"observed\": {\(keys)}}")
        #expect(features.unknownKeys.count == 32)
        #expect(features.unknownKeys.allSatisfy { $0.count < 80 })
    }

    @Test(arguments: [
        #"{"observed": {"hair_color": 5}}"#, #"{"observed": []}"#, #"{"meta": {"num_faces": -1}}"#, #"{"meta": {"quality_score": 2}}"#,
        #"{"meta": {"confidence": {"hair_color": 1.5}}}"#, #"{"meta": {"confidence": {"wings": 0.5}}}"#, "[]",
    ])
    func wrongTypesAreErrors(json: String) { #expect(throws: DecodingError.self) { try decoded(json) } }

    @Test func aNewValueForgetsHowSureTheOldOneWas() {
        var features = FaceFeatures([.hairColor: "red", .gender: "male"])
        features.meta.confidence = [.hairColor: 0.9, .gender: 0.8]
        features[.gender] = "male"
        features[.hairColor] = "black"
        #expect(features.meta.confidence == [.gender: 0.8])
    }

    @Test(arguments: [("adult", true), ("middle-aged", true), ("senior", true), ("young", false), ("child", false), ("uncertain", false)])
    func onlyCertainAdultsAreAdults(age: String, isAdult: Bool) {
        #expect(FaceFeatures([.ageAppearance: age]).isCertainlyAdult == isAdult)
        #expect(!FaceFeatures().isCertainlyAdult)
    }

    @Test func notKnowingIsNotKnown() {
        #expect(!FaceFeatures([.gender: "uncertain"]).isKnown(.gender))
        #expect(!FaceFeatures([.gender: "Unknown"]).isKnown(.gender))
        #expect(FaceFeatures([.gender: "male"]).isKnown(.gender))
        #expect(!FaceFeatures().isKnown(.gender))
    }
}
