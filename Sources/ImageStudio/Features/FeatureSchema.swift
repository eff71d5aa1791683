import Foundation
import Foundations

/// How a vision model is asked about a face: a JSON schema that its answer has to follow, and the reader of that answer.
///
///     let features = try FeatureSchema.face.features(in: answer)
///
/// Every feature is one of the vocabulary's words or "unknown"; how sure the model is can stand in `confidence`. An answer of any
/// other form is an error: nothing is searched for in running text.
public struct FeatureSchema: Sendable {
    /// Everything that can be seen.
    public static let face = FeatureSchema(FaceFeature.allCases.filter { $0 != .facialHair && $0 != .ageRange })
    /// The lower half of the face, looked at for itself.
    public static let lowerFace = FeatureSchema([.beardStyle, .mustacheStyle, .facialHairDensity])

    public enum Failure: Error, Sendable, Equatable {
        case notJSON
        /// It's JSON of another form: where, and what is wrong there.
        case invalid(path: String, reason: String)
        /// The model sees somebody who isn't an adult. No features are given then.
        case underAge
    }

    public let features: [FaceFeature]

    /// The word for somebody too young. Without it a model that may only choose among adults would make one of everybody.
    static let underAge = "under-18"
    static let unknown = "unknown"
    static let confidence = "confidence"

    init(_ features: [FaceFeature]) { self.features = features }

    private static func choices(of feature: FaceFeature) -> [String] {
        let words = FeatureVocabulary.values(of: feature) + (feature == .ageAppearance ? [underAge] : [])
        return words.contains(unknown) ? words : words + [unknown]
    }

    /// The JSON schema, its properties in the order of the vocabulary.
    public var json: String {
        let properties = features.map { feature in
            let choices = Self.choices(of: feature).map { "\"\($0)\"" }.joined(separator: ",")
            return "\"\(feature.rawValue)\":{\"type\":\"string\",\"enum\":[\(choices)]}"
        }
        let sure = features.map { "\"\($0.rawValue)\":{\"type\":\"number\",\"minimum\":0,\"maximum\":1}" }
        let required = features.map { "\"\($0.rawValue)\"" }.joined(separator: ",")
        return """
            {"type":"object","properties":{\(properties.joined(separator: ",")),\
            "\(Self.confidence)":{"type":"object","properties":{\(sure.joined(separator: ","))},"additionalProperties":false}},\
            "required":[\(required)],"additionalProperties":false}
            """
    }

    /// What an answer says.
    /// - Parameter known: what is known already. What the answer doesn't know stays as it is.
    /// - Throws: `FeatureSchema.Failure`.
    public func features(in answer: Data, known: FaceFeatures = FaceFeatures()) throws -> FaceFeatures {
        guard let value = try? JSONValue(parsing: answer) else { throw Failure.notJSON }
        guard case .object(var object) = value else { throw Failure.invalid(path: "", reason: "it isn't an object") }
        // Before anything else: an answer that is refused for its form has said so, too.
        if features.contains(.ageAppearance), object[FaceFeature.ageAppearance.rawValue] == .string(Self.underAge) { throw Failure.underAge }
        let confidence = try sureness(object.removeValue(forKey: Self.confidence))
        var result = known
        for feature in features {
            let name = feature.rawValue
            guard let value = object.removeValue(forKey: name) else { throw Failure.invalid(path: name, reason: "it is missing") }
            guard case .string(let word) = value, Self.choices(of: feature).contains(word) else {
                throw Failure.invalid(path: name, reason: "it isn't one of the words")
            }
            guard word != Self.unknown else { continue }
            result[feature] = word
            result.meta.confidence[feature] = confidence[feature]
        }
        if let key = object.keys.min() { throw Failure.invalid(path: String(key.prefix(64)), reason: "there is no such feature") }
        return result
    }

    private func sureness(_ value: JSONValue?) throws -> [FaceFeature: Double] {
        guard let value else { return [:] }
        guard case .object(let object) = value else { throw Failure.invalid(path: Self.confidence, reason: "it isn't an object") }
        var result: [FaceFeature: Double] = [:]
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            let path = "\(Self.confidence).\(name.prefix(64))"
            guard let feature = FaceFeature(rawValue: name), features.contains(feature) else {
                throw Failure.invalid(path: path, reason: "there is no such feature")
            }
            switch value {
            case .integer(let number) where number == 0 || number == 1: result[feature] = Double(number)
            case .number(let number) where (0...1).contains(number): result[feature] = number
            default: throw Failure.invalid(path: path, reason: "it isn't a number from 0 to 1")
            }
        }
        return result
    }
}
