import Engines
import Foundation

/// What is known about one person's looks: read from a picture, or set by the person.
///
///     var features = try JSONDecoder().decode(FaceFeatures.self, from: body)
///     features[.hairColor]            // "dark-brown"
///     features[.glassesPresent] = "yes"
///
/// In JSON it is `{observed, dress, accessories, meta}`; a feature that isn't known is `null`. Values are not checked here:
/// `FeatureVocabulary` does that, and nothing but its words ever gets into a prompt.
public struct FaceFeatures: Sendable, Codable {
    var values: [FaceFeature: String] = [:]
    public var meta: Meta
    /// Keys of the document that stand for nothing, as paths: to be told to whoever sent them. They are not kept.
    public internal(set) var unknownKeys: [String] = []

    /// How the picture was to read.
    public struct Meta: Sendable, Equatable {
        public var faceDetected: Bool
        public var numFaces: Int
        /// 0 to 1.
        public var qualityScore: Double
        /// How sure each feature is, 0 to 1. Empty: nobody said.
        public var confidence: [FaceFeature: Double]
        /// In pixels of the picture that was sent.
        public var faceBox: PixelRect?

        public init(
            faceDetected: Bool = false, numFaces: Int = 0, qualityScore: Double = 0, confidence: [FaceFeature: Double] = [:],
            faceBox: PixelRect? = nil
        ) {
            self.faceDetected = faceDetected
            self.numFaces = numFaces
            self.qualityScore = qualityScore
            self.confidence = confidence
            self.faceBox = faceBox
        }
    }

    public init(_ values: [FaceFeature: String] = [:], meta: Meta = Meta()) {
        self.values = values
        self.meta = meta
    }

    /// `nil`: not known. How sure the old value was says nothing of a new one: it's forgotten.
    public subscript(feature: FaceFeature) -> String? {
        get { values[feature] }
        set {
            if newValue != values[feature] { meta.confidence[feature] = nil }
            values[feature] = newValue
        }
    }

    /// Nothing is known.
    public var isEmpty: Bool { values.isEmpty }

    /// Whether a feature is a word of the vocabulary, and not the one for being uncertain.
    public func isKnown(_ feature: FaceFeature) -> Bool { word(feature).map { $0 != "uncertain" } ?? false }

    /// Whether the person looks like an adult for certain. "young" doesn't say so, and a missing age neither: what may be shown of
    /// adults only must not be shown then.
    public var isCertainlyAdult: Bool { ["adult", "middle-aged", "senior"].contains(word(.ageAppearance) ?? "") }

    /// The feature's word in the vocabulary: the only form in which a feature gets into a prompt.
    /// - Returns: `nil`: it isn't known, or it's text that the vocabulary doesn't have.
    func word(_ feature: FaceFeature) -> String? { values[feature].flatMap { FeatureVocabulary.word($0, for: feature) } }

    /// The word, unless it says that there is nothing.
    func present(_ feature: FaceFeature) -> String? { word(feature).flatMap { $0 == "none" ? nil : $0 } }
}

/// Documents are equal when they say the same: what was ignored on reading doesn't count.
extension FaceFeatures: Equatable {
    public static func == (one: FaceFeatures, other: FaceFeatures) -> Bool { one.values == other.values && one.meta == other.meta }
}
