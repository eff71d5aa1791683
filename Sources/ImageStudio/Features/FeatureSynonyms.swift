import Foundation

/// Other ways to say the vocabulary's words.
enum FeatureSynonyms {
    /// Small letters, single dashes between the parts, American spelling.
    static func plain(_ text: String) -> String {
        let parts = text.lowercased().split { $0.isWhitespace || $0 == "_" || $0 == "-" || $0 == "–" || $0 == "‑" }
        return parts.map { spellings[String($0)] ?? String($0) }.joined(separator: "-")
    }

    private static let spellings = [
        "grey": "gray", "blond": "blonde", "moustache": "mustache", "sari": "saree",
    ]

    /// The vocabulary's word for a plain text, by the tables below.
    static func word(for plain: String, _ feature: FaceFeature) -> String? {
        if let word = table[feature]?[plain] { return word }
        // "brown-hair" and "round-face" name the thing once more.
        guard let noun = nouns[feature], plain.hasSuffix("-" + noun) else { return nil }
        let rest = String(plain.dropLast(noun.count + 1))
        return FeatureVocabulary.values(of: feature).first { self.plain($0) == rest } ?? table[feature]?[rest]
    }

    /// Whether a plain text speaks of somebody who isn't an adult. Such text never becomes a word for an adult, not even as a guess.
    static func saysUnderAge(_ plain: String, _ feature: FaceFeature) -> Bool {
        let parts = plain.split { !$0.isLetter && !$0.isNumber }.map(String.init)
        if parts.contains(where: { minors.contains($0) || $0.hasPrefix("teen") }) { return true }
        // Ages in digits are no words of the vocabulary, and none is guessed at.
        return feature.isAboutAge && plain.contains(where: \.isNumber)
    }

    private static let minors: Set<String> = [
        "child", "children", "childlike", "kid", "kids", "minor", "minors", "underage", "baby", "infant", "newborn", "toddler", "boy",
        "boys",
        "girl", "girls", "schoolboy", "schoolgirl", "preteen", "tween", "adolescent", "juvenile", "youth", "youngster", "under", "thirteen",
        "fourteen", "fifteen", "sixteen", "seventeen",
    ]

    private static let nouns: [FaceFeature: String] = [
        .hairColor: "hair", .hairType: "hair", .hairLength: "hair", .eyeColor: "eyes", .eyeShape: "eyes", .skinTone: "skin",
        .skinUndertone: "undertone", .faceShape: "face", .faceFullness: "face", .jawlineDefinition: "jawline", .hairlineType: "hairline",
        .maskType: "mask", .facialHairDensity: "density",
    ]

    private static let yesAndNo = ["true": "yes", "y": "yes", "present": "yes", "false": "no", "n": "no", "absent": "no", "none": "no"]
    private static let beards = [
        "clean-shaven": "none", "no": "none", "no-beard": "none", "no-facial-hair": "none", "full": "full-beard", "beard": "full-beard",
        "boxed-beard": "short-boxed-beard", "short-beard": "trimmed-beard", "trimmed": "trimmed-beard", "5-o'clock-shadow": "stubble",
        "five-o'clock-shadow": "stubble",
    ]
    private static let mustaches = [
        "clean-shaven": "none", "no": "none", "no-mustache": "none", "light": "light-mustache", "thin-mustache": "light-mustache",
        "chevron": "chevron-mustache", "handlebar": "handlebar-mustache",
    ]

