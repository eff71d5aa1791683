import Foundation
import Foundations

/// The words that a feature can have. Text of any other kind would be a way into the prompts, so it's refused.
///
///     FeatureVocabulary.word("Dark Brown", for: .hairColor)     // "dark-brown"
///     FeatureVocabulary.problems(in: features)                  // observed.hair_color: "teal" isn't one of the words
public enum FeatureVocabulary {
    /// One feature and its words, as `GET /v1/vocabulary` gives them.
    public struct Entry: Sendable, Equatable, Codable {
        public let name: FaceFeature
        public let group: FaceFeature.Group
        public let path: String
        /// Empty: the feature is always null.
        public let values: [String]
    }

    /// Every feature, in the order of the document.
    public static let all: [Entry] = FaceFeature.allCases.map {
        Entry(name: $0, group: $0.group, path: $0.path, values: values(of: $0))
    }

    /// Longer text is never a word.
    private static let longestWord = 64

    /// The vocabulary's word for a text: case, spaces, British spelling and everyday words for the same don't matter.
    /// - Returns: `nil`: there is none.
    public static func word(_ text: String, for feature: FaceFeature) -> String? {
        guard text.utf8.count <= longestWord else { return nil }
        let plain = FeatureSynonyms.plain(text)
        let words = values(of: feature)
        if let word = words.first(where: { FeatureSynonyms.plain($0) == plain }) { return word }
        if FeatureSynonyms.saysUnderAge(plain, feature) { return nil }
        guard let synonym = FeatureSynonyms.word(for: plain, feature), words.contains(synonym) else { return nil }
        return synonym
    }

    /// Whether a text says only that nothing is known.
    public static func isUnknown(_ text: String) -> Bool {
        ["", "unknown", "null", "n/a", "na", "not-sure", "unsure", "unclear", "undefined"].contains(FeatureSynonyms.plain(text))
    }

    /// Every value as its word of the vocabulary, and those that say nothing left out. Values that are no words stay: `problems`
    /// names them.
    public static func normalised(_ features: FaceFeatures) -> FaceFeatures {
        var result = features
        for (feature, value) in features.values {
            if let word = word(value, for: feature) {
                // The same in other words: how sure it is stays.
                result.values[feature] = word
            } else if isUnknown(value) || FeatureSynonyms.plain(value) == "uncertain" {
                result[feature] = nil
            }
        }
        return result
    }

    /// Only what the vocabulary has words for, as those words.
    public static func known(in features: FaceFeatures) -> FaceFeatures {
        var result = normalised(features)
        for (feature, value) in result.values where !values(of: feature).contains(value) { result[feature] = nil }
        return result
    }

    /// What has to be refused, in the order of the document. Values must stand exactly as in the vocabulary: normalise first.
    public static func problems(in features: FaceFeatures) -> [FeatureProblem] {
        FaceFeature.allCases.compactMap { feature in
            guard let value = features[feature], !values(of: feature).contains(value) else { return nil }
            return FeatureProblem(feature: feature, value: value)
        }
    }

    /// The word that was probably meant.
    static func suggestion(for text: String, _ feature: FaceFeature) -> String? {
        guard text.utf8.count <= longestWord else { return nil }
        let plain = FeatureSynonyms.plain(text)
        // Nobody is made older by a guess.
        guard !plain.isEmpty, !FeatureSynonyms.saysUnderAge(plain, feature) else { return nil }
        if let word = word(text, for: feature) { return word }
        let words = values(of: feature)
        let nearest = words.map { ($0, EditDistance.between(plain, FeatureSynonyms.plain($0))) }.min { $0.1 < $1.1 }
        if let (word, distance) = nearest, distance <= max(1, min(3, plain.count / 3)) { return word }
        guard !feature.isAboutAge else { return nil }
        // "black-leather-jacket": one of its parts is a word.
        let parts = plain.split(separator: "-").map(String.init)
        return parts.reversed().compactMap { self.word($0, for: feature) }.first { $0 != "none" }
    }
}

/// A value that the vocabulary doesn't have.
public struct FeatureProblem: Sendable, Equatable, Codable {
    /// `observed.hair_color`.
    public let path: String
    /// What was given, shortened.
    public let value: String
    /// The word that was probably meant.
    public let suggestion: String?
    /// The words there are. Empty: the feature is always null.
    public let allowed: [String]

    private static let longestValue = 40

    init(feature: FaceFeature, value: String) {
        path = feature.path
        self.value = value.count > Self.longestValue ? value.prefix(Self.longestValue) + "…" : value
        suggestion = FeatureVocabulary.suggestion(for: value, feature)
        allowed = FeatureVocabulary.values(of: feature)
    }

    /// A sentence for people.
    public var message: String {
        if allowed.isEmpty { return "\(path) isn't used any more: leave it null." }
        let hint = suggestion.map { " Did you mean \"\($0)\"?" } ?? ""
        return "\(path) can't be \"\(value)\".\(hint) It is one of: \(allowed.joined(separator: ", "))."
    }
}
