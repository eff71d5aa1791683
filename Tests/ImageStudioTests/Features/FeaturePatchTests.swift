import Engines
import Foundation
import ImageStudio
import Testing

@Suite struct FeaturePatchTests {
    private func patched(_ features: FaceFeatures, _ json: String) throws -> FaceFeatures {
        try FeaturePatch(Data(json.utf8)).applied(to: features)
    }

    private let features: FaceFeatures = {
        var features = FaceFeatures([.hairColor: "black", .hairStyle: "bun", .gender: "female", .dressColor: "red", .dressType: "saree"])
        features.meta = FaceFeatures.Meta(
            faceDetected: true, numFaces: 1, qualityScore: 0.9, confidence: [.hairColor: 0.9, .gender: 0.8],
            faceBox: PixelRect(x: 1, y: 2, width: 3, height: 4))
        return features
    }()

    @Test func whatIsNotNamedStays() throws {
        let changed = try patched(
            features, #"{"observed": {"hair_color": "Dark Brown", "hair_style": null}, "accessories": {"hat_present": "yes"}}"#)
        #expect(changed[.hairColor] == "dark-brown" && changed[.hairStyle] == nil && changed[.hatPresent] == "yes")
        #expect(changed[.gender] == "female" && changed[.dressType] == "saree")
        #expect(changed.meta.confidence == [.gender: 0.8])
        #expect(changed.meta.faceBox == features.meta.faceBox)
    }

    @Test func aPartCanBeCleared() throws {
        let changed = try patched(
            features, #"{"dress": null, "meta": {"face_box": null, "confidence": {"gender": null, "hair_color": 1}}}"#)
        #expect(changed[.dressColor] == nil && changed[.dressType] == nil && changed[.hairColor] == "black")
        #expect(changed.meta.faceBox == nil && changed.meta.confidence == [.hairColor: 1] && changed.meta.faceDetected)
    }

    @Test func anEmptyPatchChangesNothing() throws {
        #expect(try FeaturePatch(Data("{}".utf8)).isEmpty)
        #expect(try patched(features, "{}") == features)
        // A whole document is a patch too.
        let document = String(decoding: try JSONEncoder().encode(features), as: UTF8.self)
        #expect(try patched(features, document) == features)
    }

    @Test(arguments: [
        (#"{"observed": {"nose": "big"}}"#, "observed.nose"), (#"{"hair_color": "red"}"#, "hair_color"),
        (#"{"dress": {"hat_style": "beret"}}"#, "dress.hat_style"), (#"{"meta": {"camera": "x"}}"#, "meta.camera"),
        (#"{"meta": {"confidence": {"wings": 1}}}"#, "meta.confidence.wings"), (#"{"meta": {"face_box": {"z": 1}}}"#, "meta.face_box.z"),
    ])
    func unknownPathsAreErrors(json: String, path: String) {
        #expect(throws: FeaturePatch.Failure.unknownPath(path)) { try FeaturePatch(Data(json.utf8)) }
    }

    @Test(arguments: [
        ("[]", "", "an object", "an array"), (#""red""#, "", "an object", "a string"),
        (#"{"observed": "red"}"#, "observed", "an object", "a string"),
        (#"{"observed": {"hair_color": 5}}"#, "observed.hair_color", "a string or null", "a number"),
        (#"{"accessories": {"hat_present": true}}"#, "accessories.hat_present", "a string or null", "a boolean"),
        (#"{"meta": {"num_faces": 1.5}}"#, "meta.num_faces", "a number", "a number"),
        (#"{"meta": {"face_detected": "yes"}}"#, "meta.face_detected", "a boolean", "a string"),
        (#"{"meta": {"face_box": {"x": null}}}"#, "meta.face_box.x", "a number", "null"),
    ])
    func wrongTypesAreErrors(json: String, path: String, expected: String, found: String) {
        #expect(throws: FeaturePatch.Failure.wrongType(path: path, expected: expected, found: found)) { try FeaturePatch(Data(json.utf8)) }
    }

    @Test func aTornPatchIsAnError() {
        #expect(throws: FeaturePatch.Failure.notJSON) { try FeaturePatch(Data("{".utf8)) }
        #expect(throws: FeaturePatch.Failure.notJSON) { try FeaturePatch(Data()) }
    }

    @Test(arguments: [#"{"meta": {"quality_score": 7}}"#, #"{"meta": {"num_faces": -1}}"#, #"{"meta": {"confidence": {"gender": 2}}}"#])
    func numbersHaveARange(json: String) {
        #expect {
            try patched(features, json)
        } throws: { error in
            if case FeaturePatch.Failure.outOfRange(let path) = error { path.hasPrefix("meta") } else { false }
        }
    }

    @Test func halfABoxIsNone() {
        #expect {
            try patched(FaceFeatures(), #"{"meta": {"face_box": {"x": 1}}}"#)
        } throws: { error in
            if case FeaturePatch.Failure.wrongType(let path, _, _) = error { path == "meta.face_box" } else { false }
        }
    }

    @Test func textIsRefusedWithASuggestion() throws {
        #expect {
            try patched(features, #"{"observed": {"hair_color": "blakc", "age_appearance": "child"}}"#)
        } throws: { error in
            guard case FeaturePatch.Failure.values(let problems) = error else { return false }
            return problems.map(\.path) == ["observed.hair_color", "observed.age_appearance"]
                && problems.map(\.suggestion) == ["black", nil]
        }
    }
}
