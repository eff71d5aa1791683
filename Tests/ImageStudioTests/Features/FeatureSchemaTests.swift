import Foundation
import ImageStudio
import Testing

@Suite struct FeatureSchemaTests {
    private func answer(_ schema: FeatureSchema, _ changes: [String: Any] = [:], without key: String? = nil) throws -> Data {
        var object: [String: Any] = [:]
        for feature in schema.features { object[feature.rawValue] = "unknown" }
        object.merge(changes) { $1 }
        if let key { object[key] = nil }
        return try JSONSerialization.data(withJSONObject: object)
    }

    private func properties(_ schema: FeatureSchema) throws -> [String: [String: Any]] {
        let object = try #require(JSONSerialization.jsonObject(with: Data(schema.json.utf8)) as? [String: Any])
        #expect(object["additionalProperties"] as? Bool == false)
        #expect((object["required"] as? [String])?.count == schema.features.count)
        return try #require(object["properties"] as? [String: [String: Any]])
    }

    @Test func everyFeatureIsAChoice() throws {
        let properties = try properties(.face)
        #expect(properties.count == FaceFeature.allCases.count - 1)
        #expect(properties["facial_hair"] == nil && properties["age_range"] == nil)
        #expect(properties["jawline_definition"]?["enum"] as? [String] == ["sharp", "moderate", "soft", "unknown"])
        #expect(properties["age_appearance"]?["enum"] as? [String] == ["young", "adult", "middle-aged", "senior", "under-18", "unknown"])
        let sure = try #require(properties["confidence"]?["properties"] as? [String: Any])
        #expect(sure.count == FeatureSchema.face.features.count)
    }

    @Test func theLowerFaceHasItsOwn() throws {
        #expect(Set(try properties(.lowerFace).keys) == ["beard_style", "mustache_style", "facial_hair_density", "confidence"])
    }

    @Test func anAnswerBecomesFeatures() throws {
        let changes: [String: Any] = [
            "gender": "male", "hair_color": "dark-brown", "confidence": ["gender": 0.9, "hair_color": 1, "eye_color": 0.4],
        ]
        let features = try FeatureSchema.face.features(in: answer(.face, changes))
        #expect(features[.gender] == "male" && features[.hairColor] == "dark-brown" && features[.eyeColor] == nil)
        #expect(features.meta.confidence == [.gender: 0.9, .hairColor: 1])
        #expect(FeatureVocabulary.problems(in: features).isEmpty)
    }

    @Test func aSecondLookKeepsWhatItDoesNotKnow() throws {
        var known = FaceFeatures([.gender: "male", .beardStyle: "stubble", .mustacheStyle: "mustache"])
        known.meta.confidence = [.beardStyle: 0.3, .gender: 0.9]
        let features = try FeatureSchema.lowerFace.features(in: answer(.lowerFace, ["beard_style": "full-beard"]), known: known)
        #expect(features[.beardStyle] == "full-beard" && features[.mustacheStyle] == "mustache" && features[.gender] == "male")
        #expect(features.meta.confidence == [.gender: 0.9])
    }

    @Test(
        arguments: [
            (["hair_color": "teal"], "hair_color"), (["hair_color": "Black"], "hair_color"), (["hair_color": 5], "hair_color"),
            (["wings": "two"], "wings"),
            (["confidence": ["gender": 1.5]], "confidence.gender"), (["confidence": ["gender": "high"]], "confidence.gender"),
            (["confidence": ["wings": 1]], "confidence.wings"), (["confidence": 1], "confidence"),
        ] as [([String: any Sendable], String)])
    func otherFormsAreErrors(changes: [String: any Sendable], path: String) throws {
        let answer = try answer(.face, changes)
        #expect {
            try FeatureSchema.face.features(in: answer)
        } throws: { error in
            if case FeatureSchema.Failure.invalid(let place, _) = error { place == path } else { false }
        }
    }

    @Test func everyFeatureMustBeThere() throws {
        let answer = try answer(.face, without: "gender")
        #expect(throws: FeatureSchema.Failure.invalid(path: "gender", reason: "it is missing")) {
            try FeatureSchema.face.features(in: answer)
        }
    }

    @Test(arguments: ["", "The person is male.", "```json\n{}\n```", #"{"gender": "male""#])
    func runningTextIsNotSearched(text: String) {
        #expect(throws: FeatureSchema.Failure.notJSON) { try FeatureSchema.face.features(in: Data(text.utf8)) }
    }

    @Test func nobodyUnderAgeGetsFeatures() throws {
        let answer = try answer(.face, ["age_appearance": "under-18", "gender": "male"])
        #expect(throws: FeatureSchema.Failure.underAge) { try FeatureSchema.face.features(in: answer) }
    }
}
