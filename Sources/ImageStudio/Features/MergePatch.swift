import Foundation

/// JSON merge patches as RFC 7396 has them: what a patch has replaces, null removes, objects are merged.
public enum MergePatch {
    /// - Throws: `DecodingError`: one of the two isn't JSON.
    public static func apply(_ patch: Data, to document: Data) throws -> Data {
        let decoder = JSONDecoder()
        let merged = merged(
            try decoder.decode(DocumentValue.self, from: patch), into: try decoder.decode(DocumentValue.self, from: document))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(merged)
    }

    static func merged(_ patch: DocumentValue, into document: DocumentValue) -> DocumentValue {
        guard case .object(let changes) = patch else { return patch }
        var result: [String: DocumentValue] = [:]
        if case .object(let object) = document { result = object }
        for (key, change) in changes {
            result[key] = change == .null ? nil : merged(change, into: result[key] ?? .null)
        }
        return .object(result)
    }
}

/// A JSON value of any kind.
enum DocumentValue: Sendable, Equatable, Codable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([DocumentValue])
    case object([String: DocumentValue])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let string = try? value.decode(String.self) {
            self = .string(string)
        } else if let array = try? value.decode([DocumentValue].self) {
            self = .array(array)
        } else {
            self = .object(try value.decode([String: DocumentValue].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let bool): try container.encode(bool)
        case .integer(let integer): try container.encode(integer)
        case .number(let number): try container.encode(number)
        case .string(let string): try container.encode(string)
        case .array(let array): try container.encode(array)
        case .object(let object): try container.encode(object)
        }
    }

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
