import ImageStudio
import Testing

@Suite struct FeatureRulesTests {
    @Test func womenHaveNoFacialHair() {
        let features = FeatureRules.applied(to: FaceFeatures([.gender: "female", .beardStyle: "goatee", .facialHairDensity: "dense"]))
        for feature in [FaceFeature.beardStyle, .mustacheStyle, .facialHair, .facialHairDensity] { #expect(features[feature] == "none") }
    }

    @Test(arguments: ["male", "female"])
    func underAMaskNothingIsKnown(gender: String) {
        let features = FeatureRules.applied(
            to: FaceFeatures([.gender: gender, .maskPresent: "yes", .maskType: "cloth", .beardStyle: "goatee", .facialHair: "goatee"]))
        for feature in [FaceFeature.beardStyle, .mustacheStyle, .facialHair, .facialHairDensity] { #expect(features[feature] == nil) }
        #expect(features[.maskType] == "cloth")
    }

    @Test(
        arguments: [
            ("full-beard", "mustache", nil, "full-beard"), ("none", "mustache", nil, "mustache"), ("none", "none", "goatee", "none"),
            (nil, "mustache", nil, "mustache"), ("stubble", nil, nil, "stubble"), (nil, nil, "goatee", "goatee"),
            ("none", nil, nil, "none"),
            (nil, nil, nil, nil),
        ] as [(String?, String?, String?, String?)])
    func oldClientsReadBeardOrMoustache(beard: String?, mustache: String?, legacy: String?, expected: String?) {
        var features = FaceFeatures([.gender: "male"])
        features[.beardStyle] = beard
        features[.mustacheStyle] = mustache
        features[.facialHair] = legacy
        #expect(FeatureRules.applied(to: features)[.facialHair] == expected)
    }

    @Test func whatIsNotThereHasNoDetails() {
        let features = FeatureRules.applied(
            to: FaceFeatures([
                .facialMarks: "none", .facialMarkPosition: "chin", .hatPresent: "no", .hatStyle: "beret", .glassesPresent: "yes",
                .glassesType: "aviators", .maskPresent: "no",
            ]))
        #expect(features[.facialMarkPosition] == "none")
        #expect(features[.hatStyle] == "none" && features[.hatColor] == "none")
        #expect(features[.glassesType] == "aviators" && features[.glassesColor] == nil)
        #expect(features[.maskType] == "none" && features[.maskColor] == "none")
    }

    @Test func rulesChangeNothingTwice() {
        let features = FaceFeatures([.gender: "male", .beardStyle: "goatee", .hatPresent: "no", .facialMarks: "none"])
        let once = FeatureRules.applied(to: features)
        #expect(FeatureRules.applied(to: once) == once)
        #expect(FeatureRules.applied(to: FaceFeatures()) == FaceFeatures())
    }

    @Test(
        arguments: [("male", nil, true), ("uncertain", "no", true), (nil, nil, true), ("female", nil, false), ("male", "yes", false)]
            as [(String?, String?, Bool)])
    func theLowerFaceIsAskedAboutWhenItShows(gender: String?, mask: String?, asks: Bool) {
        var features = FaceFeatures()
        features[.gender] = gender
        features[.maskPresent] = mask
        #expect(FeatureRules.asksAboutLowerFace(features) == asks)
    }
}