    private static let table: [FaceFeature: [String: String]] = [
        .faceShape: [
            "rectangle": "rectangle_oblong", "rectangular": "rectangle_oblong", "oblong": "rectangle_oblong",
            "heart": "heart_inverted_triangle",
            "heart-shaped": "heart_inverted_triangle", "inverted-triangle": "heart_inverted_triangle", "triangle": "triangle_pear",
            "triangular": "triangle_pear", "pear": "triangle_pear", "pear-shaped": "triangle_pear", "hexagonal": "hexagon",
            "oval-long": "long_oval",
        ],
        .faceFullness: [
            "very-thin": "very-slim", "thin": "slim", "lean": "slim", "medium": "average", "normal": "average", "chubby": "full",
        ],
        .jawlineDefinition: [
            "defined": "sharp", "strong": "sharp", "medium": "moderate", "average": "moderate", "weak": "soft", "round": "soft",
        ],
        .hairColor: [
            "brunette": "brown", "ginger": "red", "redhead": "red", "auburn": "red", "golden": "blonde", "silver": "gray",
        ],
        .hairType: ["wave": "wavy", "curls": "curly", "kinky": "coily", "afro": "coily"],
        .hairStyle: [
            "side-parted": "side-part", "middle-parted": "middle-part", "center-part": "middle-part", "slick-back": "slicked-back",
            "buzzcut": "buzz-cut", "pony-tail": "ponytail", "topknot": "top-knot", "braided": "braid", "plait": "braid",
            "crop": "short-crop",
        ],
        .hairLength: ["shoulder-length": "medium", "medium-length": "medium", "no-hair": "bald", "shaved": "bald"],
        .hairlineType: [
            "widow's-peak": "widow-peak", "widows-peak": "widow-peak", "receding": "receding-mild", "mild-receding": "receding-mild",
        ],
        .baldingPattern: ["no": "none", "full": "full-top", "top": "full-top"],
        .eyeColor: ["black": "dark-brown", "hazelnut": "hazel"],
        .skinTone: ["light": "fair", "wheat": "wheatish"],
        .ageAppearance: [
            "young-adult": "young", "grown-up": "adult", "middle-age": "middle-aged", "middle": "middle-aged", "elderly": "senior",
            "old": "senior",
        ],
        .gender: ["man": "male", "m": "male", "woman": "female", "f": "female", "unknown": "uncertain", "unclear": "uncertain"],
        .facialHair: beards.merging(mustaches) { one, _ in one },
        .facialHairDensity: ["no": "none", "thin": "light", "sparse": "light", "thick": "dense", "heavy": "dense", "full": "dense"],
        .beardStyle: beards,
        .mustacheStyle: mustaches,
        .facialMarks: ["no": "none", "freckle": "freckles", "moles": "mole", "scars": "scar", "pimples": "acne"],
        .facialMarkPosition: ["no": "none", "jaw": "jawline", "lip": "upper-lip"],
        .expression: ["smiling": "smile", "happy": "smile", "light-smile": "slight-smile", "stern": "serious"],
        .dressColor: ["violet": "purple", "navy": "blue", "navy-blue": "blue"],
        .dressType: [
            "tee-shirt": "t-shirt", "tee": "t-shirt", "tshirt": "t-shirt", "kurti": "kurta", "gown": "dress", "blazer": "jacket",
            "jumper": "sweater",
            "pullover": "sweater", "hoody": "hoodie",
        ],
        .hatPresent: yesAndNo,
        .hatStyle: [
            "no": "none", "cap": "baseball-cap", "straw-hat": "sun-hat", "sunhat": "sun-hat", "knit-cap": "beanie", "wool-hat": "beanie",
        ],
        .hatColor: ["no": "none", "beige": "tan", "navy": "blue"],
        .glassesPresent: yesAndNo,
        .glassesType: [
            "no": "none", "spectacles": "reading-glasses", "eyeglasses": "reading-glasses", "shades": "sunglasses", "aviator": "aviators",
            "aviator-sunglasses": "aviators", "round": "round-glasses", "square": "square-glasses",
        ],
        .glassesColor: ["no": "none", "transparent": "clear", "golden": "gold", "tortoiseshell": "tortoise", "tortoise-shell": "tortoise"],
        .maskPresent: yesAndNo,
        .maskType: ["no": "none", "medical": "surgical", "fabric": "cloth", "n-95": "n95", "ffp2": "n95", "kn95": "n95"],
        .maskColor: ["no": "none", "pattern": "patterned", "printed": "patterned"],
    ]
}
