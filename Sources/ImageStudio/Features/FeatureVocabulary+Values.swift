extension FeatureVocabulary {
    /// The words of one feature. Empty: it's always null.
    public static func values(of feature: FaceFeature) -> [String] { table[feature] ?? [] }

    private static let table: [FaceFeature: [String]] = [
        .faceShape: [
            "oval", "round", "square", "rectangle_oblong", "heart_inverted_triangle", "diamond", "triangle_pear", "hexagon", "long_oval",
            "round_oval",
        ],
        .faceFullness: ["very-slim", "slim", "average", "full", "very-full"],
        .jawlineDefinition: ["sharp", "moderate", "soft"],
        .hairColor: ["black", "dark-brown", "brown", "light-brown", "blonde", "red", "gray", "white"],
        .hairType: ["straight", "wavy", "curly", "coily"],
        .hairStyle: [
            "side-part", "middle-part", "slicked-back", "undercut", "fade", "quiff", "pompadour", "short-crop", "buzz-cut", "curly-open",
            "long-open", "ponytail", "low-ponytail", "high-ponytail", "tied-back", "half-up", "bun", "low-bun", "high-bun", "top-knot",
            "braid", "long-braid", "side-braid",
        ],
        .hairLength: ["bald", "very-short", "short", "medium", "long"],
        .hairlineType: ["straight", "rounded", "widow-peak", "receding-mild", "receding-deep"],
        .baldingPattern: ["none", "temples", "crown", "front-top", "full-top", "horseshoe"],
        .eyeColor: ["brown", "dark-brown", "hazel", "green", "blue", "gray"],
        .eyeShape: [
            "almond", "narrow-almond", "round", "round-large", "hooded", "deep-set", "monolid", "upturned", "downturned", "close-set",
            "wide-set",
        ],
        .skinTone: ["porcelain", "fair", "wheatish", "light-brown", "brown", "dark-brown", "deep"],
        .skinUndertone: ["cool", "neutral", "warm", "olive"],
        .ageAppearance: ["young", "adult", "middle-aged", "senior"],
        .gender: ["male", "female", "uncertain"],
        .facialHair: beards + mustaches.dropFirst(),
        .facialHairDensity: ["none", "light", "medium", "dense"],
        .beardStyle: beards,
        .mustacheStyle: mustaches,
        .facialMarks: ["none", "mole", "freckles", "scar", "acne"],
        .facialMarkPosition: ["none", "forehead", "left-cheek", "right-cheek", "nose", "upper-lip", "chin", "jawline"],
        .expression: ["neutral", "slight-smile", "smile", "serious"],
        .dressColor: ["black", "white", "blue", "red", "green", "yellow", "gray", "brown", "pink", "purple"],
        .dressType: ["shirt", "t-shirt", "kurta", "saree", "dress", "suit", "jacket", "sweater", "hoodie", "blouse"],
        .hatPresent: answers,
        .hatStyle: ["none", "baseball-cap", "beanie", "fedora", "cowboy-hat", "sun-hat", "beret"],
        .hatColor: ["none", "black", "white", "blue", "red", "green", "gray", "brown", "tan"],
        .glassesPresent: answers,
        .glassesType: ["none", "reading-glasses", "sunglasses", "aviators", "round-glasses", "square-glasses"],
        .glassesColor: ["none", "black", "brown", "gold", "silver", "clear", "tortoise"],
        .maskPresent: answers,
        .maskType: ["none", "surgical", "cloth", "n95", "bandana"],
        .maskColor: ["none", "white", "blue", "black", "gray", "patterned"],
    ]

    private static let answers = ["yes", "no"]
    private static let beards = ["none", "stubble", "goatee", "trimmed-beard", "short-boxed-beard", "full-beard", "long-beard"]
    private static let mustaches = ["none", "light-mustache", "mustache", "chevron-mustache", "handlebar-mustache"]
}
