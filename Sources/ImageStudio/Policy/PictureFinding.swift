import Engines

/// A part of a body that a detector found in a picture.
public struct PictureFinding: Sendable, Equatable, Codable {
    /// The labels of NudeNet's 320n detector, in the order of its outputs.
    public enum Label: String, Sendable, Codable, CaseIterable {
        case femaleGenitaliaCovered = "FEMALE_GENITALIA_COVERED"
        case faceFemale = "FACE_FEMALE"
        case buttocksExposed = "BUTTOCKS_EXPOSED"
        case femaleBreastExposed = "FEMALE_BREAST_EXPOSED"
        case femaleGenitaliaExposed = "FEMALE_GENITALIA_EXPOSED"
        case maleBreastExposed = "MALE_BREAST_EXPOSED"
        case anusExposed = "ANUS_EXPOSED"
        case feetExposed = "FEET_EXPOSED"
        case bellyCovered = "BELLY_COVERED"
        case feetCovered = "FEET_COVERED"
        case armpitsCovered = "ARMPITS_COVERED"
        case armpitsExposed = "ARMPITS_EXPOSED"
        case faceMale = "FACE_MALE"
        case bellyExposed = "BELLY_EXPOSED"
        case maleGenitaliaExposed = "MALE_GENITALIA_EXPOSED"
        case anusCovered = "ANUS_COVERED"
        case femaleBreastCovered = "FEMALE_BREAST_COVERED"
        case buttocksCovered = "BUTTOCKS_COVERED"
    }

    public var label: Label
    /// From 0 to 1.
    public var score: Double
    public var box: PixelRect

    public init(label: Label, score: Double, box: PixelRect) {
        self.label = label
        self.score = score
        self.box = box
    }
}

extension PictureFinding {
    /// - Returns: `nil` for a label that the policy doesn't know.
    init?(_ detection: Detection) {
        guard let label = Label(rawValue: detection.label) else { return nil }
        self.init(label: label, score: detection.score, box: detection.box)
    }
}
