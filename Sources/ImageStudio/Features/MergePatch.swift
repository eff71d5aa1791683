import Foundation
import Foundations

/// JSON merge patches as RFC 7396 has them: what a patch has replaces, null removes, objects are merged.
public enum MergePatch {
    /// - Throws: what `JSONValue(parsing:)` throws: one of the two isn't JSON.
    public static func apply(_ patch: Data, to document: Data) throws -> Data {
        merged(try JSONValue(parsing: patch), into: try JSONValue(parsing: document)).encoded()
    }

    static func merged(_ patch: JSONValue, into document: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var result: [String: JSONValue] = [:]
        if case .object(let object) = document { result = object }
        for (key, change) in changes {
            // `nil` would be JSON's null here.
            if change == .null { result.removeValue(forKey: key) } else { result[key] = merged(change, into: result[key] ?? .null) }
        }
        return .object(result)
    }
}

extension JSONValue {
    /// In words, for messages.
    var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}
