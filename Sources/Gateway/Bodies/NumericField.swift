import Foundation
import Foundations

/// A number a request may carry: read, checked and documented from this one declaration.
package struct NumericField: Sendable {
    package var name: String
    package var isInteger: Bool
    package var range: ClosedRange<Double>
    /// The lower bound itself is excluded.
    package var isAboveLower = false
    package var fallback: JSONValue?
    package var about: String

    package static func integer(_ name: String, _ range: ClosedRange<Int>, fallback: Int? = nil, _ about: String) -> Self {
        NumericField(
            name: name, isInteger: true, range: Double(range.lowerBound)...Double(range.upperBound),
            fallback: fallback.map(JSONValue.integer), about: about)
    }

    package static func number(
        _ name: String, _ range: ClosedRange<Double>, above: Bool = false, fallback: Double? = nil, _ about: String
    ) -> Self {
        NumericField(
            name: name, isInteger: false, range: range, isAboveLower: above, fallback: fallback.map(JSONValue.number),
            about: about)
    }

    /// A JSON schema: the number or null.
    package var schema: JSONValue {
        var number: [String: JSONValue] = ["type": isInteger ? "integer" : "number", "maximum": Self.bound(range.upperBound)]
        number[isAboveLower ? "exclusiveMinimum" : "minimum"] = Self.bound(range.lowerBound)
        var schema: [String: JSONValue] = [
            "anyOf": [.object(number), ["type": "null"]], "title": .string(Self.title(name)), "description": .string(about),
        ]
        if let fallback { schema["default"] = fallback }
        return .object(schema)
    }

    /// In words, for messages.
    package var bounds: String {
        let lower = Self.text(range.lowerBound)
        return isAboveLower ? "above \(lower), \(Self.text(range.upperBound)) at most" : "\(lower) to \(Self.text(range.upperBound))"
    }

    package static func title(_ name: String) -> String {
        name.split(separator: "_").map(\.capitalized).joined(separator: " ")
    }

    private static func bound(_ value: Double) -> JSONValue { Int(exactly: value).map(JSONValue.integer) ?? .number(value) }
    private static func text(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? String(value) }
}
