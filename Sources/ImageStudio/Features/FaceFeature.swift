/// One thing that is known about a face, the clothes or what is worn: its name is the key in JSON.
public enum FaceFeature: String, Sendable, CaseIterable, Codable {
    case faceShape = "face_shape"
    case faceFullness = "face_fullness"
    case jawlineDefinition = "jawline_definition"
    case hairColor = "hair_color"
    case hairType = "hair_type"
    case hairStyle = "hair_style"
    case hairLength = "hair_length"
    case hairlineType = "hairline_type"
    case baldingPattern = "balding_pattern"
    case eyeColor = "eye_color"
    case eyeShape = "eye_shape"
    case skinTone = "skin_tone"
    case skinUndertone = "skin_undertone"
    case ageAppearance = "age_appearance"
    /// Always null: older documents have the key.
    case ageRange = "age_range"
    case gender
    /// What older clients read: the beard, else the moustache. `FeatureRules` fills it in.
    case facialHair = "facial_hair"
    case facialHairDensity = "facial_hair_density"
    case beardStyle = "beard_style"
    case mustacheStyle = "mustache_style"
    case facialMarks = "facial_marks"
    case facialMarkPosition = "facial_mark_position"
    case expression

    case dressColor = "dress_color"
    case dressType = "dress_type"

    case hatPresent = "hat_present"
    case hatStyle = "hat_style"
    case hatColor = "hat_color"
    case glassesPresent = "glasses_present"
    case glassesType = "glasses_type"
    case glassesColor = "glasses_color"
    case maskPresent = "mask_present"
    case maskType = "mask_type"
    case maskColor = "mask_color"

    /// The part of the document that a feature stands in.
    public enum Group: String, Sendable, CaseIterable, Codable {
        case observed, dress, accessories

        /// In the order of the document.
        public var features: [FaceFeature] { FaceFeature.allCases.filter { $0.group == self } }
    }

    public var group: Group {
        switch self {
        case .dressColor, .dressType: .dress
        case .hatPresent, .hatStyle, .hatColor, .glassesPresent, .glassesType, .glassesColor, .maskPresent, .maskType, .maskColor:
            .accessories
        default: .observed
        }
    }

    /// Where the feature stands in the document: `observed.hair_color`.
    public var path: String { "\(group.rawValue).\(rawValue)" }

    /// Whether careless words of the feature say how old somebody is: "girl", "15".
    var isAboutAge: Bool { self == .ageAppearance || self == .ageRange || self == .gender }

    /// Everything that is said about a beard or a moustache.
    static let facialHairs: [FaceFeature] = [.facialHair, .facialHairDensity, .beardStyle, .mustacheStyle]
}
