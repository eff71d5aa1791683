/// Whether enough is known about a face to draw it: a picture that shows too little is refused, with what is missing.
public struct FeatureGate: Sendable {
    /// Key features that may be missing when nothing hides the face. A mask and glasses allow for one more each.
    public let allowedMissing: Int

    public init(allowedMissing: Int = 2) { self.allowedMissing = max(0, allowedMissing) }

    /// What the gate saw; its JSON is the refusal's details.
    public struct Report: Sendable, Equatable, Codable {
        public let missingFeatures: [FaceFeature]
        public let maxMissingAllowed: Int
        public let requiredFeatures: [FaceFeature]
        public let occlusions: Occlusions
        public let qualityScore: Double
        public let numFaces: Int

        public var passes: Bool { missingFeatures.count <= maxMissingAllowed }

        enum CodingKeys: String, CodingKey {
            case missingFeatures = "missing_features"
            case maxMissingAllowed = "max_missing_allowed"
            case requiredFeatures = "required_features"
            case occlusions
            case qualityScore = "quality_score"
            case numFaces = "num_faces"
        }
    }

    /// What hides parts of the face.
    public struct Occlusions: Sendable, Equatable, Codable {
        public let hatPresent: Bool
        public let glassesPresent: Bool
        public let glassesType: String?
        public let sunglassesPresent: Bool
        public let maskPresent: Bool

        enum CodingKeys: String, CodingKey {
            case hatPresent = "hat_present"
            case glassesPresent = "glasses_present"
            case glassesType = "glasses_type"
            case sunglassesPresent = "sunglasses_present"
            case maskPresent = "mask_present"
        }

        init(_ features: FaceFeatures) {
            hatPresent = features.hasHat
            glassesPresent = features.hasGlasses
            glassesType = features.word(.glassesType)
            sunglassesPresent = features.hasSunglasses
            maskPresent = features.hasMask
        }

        /// An unknown type of glasses is written as null: the key is always there.
        public func encode(to encoder: any Encoder) throws {
            var object = encoder.container(keyedBy: CodingKeys.self)
            try object.encode(hatPresent, forKey: .hatPresent)
            try object.encode(glassesPresent, forKey: .glassesPresent)
            try object.encode(glassesType, forKey: .glassesType)
            try object.encode(sunglassesPresent, forKey: .sunglassesPresent)
            try object.encode(maskPresent, forKey: .maskPresent)
        }
    }

    public func report(on features: FaceFeatures) -> Report {
        let occlusions = Occlusions(features)
        var required: [FaceFeature] = [.gender, .ageAppearance, .skinTone]
        if !occlusions.maskPresent { required.append(.faceShape) }
        if !occlusions.hatPresent {
            required.append(.hairLength)
            if !features.isBald { required.append(.hairColor) }
        }
        if !occlusions.sunglassesPresent { required.append(.eyeColor) }
        return Report(
            missingFeatures: required.filter { !features.isKnown($0) },
            maxMissingAllowed: allowedMissing + (occlusions.maskPresent ? 1 : 0) + (occlusions.glassesPresent ? 1 : 0),
            requiredFeatures: required, occlusions: occlusions, qualityScore: features.meta.qualityScore, numFaces: features.meta.numFaces)
    }
}
