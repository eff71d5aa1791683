import Foundation
import Foundations

/// Why a selfie can't be used. Faults of the detector and of the vision model are their own errors.
public enum SelfieError: ReportableError, Equatable {
    /// The file is too small to be a photo, damaged, of a format that isn't read, or of more pixels than are decoded.
    case invalidImage
    /// - Parameter quality: 0 to 1, of the whole picture.
    case noFace(quality: Double, tips: [SelfieTip])
    /// - Parameter quality: 0 to 1, of the part around the face.
    case veryLowQuality(quality: Double, faces: Int, tips: [SelfieTip])
    /// A face was chosen that the picture doesn't have. Faces are numbered from 0, the largest first.
    case noSuchFace(index: Int, faces: Int)
    /// The person doesn't look like an adult.
    case underAge(quality: Double, faces: Int)
    /// Too little of the face could be told.
    case insufficientFeatures(FeatureGate.Report, tips: [SelfieTip])
    /// The vision model's answers had no use, twice.
    case unreadable

    public var report: ErrorReport {
        switch self {
        case .invalidImage:
            Self.refusal("INVALID_IMAGE", "This file isn't a photo that can be read. Send a complete JPEG, PNG or WebP file of usual size.")
        case .noFace(let quality, let tips):
            Self.refusal("NO_FACE_DETECTED", "No face was found in the picture. Send a photo that shows your face.", quality, 0, tips)
        case .veryLowQuality(let quality, let faces, let tips):
            Self.refusal("VERY_LOW_QUALITY", "The picture shows too little of your face. Take it again.", quality, faces, tips)
        case .noSuchFace(let index, let faces):
            ErrorReport(
                .invalidRequest, code: "no_such_face",
                "There is no face number \(index): the picture has \(faces), numbered from 0, the largest first.", param: "face",
                details: ["num_faces": .integer(faces)])
        case .underAge(let quality, let faces):
            Self.refusal(
                "UNDER_AGE",
                "Pictures are made of adults only, and from this photo we can't be sure that you are one. If you are, please try another photo.",
                quality, faces, [])
        case .insufficientFeatures(let gate, let tips):
            Self.refusal(gate, tips)
        case .unreadable:
            ErrorReport(.upstream, code: "features_unreadable", "The picture couldn't be described this time. Please try again.")
        }
    }

    private static func refusal(_ gate: FeatureGate.Report, _ tips: [SelfieTip]) -> ErrorReport {
        var report = refusal(
            "INSUFFICIENT_FEATURES", "Too little of your face can be seen to draw it. Take another photo.", gate.qualityScore,
            gate.numFaces, tips)
        if let data = try? JSONEncoder().encode(gate), let fields = (try? JSONValue(parsing: data))?.objectValue {
            report.details.merge(fields) { mine, _ in mine }
        }
        return report
    }

    private static func refusal(
        _ reason: String, _ message: String, _ quality: Double? = nil, _ faces: Int? = nil, _ tips: [SelfieTip] = []
    ) -> ErrorReport {
        var details: [String: JSONValue] = ["reason": .string(reason), "tips": .array(tips.map(\.json))]
        details["quality_score"] = quality.map(JSONValue.number)
        details["num_faces"] = faces.map(JSONValue.integer)
        return ErrorReport(.unprocessable, code: "bad_selfie", message, details: details)
    }
}
