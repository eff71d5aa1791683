import Foundation
import Foundations

/// Reads a request's fields leniently (numbers may come as text, null means the default, unknown keys are ignored) and
/// collects what is wrong with them, so that a caller learns all faults at once.
package final class FieldReader {
    private final class Faults { var list: [FieldFault] = [] }

    private let object: [String: JSONValue]
    private let prefix: String
    private let faults: Faults

    package init(_ object: [String: JSONValue], prefix: String = "") {
        self.object = object
        self.prefix = prefix
        faults = Faults()
    }

    private init(_ object: [String: JSONValue], prefix: String, faults: Faults) {
        self.object = object
        self.prefix = prefix
        self.faults = faults
    }

    /// - Throws: `invalidFields` when anything was wrong so far.
    package func finish(_ kind: ErrorKind) throws {
        if !faults.list.isEmpty { throw GatewayError.invalidFields(faults.list, kind: kind) }
    }

    package func fault(_ name: String, _ code: String, _ message: String) {
        faults.list.append(FieldFault(param: prefix + name, code: code, message: message))
    }

    /// The field, unless it is absent or null.
    package func value(_ name: String) -> JSONValue? {
        guard let value = object[name], value != .null else { return nil }
        return value
    }

    /// The reader of an object inside this one; an empty one when it is absent or null.
    package func nested(_ name: String) -> FieldReader {
        var inner: [String: JSONValue] = [:]
        if let value = value(name) {
            if let object = value.objectValue { inner = object } else { wrongType(name, "an object") }
        }
        return FieldReader(inner, prefix: prefix + name + ".", faults: faults)
    }

    /// The readers of a list of objects; none when it is absent or null.
    package func list(_ name: String, _ count: ClosedRange<Int>) -> [FieldReader] {
        guard let value = value(name) else {
            if count.lowerBound > 0 { fault(name, "missing", "The field '\(name)' is required.") }
            return []
        }
        guard let items = value.arrayValue, case let objects = items.compactMap(\.objectValue), objects.count == items.count else {
            wrongType(name, "a list of objects")
            return []
        }
        guard count.contains(items.count) else {
            fault(name, "out_of_range", "'\(name)' must have \(count.lowerBound) to \(count.upperBound) entries.")
            return []
        }
        return objects.enumerated().map { FieldReader($0.element, prefix: "\(prefix)\(name)[\($0.offset)].", faults: faults) }
    }

    package func string(_ name: String) -> String? {
        guard let value = value(name) else { return nil }
        if let text = value.stringValue { return text }
        wrongType(name, "a string")
        return nil
    }

    package func requiredString(_ name: String) -> String {
        guard value(name) != nil else {
            fault(name, "missing", "The field '\(name)' is required.")
            return ""
        }
        let text = string(name)
        if text?.isEmpty == true { fault(name, "string_too_short", "The field '\(name)' needs at least one character.") }
        return text ?? ""
    }

    package func bool(_ name: String) -> Bool? {
        guard let value = value(name) else { return nil }
        switch value {
        case .bool(let flag): return flag
        case .integer(0): return false
        case .integer(1): return true
        case .string(let text):
            switch text.lowercased() {
            case "true", "1", "on", "yes": return true
            case "false", "0", "off", "no": return false
            case "": return nil
            default: break
            }
        default: break
        }
        wrongType(name, "true or false")
        return nil
    }

    package func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, of: Choice.Type) -> Choice? {
        guard let text = string(name), !text.isEmpty else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        fault(name, "unknown_value", "'\(name)' must be one of: \(known).")
        return nil
    }

    package func integer(_ field: NumericField) -> Int? {
        // Whole numbers beyond 2^53 must not go through a double, which would change them.
        if case .integer(let integer) = value(field.name), field.range.contains(Double(integer)) { return integer }
        guard let number = number(field) else { return nil }
        if let integer = Int(exactly: number) { return integer }
        fault(field.name, "out_of_range", "'\(field.name)' must be \(field.bounds).")
        return nil
    }

    /// The number, if it is there and inside its range.
    package func number(_ field: NumericField) -> Double? {
        guard let value = value(field.name) else { return nil }
        let number: Double?
        switch value {
        case .integer(let integer): number = Double(integer)
        case .number(let double): number = double
        case .string(let text):
            let trimmed = text.trimmingCharacters(in: .whitespaces)
            if trimmed.isEmpty { return nil }
            number = Self.parse(trimmed)
        default: number = nil
        }
        let noun = field.isInteger ? "a whole number" : "a number"
        guard let number else {
            wrongType(field.name, noun)
            return nil
        }
        guard number.isFinite else {
            fault(field.name, "not_finite", "'\(field.name)' must be a finite number.")
            return nil
        }
        if field.isInteger, number != number.rounded() {
            wrongType(field.name, noun)
            return nil
        }
        guard field.range.contains(number), !(field.isAboveLower && number == field.range.lowerBound) else {
            fault(field.name, "out_of_range", "'\(field.name)' must be \(field.bounds).")
            return nil
        }
        return number
    }

    /// Decimal text; also `nan` and `inf`, so that they are refused by name.
    private static func parse(_ text: String) -> Double? {
        if ["nan", "inf", "infinity"].contains(text.lowercased().trimmingCharacters(in: ["+", "-"])) { return .nan }
        guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else { return nil }
        return Double(text)
    }

    private func wrongType(_ name: String, _ expected: String) {
        fault(name, "wrong_type", "'\(name)' must be \(expected).")
    }
}
