import Foundation
import Foundations
import ImageStudio

/// A person's features in a request.
enum AvatarFields {
    /// The features of somebody in a chat. Values that are no words of the vocabulary are left out, as older clients send such; the policy
    /// reads them all the same.
    static func lenient(_ name: String, _ fields: FieldReader, _ sources: inout [PolicyText]) -> FaceFeatures {
        guard let features = read(name, fields) else { return FaceFeatures() }
        sources += FaceFeature.allCases.compactMap { features[$0].map { PolicyText($0, origin: .feature) } }
        return FeatureRules.applied(to: FeatureVocabulary.known(in: features))
    }

    /// The features of a profile: whatever isn't a word of the vocabulary is said to the caller.
    static func strict(_ name: String, _ fields: FieldReader) -> FaceFeatures? {
        read(name, fields).map { checked($0, name, fields) }
    }

    /// The same where they must be there.
    static func required(_ name: String, _ fields: FieldReader) -> FaceFeatures {
        if fields.value(name) == nil { fields.fault(name, "missing", "The field '\(name)' is required.") }
        return strict(name, fields) ?? FaceFeatures()
    }

    /// The same of a document that is the features itself.
    static func strict(_ document: [String: JSONValue], _ fields: FieldReader) -> FaceFeatures? {
        decoded(.object(document), "avatar_features", fields).map { checked($0, "avatar_features", fields) }
    }

    static func json(_ features: FaceFeatures) throws -> JSONValue { try JSONValue(parsing: JSONEncoder().encode(features)) }

    private static func checked(_ features: FaceFeatures, _ name: String, _ fields: FieldReader) -> FaceFeatures {
        let known = FeatureVocabulary.normalised(features)
        for problem in FeatureVocabulary.problems(in: known) { fields.fault("\(name).\(problem.path)", "unknown_value", problem.message) }
        return FeatureRules.applied(to: known)
    }

    private static func read(_ name: String, _ fields: FieldReader) -> FaceFeatures? {
        fields.value(name).flatMap { decoded($0, name, fields) }
    }

    private static func decoded(_ value: JSONValue, _ name: String, _ fields: FieldReader) -> FaceFeatures? {
        do {
            return try JSONDecoder().decode(FaceFeatures.self, from: value.encoded())
        } catch let error as DecodingError {
            let path: [any CodingKey] =
                switch error {
                case .typeMismatch(_, let place), .valueNotFound(_, let place), .keyNotFound(_, let place), .dataCorrupted(let place): place.codingPath
                @unknown default: []
                }
            let inner = path.map { ".\($0.stringValue)" }.joined()
            fields.fault(name + inner, "wrong_type", "'\(name)\(inner)' isn't what the features have there: see /v1/vocabulary.")
        } catch {
            fields.fault(name, "wrong_type", "'\(name)' must be an object.")
        }
        return nil
    }
}
