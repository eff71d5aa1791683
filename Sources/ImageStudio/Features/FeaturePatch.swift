import Foundation
import Foundations

/// A partial change of a features document: a JSON merge patch whose every key and value is checked.
///
///     let patch = try FeaturePatch(Data(#"{"observed": {"hair_color": "red", "hair_style": null}}"#.utf8))
///     let changed = try patch.applied(to: features)
///
/// Unlike a whole document, a patch with a key that stands for nothing is refused: it would change nothing, and nobody would see.
public struct FeaturePatch: Sendable, Equatable {
    public enum Failure: Error, Sendable, Equatable {
        /// The patch is no JSON.
        case notJSON
        /// A path of the patch that the document doesn't have.
        case unknownPath(String)
        case wrongType(path: String, expected: String, found: String)
        /// A number of `meta` that can't be.
        case outOfRange(path: String)
        case values([FeatureProblem])
    }

    private let changes: [String: JSONValue]

    /// - Throws: `FeaturePatch.Failure`, without `values`.
    public init(_ json: Data) throws {
        guard let value = try? JSONValue(parsing: json) else { throw Failure.notJSON }
        guard case .object(let changes) = value else {
            throw Failure.wrongType(path: "", expected: "an object", found: value.kind)
        }
        self.changes = changes
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) { try Self.check(key, value) }
    }

    /// Whether it changes nothing.
    public var isEmpty: Bool { changes.isEmpty }

    /// The features with the changes: new values are normalised, and how sure the old ones were is forgotten. What follows from the
    /// changes (`FeatureRules`) isn't applied.
    /// - Throws: `FeaturePatch.Failure`.
    public func applied(to features: FaceFeatures) throws -> FaceFeatures {
        var result: FaceFeatures
        do {
            let document = try JSONValue(parsing: JSONEncoder().encode(features))
            result = try JSONDecoder().decode(FaceFeatures.self, from: MergePatch.merged(.object(changes), into: document).encoded())
        } catch let error as DecodingError {
            throw Self.failure(error)
        }
        result = FeatureVocabulary.normalised(result)
        let untouched = FeatureVocabulary.normalised(features)
        // What the patch sets itself, it may also be sure of.
        for feature in FaceFeature.allCases where result[feature] != untouched[feature] && !setsConfidence(of: feature) {
            result.meta.confidence[feature] = nil
        }
        // Old values that are no words are not the patch's fault, but they may not stay either.
        let problems = FeatureVocabulary.problems(in: result)
        guard problems.isEmpty else { throw Failure.values(problems) }
        return result
    }

    private func setsConfidence(of feature: FaceFeature) -> Bool {
        guard case .object(let meta)? = changes["meta"], case .object(let confidence)? = meta["confidence"] else { return false }
        return confidence[feature.rawValue] != nil
    }

    private static func failure(_ error: DecodingError) -> Failure {
        switch error {
        case .dataCorrupted(let context): .outOfRange(path: path(context.codingPath))
        case .typeMismatch(_, let context), .keyNotFound(_, let context), .valueNotFound(_, let context):
            .wrongType(path: path(context.codingPath), expected: "what the document has there", found: "something else")
        @unknown default: .notJSON
        }
    }

    private static func path(_ keys: [any CodingKey]) -> String { keys.map(\.stringValue).joined(separator: ".") }

    private static func check(_ key: String, _ value: JSONValue) throws {
        let group = FaceFeature.Group(rawValue: key)
        guard group != nil || key == "meta" else { throw Failure.unknownPath(shortened(key)) }
        if value == .null { return }
        guard case .object(let object) = value else { throw Failure.wrongType(path: key, expected: "an object", found: value.kind) }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            let path = "\(key).\(shortened(name))"
            guard let group else {
                try checkMeta(name, value, path)
                continue
            }
            guard FaceFeature(rawValue: name)?.group == group else { throw Failure.unknownPath(path) }
            switch value {
            case .null, .string: continue
            default: throw Failure.wrongType(path: path, expected: "a string or null", found: value.kind)
            }
        }
    }

    private static func checkMeta(_ name: String, _ value: JSONValue, _ path: String) throws {
        guard let key = FaceFeatures.Meta.Key(rawValue: name) else { throw Failure.unknownPath(path) }
        switch (key, value) {
        case (_, .null), (.faceDetected, .bool), (.numFaces, .integer), (.qualityScore, .number), (.qualityScore, .integer): return
        case (.confidence, .object(let object)):
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                guard FaceFeature(rawValue: name) != nil else { throw Failure.unknownPath("\(path).\(shortened(name))") }
                try checkNumber(value, "\(path).\(name)", mayBeNull: true)
            }
        case (.faceBox, .object(let object)):
            for (name, value) in object.sorted(by: { $0.key < $1.key }) {
                guard ["x", "y", "width", "height"].contains(name) else { throw Failure.unknownPath("\(path).\(shortened(name))") }
                try checkNumber(value, "\(path).\(name)", mayBeNull: false)
            }
        default:
            let expected = key == .faceDetected ? "a boolean" : key == .confidence || key == .faceBox ? "an object" : "a number"
            throw Failure.wrongType(path: path, expected: expected, found: value.kind)
        }
    }

    private static func checkNumber(_ value: JSONValue, _ path: String, mayBeNull: Bool) throws {
        switch value {
        case .integer, .number: return
        case .null where mayBeNull: return
        default: throw Failure.wrongType(path: path, expected: "a number", found: value.kind)
        }
    }

    private static func shortened(_ key: String) -> String { String(key.prefix(64)) }
}
