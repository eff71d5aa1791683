import Foundation

/// A person's features in words, part by part. Parts that aren't known, or that don't show, are missing.
struct Looks {
    private let features: FaceFeatures

    init(_ features: FaceFeatures) { self.features = features }

    var all: [String] {
        [person, skin, hair, eyes, face, facialHair, marks, clothing, hat, glasses, mask].compactMap { $0 }
    }

    var core: [String] {
        [person, "\(phrase(.skinTone) ?? "natural") skin", shortHair, facialHair, clothing, hat, glasses, mask].compactMap { $0 }
    }

    var person: String {
        let noun =
            switch features.word(.gender) {
            case "male": "man"
            case "female": "woman"
            default: "person"
            }
        return "\(phrase(.ageAppearance) ?? "adult") \(noun)"
    }

    var article: String { ["a", "e", "i", "o", "u"].contains(person.prefix(1)) ? "an" : "a" }

    var skin: String {
        let tone = "\(phrase(.skinTone) ?? "natural") skin"
        guard let undertone = phrase(.skinUndertone) else { return tone }
        return "\(tone) with \(undertone.first == "o" ? "an" : "a") \(undertone) undertone"
    }

    private var hairColor: String { phrase(.hairColor) ?? "dark" }

    var shortHair: String {
        features.isBald ? "bald" : "\(hairColor) hair" + (phrase(.hairLength).map { " (\($0))" } ?? "")
    }

    var hair: String {
        var details = [
            features.isBald
                ? "bald head" : "\(hairColor) \(phrase(.hairType) ?? "natural") hair (\(phrase(.hairLength) ?? "medium"))"
        ]
        if !features.isBald, let style = phrase(.hairStyle) { details.append(style) }
        if let hairline = phrase(.hairlineType) { details.append("\(hairline) hairline") }
        if let balding = phrase(.baldingPattern) { details.append("balding at the \(balding)") }
        return details.joined(separator: ", ")
    }

    var eyes: String { "\(phrase(.eyeColor) ?? "brown") eyes" + (phrase(.eyeShape).map { " (\($0))" } ?? "") }

    var face: String {
        var details = ["\(phrase(.faceShape) ?? "oval") face"]
        if let fullness = phrase(.faceFullness) { details.append("\(fullness) cheeks") }
        if let jawline = phrase(.jawlineDefinition) { details.append("\(jawline) jawline") }
        return details.joined(separator: ", ")
    }

    /// Beard and moustache, else what older clients sent. Nothing is said of women, and nothing of what a mask hides.
    var beard: String? {
        if features.isFemale || features.hasMask { return nil }
        var hairs = [phrase(.beardStyle), phrase(.mustacheStyle)].compactMap { $0 }
        if hairs.isEmpty, let legacy = phrase(.facialHair) { hairs = [legacy] }
        guard !hairs.isEmpty else { return nil }
        return (phrase(.facialHairDensity).map { "\($0) " } ?? "") + hairs.joined(separator: " and ")
    }

    /// Men of whom nothing is known are drawn shaven.
    var facialHair: String? {
        if let beard { return beard }
        let isDefault = features.word(.gender) == "male" && !features.hasMask
        return isCleanShaven || isDefault ? "clean-shaven" : nil
    }

    /// Somebody said that there is no beard and no moustache; that nothing is known isn't enough.
    var isCleanShaven: Bool {
        let said = [FaceFeature.beardStyle, .mustacheStyle, .facialHair].compactMap { features.word($0) }
        return !features.isFemale && !features.hasMask && !said.isEmpty && said.allSatisfy { $0 == "none" }
    }

    var marks: String? {
        guard let marks = phrase(.facialMarks) else { return nil }
        return phrase(.facialMarkPosition).map { "\(marks) on the \($0)" } ?? marks
    }

    var marksAboveMask: String? {
        let isHidden = ["nose", "upper-lip", "chin", "jawline"].contains(features.word(.facialMarkPosition) ?? "")
        return isHidden ? nil : marks
    }

    var expression: String? {
        switch features.word(.expression) {
        case nil: nil
        case "neutral": "neutral expression"
        case "serious": "serious look"
        default: phrase(.expression)
        }
    }

    var clothing: String? {
        guard let color = phrase(.dressColor), let type = phrase(.dressType) else { return nil }
        return "\(color) \(type)"
    }

    var hat: String? { features.hasHat ? worn(.hatColor, .hatStyle, "hat") : nil }

    var glasses: String? { features.hasGlasses ? worn(.glassesColor, .glassesType, "glasses") : nil }

    var mask: String? {
        guard features.hasMask else { return nil }
        let mask = worn(.maskColor, .maskType, "face mask")
        return mask.hasSuffix("mask") || mask.hasSuffix("bandana") ? mask : mask + " face mask"
    }

    private func worn(_ color: FaceFeature, _ kind: FaceFeature, _ noun: String) -> String {
        [phrase(color), phrase(kind) ?? noun].compactMap { $0 }.joined(separator: " ")
    }

    /// The feature's word the way it's said.
    private func phrase(_ feature: FaceFeature) -> String? {
        guard let word = features.present(feature), word != "uncertain" else { return nil }
        return Self.phrases[word] ?? word.replacingOccurrences(of: "-", with: " ")
    }

    /// Words that are said in another way, and those that keep their dash.
    private static let phrases = [
        "rectangle_oblong": "oblong", "heart_inverted_triangle": "heart-shaped", "triangle_pear": "pear-shaped", "hexagon": "hexagonal",
        "long_oval": "long oval", "round_oval": "round oval", "round-large": "large and round", "deep-set": "deep-set",
        "close-set": "close-set", "wide-set": "wide-set", "curly-open": "worn open in curls", "long-open": "worn long and open",
        "widow-peak": "widow's peak", "receding-mild": "slightly receding", "receding-deep": "deeply receding",
        "front-top": "front and top", "full-top": "whole top", "horseshoe": "top, with a horseshoe of hair",
        "middle-aged": "middle-aged", "t-shirt": "t-shirt", "n95": "N95",
    ]
}
