/// What follows from other features, whoever read them: the same for an analysed picture and for a document that a person sent.
public enum FeatureRules {
    /// The features with everything that follows from them. To be applied behind `FeatureVocabulary.normalised`.
    public static func applied(to features: FaceFeatures) -> FaceFeatures {
        var result = features
        if features.isFemale {
            for feature in FaceFeature.facialHairs { result[feature] = "none" }
        }
        // What a mask covers is not known, also when a model says so.
        if features.hasMask {
            for feature in FaceFeature.facialHairs { result[feature] = nil }
        } else if let hair = [result[.beardStyle], result[.mustacheStyle]].compactMap({ $0 }).first(where: { $0 != "none" })
            ?? result[.mustacheStyle] ?? result[.beardStyle]
        {
            result[.facialHair] = hair
        }
        if features.word(.facialMarks) == "none" { result[.facialMarkPosition] = "none" }
        for (presence, details) in accessories where features.word(presence) == "no" {
            for detail in details { result[detail] = "none" }
        }
        return result
    }

    /// Whether the lower half of the face is worth a question of its own: a beard is possible, and nothing hides it.
    public static func asksAboutLowerFace(_ features: FaceFeatures) -> Bool {
        !features.isFemale && !features.hasMask
    }

    private static let accessories: [(FaceFeature, [FaceFeature])] = [
        (.hatPresent, [.hatStyle, .hatColor]), (.glassesPresent, [.glassesType, .glassesColor]), (.maskPresent, [.maskType, .maskColor]),
    ]
}

extension FaceFeatures {
    var isFemale: Bool { word(.gender) == "female" }
    var hasHat: Bool { word(.hatPresent) == "yes" }
    var hasGlasses: Bool { word(.glassesPresent) == "yes" }
    /// Glasses that hide the eyes.
    var hasSunglasses: Bool { hasGlasses && ["sunglasses", "aviators"].contains(word(.glassesType) ?? "") }
    var hasMask: Bool { word(.maskPresent) == "yes" }
    var isBald: Bool { word(.hairLength) == "bald" }
}
